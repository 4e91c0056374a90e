//! What a call names, before it is answered: route, account, person, whose credential.

use axum::extract::Request;
use axum::http::header;
use rollcall_wire::resolve::{Resolved, resolve};
use rollcall_wire::route::RoutesServed;

use crate::double::Double;
use crate::faults::Asked;
use crate::journal::{Credential, Meant, masking, scheme_and_rest, told};

pub(super) struct Seen {
    pub(super) meant: Meant,
    /// The address with what may be kept of it.
    pub(super) target: String,
}

impl Seen {
    pub(super) fn of(double: &Double, request: &Request) -> Self {
        // Both families: a call to one that is not served is still seen for what it is.
        let resolved = resolve(RoutesServed::Both, request.method().as_str(), request.uri().path());
        let authorization =
            request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        if let Some((_, token)) = authorization.map(scheme_and_rest) {
            told::learn(&double.known, &double.store.keys(), token);
        }
        let (credential, of_account) = double.known.credential(authorization);
        let uri = request.uri();
        let target = masking::target(&double.known, uri.path(), uri.query());
        let mut meant = Meant {
            account: of_account,
            credential,
            page_token: target.page_token,
            filter: target.filter,
            page_size: target.page_size,
            misplaced: target.misplaced,
            ..Meant::default()
        };
        match resolved {
            Resolved::Found { route, family, account, user } => {
                meant.operation = route.operation_id().to_owned();
                meant.family = family.map(|family| family.to_string());
                let part = |text: String| masking::part(&double.known, &text);
                meant.account = account.map(part).or(meant.account);
                meant.user = user.map(part);
            }
            Resolved::Options { .. } => meant.operation = "Options".to_owned(),
            Resolved::MethodNotAllowed { .. } => meant.operation = "MethodNotAllowed".to_owned(),
            Resolved::NotFound => meant.operation = "NotFound".to_owned(),
        }
        Self { meant, target: target.text }
    }

    pub(super) fn asked(&self) -> Asked<'_> {
        Asked {
            operation: &self.meant.operation,
            account: self.meant.account.as_deref(),
            user: self.meant.user.as_deref(),
            client_id: match &self.meant.credential {
                Credential::Client { client_id, .. } | Credential::Token { client_id, .. } => {
                    Some(client_id)
                }
                Credential::None | Credential::Unknown { .. } => None,
            },
        }
    }
}
