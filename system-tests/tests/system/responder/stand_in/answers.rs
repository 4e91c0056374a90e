//! The answers of the hosted service as they are documented, with the freedom that the documents
//! leave taken in the ways that are the least like ours.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::account::{Account, Person, Standing};
use super::contract::{self, Addresses, Kind, Meant};
use super::http::{Asked, Reply};

/// In what the documents leave open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::responder) struct Flavour {
    /// On the last page `next_page_token` is empty rather than absent.
    pub(in crate::responder) empty_last_token: bool,
    /// Pages shorter than was asked for, also empty ones in between.
    pub(in crate::responder) short_pages: bool,
    /// Refusals without `details`.
    pub(in crate::responder) bare_refusals: bool,
    /// What the application may do.
    pub(in crate::responder) may_get: bool,
    pub(in crate::responder) addresses: Addresses,
}

impl Flavour {
    pub(in crate::responder) const PLAIN: Self = Self {
        empty_last_token: false,
        short_pages: false,
        bare_refusals: false,
        may_get: true,
        addresses: Addresses::V1beta1,
    };
    pub(in crate::responder) const GATEWAY: Self = Self {
        empty_last_token: true,
        short_pages: true,
        bare_refusals: true,
        may_get: true,
        addresses: Addresses::V1,
    };
    pub(in crate::responder) const WITHOUT_GET: Self = Self { may_get: false, ..Self::PLAIN };
}

/// Made up, as everything secret here.
pub(in crate::responder) const CLIENT_ID: &str = "6f1c9a34-52d7-4e0b-8a61-0c2f7be0d915";
pub(in crate::responder) const CLIENT_SECRET: &str = "stand-in-secret-dJ8sKq2LmX4vTz7B";

pub(in crate::responder) struct Service {
    pub(in crate::responder) account: Account,
    flavour: Flavour,
    /// How many resource calls the first token is good for, and each after it.
    token_uses: (usize, usize),
    tokens: HashMap<String, usize>,
    /// Where a page begins, and of which list.
    pages: HashMap<String, (usize, String)>,
    given: usize,
}

impl Service {
    pub(in crate::responder) fn new(
        account: Account,
        flavour: Flavour,
        token_uses: (usize, usize),
    ) -> Self {
        let (tokens, pages) = (HashMap::new(), HashMap::new());
        Self { account, flavour, token_uses, tokens, pages, given: 0 }
    }

    pub(super) fn answer(&mut self, asked: &Asked, meant: &Meant) -> Reply {
        match meant.kind {
            Kind::Token => self.token(asked),
            Kind::Revoke => self.revoke(asked),
            Kind::Metadata => Reply::of(404, "text/html", "<h1>Not found</h1>"),
            Kind::Nothing => self.refusal(404, 5, "Not Found"),
            Kind::List | Kind::Get | Kind::Suspend | Kind::Reactivate => {
                let held = contract::bearer(asked).and_then(|token| self.tokens.get_mut(token));
                match held {
                    Some(left) if *left > 0 => *left -= 1,
                    _ => return self.refusal(401, 16, "invalid or expired access token"),
                }
                self.resource(meant)
            }
        }
    }

    fn resource(&mut self, meant: &Meant) -> Reply {
        if meant.account != self.account.id {
            return self.refusal(403, 7, "caller is not a member of this account");
        }
        if meant.kind == Kind::Get && !self.flavour.may_get {
            return self.refusal(403, 7, "caller does not have permission");
        }
        if meant.kind == Kind::List {
            return self.list(meant);
        }
        let Some(person) = self.account.find(&meant.user) else {
            return self.refusal(404, 5, "no such user");
        };
        let to = match meant.kind {
            Kind::Suspend => Standing::Suspended,
            Kind::Reactivate => Standing::Active,
            _ => return Reply::json(200, shown(person, &self.account.id).to_string()),
        };
        match self.account.act(&meant.user, to).cloned() {
            Some(person) => Reply::json(200, shown(&person, &self.account.id).to_string()),
            // The one refusal whose word was seen.
            None => self.refusal(403, 7, "no_owner_remain"),
        }
    }

