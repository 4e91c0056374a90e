//! The requests, in the order in which they are sent. Each is made of what those before it found;
//! one that cannot be made is not sent, and its facts stay unknown.

use reqwest::Method;
use rollcall_wire::route::{Family, Route};

use super::client::{Ask, Credential};

macro_rules! probes {
    ($($name:ident),* $(,)?) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Probe { $($name,)* }
        impl Probe { pub const ALL: &'static [Self] = &[$(Self::$name,)*]; }
    };
}

probes! {
    Token, SecondToken, ThirdToken, TokenCharset, TokenWrongSecret, TokenNoGrant, TokenOtherGrant,
    TokenOtherScope, TokenInBody,
    ListWithFirstToken, List, ListTwo, ListSecondPage, ListTwoCamel, ListSecondPageCamel,
    ListAboveMax, ListZero, ListNegative, ListWord,
    ListActive, ListActiveEscaped, ListSuspended, ListEmptyFilter, ListWrongFilter,
    ListWrongToken, ListTokenOtherFilter, ListUnknownName, ListNoUserAgent,
    ListAsTold, ListLower, ListUpper, NoToken, RubbishToken,
    Get, GetUnknown, GetOtherAccount, WrongMethod, UnknownPath,
    RevokeWrongSecret, RevokeNoToken, RevokeUnknown, Revoke, ListRevoked, ListKept,
}

/// What the requests are made of.
pub struct Known {
    pub family: Family,
    pub account: String,
    pub client_id: String,
    pub secret: String,
    pub token_type: Option<String>,
    pub first_token: Option<String>,
    /// The one that the calls carry.
    pub token: Option<String>,
    /// The one that is revoked.
    pub third_token: Option<String>,
    /// Of the list of two.
    pub next_page_token: Option<String>,
    pub somebody: Option<String>,
}

const FORM: &str = "application/x-www-form-urlencoded";
const FORM_WITH_CHARSET: &str = "application/x-www-form-urlencoded; charset=UTF-8";
const GRANT: &str = "grant_type=client_credentials";
const WRONG_SECRET: &str = "not-the-secret-of-this-application";
/// Ids that nobody has.
const NOBODY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAA";
pub const ACTIVE: &str = "user.isActive()";

impl Probe {
    pub fn ask(self, known: &Known) -> Option<Ask> {
        let page_token = known.next_page_token.as_deref().map(escaped);
        let get = |target: String| known.call(Method::GET, target);
        let list = |query: &str| get(format!("{}?{query}", known.users()));
        Some(match self {
            Self::Token | Self::SecondToken => known.form(Route::Token, GRANT.to_owned()),
            Self::ThirdToken => known.form(Route::Token, format!("{GRANT}&scope=openid")),
            Self::TokenCharset => {
                let mut ask = known.form(Route::Token, String::new());
                ask.body = Some((FORM_WITH_CHARSET, GRANT.to_owned()));
                ask
            }
            Self::TokenWrongSecret => known.with_wrong_secret(Route::Token, GRANT),
            Self::TokenNoGrant => known.form(Route::Token, "scope=openid".to_owned()),
            Self::TokenOtherGrant => {
                known.form(Route::Token, "grant_type=password&username=a&password=b".to_owned())
            }
            Self::TokenOtherScope => known.form(Route::Token, format!("{GRANT}&scope=profile")),
            Self::TokenInBody => {
                let (id, secret) = (escaped(&known.client_id), escaped(&known.secret));
                let body = format!("{GRANT}&client_id={id}&client_secret={secret}");
                Ask { credential: Credential::None, ..known.form(Route::Token, body) }
            }
            Self::ListWithFirstToken => Ask {
                credential: bearer("Bearer", known.first_token.as_deref()?),
                ..list("max_page_size=1")
            },
            Self::List => get(known.users()),
            Self::ListTwo => list("max_page_size=2"),
            Self::ListSecondPage => list(&format!("max_page_size=2&page_token={}", page_token?)),
            Self::ListTwoCamel => list("maxPageSize=2"),
            Self::ListSecondPageCamel => list(&format!("maxPageSize=2&pageToken={}", page_token?)),
            Self::ListAboveMax => list("max_page_size=1001"),
            Self::ListZero => list("max_page_size=0"),
            Self::ListNegative => list("max_page_size=-1"),
            Self::ListWord => list("max_page_size=many"),
            Self::ListActive => list(&format!("filter={ACTIVE}")),
            Self::ListActiveEscaped => list("filter=user.isActive%28%29"),
            Self::ListSuspended => list("filter=user.isSuspended()"),
            Self::ListEmptyFilter => list("filter="),
            Self::ListWrongFilter => list("filter=user.isOwner()"),
            Self::ListWrongToken => list("page_token=bm90LWEtcGFnZS10b2tlbg"),
            Self::ListTokenOtherFilter => {
                list(&format!("max_page_size=2&filter={ACTIVE}&page_token={}", page_token?))
            }
            Self::ListUnknownName => list("max_page_size=1&rollcall_conform=1"),
            Self::ListNoUserAgent => Ask { has_user_agent: false, ..list("max_page_size=1") },
            Self::ListAsTold => known.list_by(known.token_type.as_deref()?),
            Self::ListLower => known.list_by("bearer"),
            Self::ListUpper => known.list_by("BEARER"),
            Self::NoToken => Ask { credential: Credential::None, ..list("max_page_size=1") },
            Self::RubbishToken => {
                Ask { credential: bearer("Bearer", "not-a-token"), ..list("max_page_size=1") }
            }
            Self::Get => get(known.user(known.somebody.as_deref()?)),
            Self::GetUnknown => get(known.user(NOBODY)),
            Self::GetOtherAccount => {
                let path = Route::GetUser.path(known.family);
                get(path.replace("{account}", NOBODY).replace("{user}", known.somebody.as_deref()?))
            }
            // Of nobody, so that a server that knows this method harms nobody.
            Self::WrongMethod => known.call(Method::DELETE, known.user(NOBODY)),
            Self::UnknownPath => get(format!("/{}/rollcall-conform", known.family.as_str())),
            Self::RevokeWrongSecret => known.with_wrong_secret(Route::Revoke, "token=not-a-token"),
            Self::RevokeNoToken => known.form(Route::Revoke, String::new()),
            Self::RevokeUnknown => known.form(Route::Revoke, "token=not-a-token".to_owned()),
            Self::Revoke => known.revoke(known.third_token.as_deref()?),
            Self::ListRevoked => Ask {
                credential: bearer("Bearer", known.third_token.as_deref()?),
                ..list("max_page_size=1")
            },
            Self::ListKept => list("max_page_size=1"),
        })
    }
}

