//! The console's cookies: the session's, and the one by which a machine that somebody has signed in
//! on is known again. Over TLS under `__Host-`, so that no neighbour's page can set one; never for
//! scripts, and never sent along by another site's forms.

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};

/// Which cookies this server speaks of; by its public address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cookies {
    is_tls: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Session,
    KnownMachine,
}

/// As long as browsers keep a cookie at most.
const KNOWN_MACHINE_DAYS: i64 = 400;
const SECONDS_A_DAY: i64 = 86_400;

impl Cookies {
    pub(crate) fn of(public_url: &str) -> Self {
        Self { is_tls: public_url.starts_with("https://") }
    }

    const fn name(self, named: Named) -> &'static str {
        match (named, self.is_tls) {
            (Named::Session, true) => "__Host-rollcall",
            (Named::Session, false) => "rollcall-session",
            (Named::KnownMachine, true) => "__Host-rollcall-known",
            (Named::KnownMachine, false) => "rollcall-known",
        }
    }

    /// The cookie's text. One that is there twice is none: which of them is ours?
    pub(crate) fn read(self, headers: &HeaderMap, named: Named) -> Option<String> {
        let name = self.name(named);
        let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut found = values
            .flat_map(Cookie::split_parse)
            .filter_map(Result::ok)
            .filter(|cookie| cookie.name() == name)
            .map(|cookie| cookie.value().to_owned());
        let (first, None) = (found.next()?, found.next()) else { return None };
        Some(first)
    }

    /// The header that sets it.
    pub(crate) fn set(self, named: Named, value: &str) -> Option<HeaderValue> {
        self.header(
            named,
            value,
            match named {
                Named::Session => None,
                Named::KnownMachine => Some(KNOWN_MACHINE_DAYS * SECONDS_A_DAY),
            },
        )
    }

    /// The header that takes it away.
    pub(crate) fn take_away(self, named: Named) -> Option<HeaderValue> {
        self.header(named, "", Some(0))
    }

    fn header(
        self,
        named: Named,
        value: &str,
        max_age_seconds: Option<i64>,
    ) -> Option<HeaderValue> {
        let mut cookie = Cookie::new(self.name(named), value);
        cookie.set_http_only(true);
        cookie.set_same_site(SameSite::Lax);
        cookie.set_path("/");
        cookie.set_secure(self.is_tls);
        if let Some(seconds) = max_age_seconds {
            cookie.set_max_age(cookie::time::Duration::seconds(seconds));
        }
        HeaderValue::from_str(&cookie.to_string()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(values: &[&str]) -> HeaderMap {
        let values = values.iter().map(|value| (header::COOKIE, value.parse().unwrap()));
        HeaderMap::from_iter(values)
    }

    #[test]
    fn over_tls_a_cookie_is_bound_to_its_host() {
        let set = Cookies::of("https://id.example").set(Named::Session, "abc").unwrap();
        assert_eq!(set, "__Host-rollcall=abc; HttpOnly; SameSite=Lax; Secure; Path=/");
        let set = Cookies::of("http://127.0.0.1:8787").set(Named::Session, "abc").unwrap();
        assert_eq!(set, "rollcall-session=abc; HttpOnly; SameSite=Lax; Path=/");
        let gone = Cookies::of("http://localhost").take_away(Named::Session).unwrap();
        assert!(gone.to_str().unwrap().contains("Max-Age=0"));
    }

    #[test]
    fn a_cookie_is_read_by_its_own_name_and_only_once() {
        let cookies = Cookies::of("https://id.example");
        let read = |values: &[&str]| cookies.read(&with(values), Named::Session);
        assert_eq!(read(&["a=b; __Host-rollcall=abc; c=d"]).as_deref(), Some("abc"));
        assert_eq!(read(&["a=b", "__Host-rollcall=abc"]).as_deref(), Some("abc"));
        assert_eq!(read(&["__Host-rollcall=abc; __Host-rollcall=x"]), None);
        assert_eq!(read(&["__Host-rollcall=abc", "__Host-rollcall=abc"]), None);
        assert_eq!(read(&["rollcall-session=abc; __Host-rollcall-known=x"]), None);
        assert_eq!(read(&[]), None);
    }
}
