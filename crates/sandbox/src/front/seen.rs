//! What a call names, before it is answered: route, account, person, whose credential.

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use rollcall_directory::tokens::Claims;
use rollcall_wire::paging::ListQuery;
use rollcall_wire::resolve::{Resolved, resolve};
use rollcall_wire::route::{Route, RoutesServed};

use crate::double::Double;
use crate::faults::Asked;
use crate::journal::{Credential, Meant};

pub(super) struct Seen {
    pub(super) meant: Meant,
    /// Of the access token, if this double made it and it has not ended by itself.
    pub(super) claims: Option<Claims>,
    /// What faults are told of the client: nothing where it is not of the account that it names.
    client: Option<Client>,
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
        let authorization = request.headers().get(header::AUTHORIZATION);
        let (credential, of_account) =
            double.known.credential(authorization.and_then(|value| value.to_str().ok()));
        let now = double.store.world().now();
        let claims = bearer(request.headers())
            .and_then(|token| Claims::open(token, &double.store.keys()).ok())
            .filter(|claims| now < claims.ends);
        let mut list = None;
        let mut meant = Meant { account: of_account, credential, ..Meant::default() };
        match resolved {
            Resolved::Found { route, family, account, user } => {
                meant.operation = route.operation_id().to_owned();
                meant.family = family.map(|family| family.to_string());
                if route == Route::ListUsers {
                    let query = request.uri().query().unwrap_or_default();
                    list = ListQuery::parse(form_urlencoded::parse(query.as_bytes())).ok();
                }
                meant.account = account.or(meant.account);
                meant.user = user;
            }
            Resolved::Options { .. } => meant.operation = "Options".to_owned(),
            Resolved::MethodNotAllowed { .. } => meant.operation = "MethodNotAllowed".to_owned(),
            Resolved::NotFound => meant.operation = "NotFound".to_owned(),
        }
        let client = client_of(&meant, claims.as_ref());
        Self { meant, claims, client, list }
    }

    pub(super) fn is_list(&self) -> bool {
        self.meant.operation == Route::ListUsers.operation_id()
    }

    /// Whether its errors are RFC 6749's.
    pub(super) fn is_oauth(&self) -> bool {
        [Route::Token, Route::Revoke].iter().any(|one| one.operation_id() == self.meant.operation)
    }

    pub(super) fn asked(&self) -> Asked<'_> {
        let client = self.client.as_ref();
        Asked {
            operation: &self.meant.operation,
            account: client.map(|client| client.account.as_str()),
            user: client.and(self.meant.user.as_deref()),
            client_id: client.map(|client| client.client_id.as_str()),
            token: self.claims.as_ref().map(|claims| *claims.token.as_bytes()),
            is_later_page: self.list.as_ref().is_some_and(|list| list.page_token.is_some()),
        }
    }
}

fn client_of(meant: &Meant, claims: Option<&Claims>) -> Option<Client> {
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
    (meant.account.as_ref().is_none_or(|named| *named == client.account)).then_some(client)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