    fn list(&mut self, meant: &Meant) -> Reply {
        let filter = meant.parameter("filter").unwrap_or_default().to_owned();
        let size = meant.parameter("max_page_size").map_or(Ok(25), str::parse::<usize>);
        let (Ok(mut size), Some(wanted)) = (size, wanted(&filter)) else {
            return self.refusal(400, 3, "invalid argument");
        };
        let mut at = match meant.parameter("page_token") {
            None => 0,
            Some(token) => match self.pages.get(token) {
                Some((at, of)) if *of == filter => *at,
                _ => return self.refusal(400, 3, "invalid page token"),
            },
        };
        if self.flavour.short_pages {
            // Every third page has nobody on it.
            size = if self.given % 3 == 2 { 0 } else { size.min(7) };
        }
        let mut results = Vec::new();
        while at < self.account.people.len() && results.len() < size {
            let person = &self.account.people[at];
            if wanted.is_none_or(|standing| person.standing == standing) {
                results.push(shown(person, &self.account.id));
            }
            at += 1;
        }
        let mut page = json!({ "results": results });
        if at < self.account.people.len() {
            page["next_page_token"] = self.page_token(at, filter).into();
        } else if self.flavour.empty_last_token {
            page["next_page_token"] = "".into();
        }
        // Counted also where it was the last one, so that empty pages fall elsewhere each time.
        self.given += 1;
        Reply::json(200, page.to_string())
    }

    /// Base64 as it is documented: with what must be escaped in an address.
    fn page_token(&mut self, at: usize, filter: String) -> String {
        let bytes = [&[0xfb, 0xef, 0xbe, 0xff], &self.given.to_be_bytes()[..], &[0xff]].concat();
        let token = data_encoding::BASE64.encode(&bytes);
        self.pages.insert(token.clone(), (at, filter));
        token
    }

    fn token(&mut self, asked: &Asked) -> Reply {
        let is_ours =
            contract::basic(asked) == Some((CLIENT_ID.to_owned(), CLIENT_SECRET.to_owned()));
        if !is_ours {
            return oauth_refusal(401, "invalid_client");
        }
        let form = contract::form(asked);
        let given = |name: &str| {
            form.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
        };
        match (given("grant_type"), given("scope")) {
            (Some("client_credentials"), None | Some("openid")) => {}
            (Some("client_credentials"), _) => return oauth_refusal(400, "invalid_scope"),
            (Some(_), _) => return oauth_refusal(400, "unsupported_grant_type"),
            (None, _) => return oauth_refusal(400, "invalid_request"),
        }
        let number = self.tokens.len();
        let token = format!("stand-in-token.{number}.r8KfW2nQ~x_{}", number * 7919 % 1000);
        rollcall_system_tests::note_secret(&token);
        let (first, others) = self.token_uses;
        self.tokens.insert(token.clone(), if number == 0 { first } else { others });
        // Lower case, and a second short, as such servers answer.
        let answer = json!({
            "access_token": token, "token_type": "bearer", "expires_in": 899, "scope": "openid"
        });
        Reply::json(200, answer.to_string())
            .with("Cache-Control", "no-store")
            .with("Pragma", "no-cache")
    }

    fn revoke(&mut self, asked: &Asked) -> Reply {
        if contract::basic(asked) != Some((CLIENT_ID.to_owned(), CLIENT_SECRET.to_owned())) {
            return oauth_refusal(401, "invalid_client");
        }
        for (_, token) in contract::form(asked) {
            self.tokens.remove(&token);
        }
        Reply { status: 200, headers: Vec::new(), body: Vec::new() }
    }

    fn refusal(&self, status: u16, code: i32, message: &str) -> Reply {
        let mut said = json!({ "code": code, "message": message });
        if !self.flavour.bare_refusals {
            said["details"] = json!([]);
        }
        Reply::json(status, said.to_string())
    }
}

/// Everybody for no filter; nothing for what is no filter.
fn wanted(filter: &str) -> Option<Option<Standing>> {
    match filter {
        "" => Some(None),
        "user.isActive()" => Some(Some(Standing::Active)),
        "user.isSuspended()" => Some(Some(Standing::Suspended)),
        _ => None,
    }
}

fn oauth_refusal(status: u16, error: &str) -> Reply {
    let said = json!({ "error": error, "error_description": "The request was refused." });
    let reply = Reply::json(status, said.to_string());
    if status == 401 { reply.with("WWW-Authenticate", "Basic realm=\"users\"") } else { reply }
}

fn shown(person: &Person, account: &str) -> Value {
    json!({
        "id": person.id,
        "email": person.email,
        "display_name": person.display_name,
        "state": match person.standing {
            Standing::Active => "ACTIVE",
            Standing::Suspended => "SUSPENDED",
        },
        "create_time": person.create_time,
        "path": format!("accounts/{account}/users/{}", person.id),
    })
}