impl Known {
    pub fn users(&self) -> String {
        Route::ListUsers.path(self.family).replace("{account}", &segment(&self.account))
    }

    pub fn user(&self, id: &str) -> String {
        format!("{}/{}", self.users(), segment(id))
    }

    pub fn call(&self, method: Method, target: String) -> Ask {
        let credential = match &self.token {
            Some(token) => bearer("Bearer", token),
            None => Credential::None,
        };
        Ask { method, target, credential, body: None, has_user_agent: true }
    }

    pub fn revoke(&self, token: &str) -> Ask {
        self.form(Route::Revoke, format!("token={}", escaped(token)))
    }

    fn form(&self, route: Route, body: String) -> Ask {
        let (client_id, secret) = (self.client_id.clone(), self.secret.clone());
        Ask {
            method: Method::POST,
            target: route.path(self.family).to_owned(),
            credential: Credential::Basic { client_id, secret },
            body: Some((FORM, body)),
            has_user_agent: true,
        }
    }

    fn with_wrong_secret(&self, route: Route, body: &str) -> Ask {
        let credential = Credential::Basic {
            client_id: self.client_id.clone(),
            secret: WRONG_SECRET.to_owned(),
        };
        Ask { credential, ..self.form(route, body.to_owned()) }
    }

    fn list_by(&self, scheme: &str) -> Ask {
        let mut ask = self.call(Method::GET, format!("{}?max_page_size=1", self.users()));
        if let Credential::Token { scheme: said, .. } = &mut ask.credential {
            scheme.clone_into(said);
        }
        ask
    }

    /// An act with the content type that some clients cannot help sending, and no body.
    pub fn act_by_form(&self, target: String) -> Ask {
        Ask { body: Some((FORM, String::new())), ..self.call(Method::POST, target) }
    }
}

fn bearer(scheme: &str, token: &str) -> Credential {
    Credential::Token { scheme: scheme.to_owned(), token: token.to_owned() }
}

pub fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// An id in a path: only what would end the segment is escaped.
fn segment(id: &str) -> String {
    let mut text = String::new();
    for c in id.chars() {
        match c {
            '/' | '?' | '#' | '%' | ':' | ' ' => text.push_str(&format!("%{:02X}", u32::from(c))),
            c => text.push(c),
        }
    }
    text
}
