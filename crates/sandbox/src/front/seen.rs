//! What a call names, before it is answered: route, account, person, whose credential.

use axum::extract::Request;
use axum::http::header;
use rollcall_directory::tokens::Claims;
use rollcall_wire::paging::ListQuery;
use rollcall_wire::resolve::{Resolved, resolve};
use rollcall_wire::route::{Route, RoutesServed};

use crate::double::Double;
use crate::faults::Asked;
use crate::journal::{Credential, Meant, masking, scheme_and_rest, told};

pub(super) struct Seen {
    pub(super) meant: Meant,
    /// The address with what may be kept of it.
    pub(super) target: String,
    /// Of the access token, if this double made it and it has not ended by itself.
    pub(super) claims: Option<Claims>,
    /// What faults are told of the client: nothing where it is not of the account that it names.
    client: Option<Client>,
    /// The person in the address, as it is written there.
    user: Option<String>,
    /// The arguments of a list, where they can be read.
    pub(super) list: Option<ListQuery>,
}

struct Client {
    account: String,
    client_id: String,
}

impl Seen {
    pub(super) fn of(double: &Double, request: &Request) -> Self {
        // Both families: a call to one that is not served is still seen for what it is.
        let resolved = resolve(RoutesServed::Both, request.method().as_str(), request.uri().path());
        let authorization =
            request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let presented = authorization.map(scheme_and_rest);
        let opened = presented.and_then(|(scheme, token)| {
            let claims = Claims::open(token, &double.store.keys()).ok()?;
            // Known by its name from here on, whatever word stands before it.
            told::learn(&double.known, token, &claims);
            scheme.eq_ignore_ascii_case("bearer").then_some(claims)
        });
        let (credential, of_account) = double.known.credential(authorization);
        let now = double.store.world().now();
        let claims = opened.filter(|claims| now < claims.ends);
        let (mut client, mut person, mut list) = (None, None, None);
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
                if route == Route::ListUsers {
                    let query = uri.query().unwrap_or_default();
                    list = ListQuery::parse(form_urlencoded::parse(query.as_bytes())).ok();
                }
                client = client_of(claims.as_ref(), &meant, account.as_deref());
                person.clone_from(&user);
                let part = |text: String| masking::part(&double.known, &text);
                meant.account = account.map(part).or(meant.account);
                meant.user = user.map(part);
            }
            Resolved::Options { .. } => meant.operation = "Options".to_owned(),
            Resolved::MethodNotAllowed { .. } => meant.operation = "MethodNotAllowed".to_owned(),
            Resolved::NotFound => meant.operation = "NotFound".to_owned(),
        }
        Self { meant, target: target.text, claims, client, user: person, list }
    }

    /// Whether its errors are RFC 6749's.
    pub(super) fn is_oauth(&self) -> bool {
        is_oauth(&self.meant)
    }

    pub(super) fn asked(&self) -> Asked<'_> {
        let client = self.client.as_ref();
        Asked {
            operation: &self.meant.operation,
            account: client.map(|client| client.account.as_str()),
            user: client.and(self.user.as_deref()),
            client_id: client.map(|client| client.client_id.as_str()),
            token: self.claims.as_ref().map(|claims| *claims.token.as_bytes()),
            is_later_page: self.list.as_ref().is_some_and(|list| list.page_token.is_some()),
        }
    }
}

/// At one of the two OAuth endpoints.
pub(super) fn is_oauth(meant: &Meant) -> bool {
    [Route::Token, Route::Revoke].iter().any(|one| one.operation_id() == meant.operation)
}

/// `named`: the account in the address.
fn client_of(claims: Option<&Claims>, meant: &Meant, named: Option<&str>) -> Option<Client> {
    let client = match (claims, &meant.credential) {
        (Some(claims), _) => Client {
            account: claims.account.to_string(),
            client_id: claims.application.to_string(),
        },
        (None, Credential::Client { client_id, .. }) => {
            Client { account: meant.account.clone()?, client_id: client_id.clone() }
        }
        (None, Credential::Token { .. } | Credential::None | Credential::Unknown { .. }) => {
            return None;
        }
    };
    named.is_none_or(|named| named == client.account).then_some(client)
}
