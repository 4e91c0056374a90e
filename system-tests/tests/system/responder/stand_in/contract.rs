//! What a request must be, by the documented contract and nothing more. Each thing that is not
//! documented is a complaint, and a complaint fails the test that made the request.

use super::http::Asked;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::responder) enum Kind {
    Token,
    /// Not on the documented list of a client's ordinary work, but documented.
    Revoke,
    List,
    Get,
    Suspend,
    Reactivate,
    /// RFC 8414: any server may be asked for it, and this one has none.
    Metadata,
    Nothing,
}

impl Kind {
    pub(in crate::responder) fn is_act(self) -> bool {
        matches!(self, Self::Suspend | Self::Reactivate)
    }
}

/// A request, understood.
#[derive(Clone, Debug)]
pub(in crate::responder) struct Meant {
    pub(in crate::responder) kind: Kind,
    pub(in crate::responder) account: String,
    pub(in crate::responder) user: String,
    pub(in crate::responder) parameters: Vec<(String, String)>,
}

/// The two families of addresses. Here as they are written in the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::responder) enum Addresses {
    V1beta1,
    V1,
}

impl Meant {
    pub(super) fn read(asked: &Asked, addresses: Addresses) -> Self {
        let (token, revoke, accounts) = match addresses {
            Addresses::V1beta1 => (
                "/v1beta1/users/oauth2/token",
                "/v1beta1/users/oauth2/revoke",
                "/v1beta1/accounts/",
            ),
            Addresses::V1 => ("/v1/oauth/token", "/v1/oauth/revoke", "/v1/accounts/"),
        };
        let path = asked.path();
        let mut meant = Self {
            kind: Kind::Nothing,
            account: String::new(),
            user: String::new(),
            parameters: pairs(asked.query()),
        };
        let method = asked.method.as_str();
        if path == token && method == "POST" {
            meant.kind = Kind::Token;
        } else if path == revoke && method == "POST" {
            meant.kind = Kind::Revoke;
        } else if path == "/.well-known/oauth-authorization-server" && method == "GET" {
            meant.kind = Kind::Metadata;
        } else if let Some(rest) = path.strip_prefix(accounts) {
            let parts: Vec<&str> = rest.split('/').collect();
            let (kind, user) = match (method, &parts[..]) {
                ("GET", [_, "users"]) => (Kind::List, ""),
                ("GET", [_, "users", user]) => (Kind::Get, *user),
                ("POST", [_, "users", last]) => match last.rsplit_once(':') {
                    Some((user, "suspend")) => (Kind::Suspend, user),
                    Some((user, "reactivate")) => (Kind::Reactivate, user),
                    _ => (Kind::Nothing, ""),
                },
                _ => (Kind::Nothing, ""),
            };
            (meant.kind, meant.user) = (kind, decoded(user));
            meant.account = decoded(parts[0]);
        }
        meant
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Everything about it that the contract does not document.
pub(super) fn complaints(asked: &Asked, meant: &Meant) -> Vec<String> {
    let mut said = Vec::new();
    let mut must = |is_so: bool, what: &str| {
        if !is_so {
            said.push(format!("{} {}: {what}", asked.method, asked.path()));
        }
    };
    must(asked.version == "HTTP/1.1", "another version of HTTP");
    must(meant.kind != Kind::Nothing, "no route of the contract");
    for (at, (name, _)) in asked.headers.iter().enumerate() {
        let is_twice =
            asked.headers[..at].iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
        must(!is_twice, &format!("{name} is there twice"));
        must(is_known(name), &format!("{name} is no documented header"));
    }
    must(asked.header("host").is_some(), "no Host");
    must(asked.header("user-agent").is_some_and(is_product), "User-Agent is not Company/version");
    let accept = asked.header("accept").unwrap_or("*/*");
    must(accept.contains("*/*") || accept.contains("application/json"), "Accept without JSON");
    match meant.kind {
        Kind::Token | Kind::Revoke => {
            let kind = asked.header("content-type").unwrap_or_default();
            must(
                kind.split(';').next() == Some("application/x-www-form-urlencoded"),
                "a form without its content type",
            );
            must(basic(asked).is_some(), "no client ID and secret by Basic");
            must(asked.query().is_empty(), "parameters in the address");
            let allowed: &[&str] = match meant.kind {
                Kind::Token => &["grant_type", "scope"],
                _ => &["token"],
            };
            only_these(&form(asked), allowed, &mut must);
        }
        Kind::Metadata => {
            must(asked.header("authorization").is_none(), "credentials for a public document");
        }
        Kind::List | Kind::Get | Kind::Suspend | Kind::Reactivate | Kind::Nothing => {
            must(asked.body.is_empty(), "a body, where none is documented");
            must(asked.header("content-type").is_none(), "a content type without a body");
            must(bearer(asked).is_some(), "no access token by Authorization");
            let is_post = asked.method == "POST";
            let length = asked.header("content-length");
            must(!is_post || length == Some("0"), "a POST without a body says Content-Length: 0");
            must(is_post || length.is_none(), "a GET with a length");
        }
    }
    match meant.kind {
        Kind::List => {
            only_these(&meant.parameters, &["filter", "max_page_size", "page_token"], &mut must);
            let size = meant.parameter("max_page_size").map(str::parse::<i32>);
            must(
                size.is_none_or(|size| size.is_ok_and(|size| (1..=1000).contains(&size))),
                "max_page_size is 1 to 1000",
            );
            let filter = meant.parameter("filter").unwrap_or_default();
            must(
                ["", "user.isActive()", "user.isSuspended()"].contains(&filter),
                "filter is one of two words",
            );
            must(meant.parameter("page_token") != Some(""), "page_token is empty");
        }
        Kind::Get | Kind::Suspend | Kind::Reactivate => {
            must(asked.query().is_empty(), "parameters, where none are documented");
        }
        Kind::Token | Kind::Revoke | Kind::Metadata | Kind::Nothing => {}
    }
    said
}

fn only_these(pairs: &[(String, String)], allowed: &[&str], must: &mut impl FnMut(bool, &str)) {
    for (at, (name, _)) in pairs.iter().enumerate() {
        must(allowed.contains(&name.as_str()), &format!("the parameter {name} is not documented"));
        let is_twice = pairs[..at].iter().any(|(other, _)| other == name);
        must(!is_twice, &format!("the parameter {name} is there twice"));
    }
}

/// Beside those of the contract, what every HTTP client needs.
fn is_known(name: &str) -> bool {
    let known = [
        "authorization",
        "user-agent",
        "content-type",
        "content-length",
        "host",
        "accept",
        "accept-encoding",
        "connection",
    ];
    known.iter().any(|one| one.eq_ignore_ascii_case(name))
}

fn is_product(text: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && !word.contains(char::is_whitespace);
    text.split_once('/')
        .is_some_and(|(name, version)| is_word(name) && is_word(version) && !version.contains('/'))
}

pub(super) fn basic(asked: &Asked) -> Option<(String, String)> {
    let sealed = asked.header("authorization")?.strip_prefix("Basic ")?;
    let bytes = data_encoding::BASE64.decode(sealed.as_bytes()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// The scheme is compared without case.
pub(super) fn bearer(asked: &Asked) -> Option<&str> {
    let (scheme, token) = asked.header("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

pub(super) fn form(asked: &Asked) -> Vec<(String, String)> {
    pairs(&String::from_utf8_lossy(&asked.body))
}

fn pairs(text: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// One decoding of a part of a path. A `+` is a plus there.
fn decoded(part: &str) -> String {
    let escaped = part.replace('+', "%2B");
    let mut pairs = url::form_urlencoded::parse(escaped.as_bytes());
    pairs.next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}
