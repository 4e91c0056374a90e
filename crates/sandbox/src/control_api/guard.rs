//! Who may speak to the control API: whoever has the token, on this machine, and from no foreign
//! page. Asked before anything else, and what is not known to be good is refused.

use std::net::IpAddr;

use axum::http::header::{AUTHORIZATION, HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, Uri};

use super::{ControlToken, No};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SCHEMES: [&str; 2] = ["http", "https"];

/// The place first and the token last: who asks from a foreign place learns nothing of the token.
pub(super) fn admit(
    from: IpAddr,
    uri: &Uri,
    headers: &HeaderMap,
    token: &ControlToken,
) -> Result<(), No> {
    if !from.to_canonical().is_loopback() {
        return Err(No::forbidden(
            "the control API is for this machine only",
            "call it from the machine that runs `rollcall dev`",
        ));
    }
    let host = own_host(uri, headers).ok_or_else(|| {
        No::forbidden(
            "the control API answers to localhost, 127.0.0.1 and [::1] only",
            "use the control URL as `rollcall dev` prints it",
        )
    })?;
    if !from_own_page(headers, &host) {
        return Err(No::forbidden(
            "the control API answers to no page of another origin",
            "call it from a program, or from the inspector's own page",
        ));
    }
    let presented = one(headers, &AUTHORIZATION).flatten().and_then(bearer);
    match presented {
        Some(presented) if token.is(presented) => Ok(()),
        Some(_) => Err(No::unauthorized("this is not the token of the double that answers here")),
        None => Err(No::unauthorized("the control API needs the token of this double")),
    }
}

/// The host it was sent to, when that is a loopback name. A name that somebody else can point at
/// this machine is not: a page there would be of the same origin as we.
fn own_host(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let named = [uri.authority().map(|authority| Some(authority.as_str())), one(headers, &HOST)];
    let mut host = None;
    for name in named.into_iter().flatten() {
        let authority: Authority = name?.parse().ok()?;
        // No user name before it: that is no host of ours.
        let is_own = is_loopback(authority.host()) && !authority.as_str().contains('@');
        let text = authority.as_str().to_ascii_lowercase();
        if !is_own || host.as_ref().is_some_and(|other| *other != text) {
            return None;
        }
        host = Some(text);
    }
    host
}

/// The name that every machine gives to itself, or an address of it, which nobody can point elsewhere.
fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// A browser says where a request comes from; a program says nothing.
fn from_own_page(headers: &HeaderMap, host: &str) -> bool {
    let site = match one(headers, &SEC_FETCH_SITE) {
        None => true,
        Some(site) => matches!(site, Some("same-origin" | "none")),
    };
    let origin = match one(headers, &ORIGIN) {
        None => true,
        Some(origin) => {
            origin.and_then(|origin| origin.split_once("://")).is_some_and(|(scheme, authority)| {
                SCHEMES.contains(&scheme) && authority.eq_ignore_ascii_case(host)
            })
        }
    };
    site && origin
}

/// A header that is there once: its text. There more often, or not text: `Some(None)`.
fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<Option<&'a str>> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    Some(first.to_str().ok().filter(|_| values.next().is_none()))
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, StatusCode};

    use super::*;

    fn token() -> ControlToken {
        ControlToken::from_random(&[7; 24])
    }

    /// The status of the refusal; nothing where it is admitted.
    fn asked(from: &str, uri: &str, headers: &[(&'static str, String)]) -> Option<StatusCode> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_str(value).unwrap());
        }
        let uri: Uri = uri.parse().unwrap();
        admit(from.parse().unwrap(), &uri, &map, &token()).err().map(|no| no.status())
    }

    fn with(pairs: &[(&'static str, &str)]) -> Option<StatusCode> {
        let mut headers = vec![("authorization", format!("Bearer {}", token().expose()))];
        headers.extend(pairs.iter().map(|(name, value)| (*name, (*value).to_owned())));
        asked("127.0.0.1", "/sandbox/v1", &headers)
    }

    const FORBIDDEN: Option<StatusCode> = Some(StatusCode::FORBIDDEN);

    #[test]
    fn its_own_names_are_good_and_others_are_not() {
        for host in ["localhost:8787", "127.0.0.1:8787", "[::1]:8787", "LOCALHOST", "127.0.0.2:1"] {
            assert_eq!(with(&[("host", host)]), None, "{host}");
        }
        for host in [
            "api.1password.com",
            "rebound.example:8787",
            "localhost.example",
            "127.0.0.1.example",
            "localhost:8787@rebound.example",
            "user@localhost:8787",
            "0.0.0.0:8787",
            "127.1",
            "",
            "a b",
        ] {
            assert_eq!(with(&[("host", host)]), FORBIDDEN, "{host}");
        }
        assert_eq!(with(&[]), FORBIDDEN, "no host");
        let twice = [("host", "localhost:1"), ("host", "localhost:1")];
        assert_eq!(with(&twice), FORBIDDEN, "two hosts");
    }

    #[test]
    fn the_authority_of_http_2_counts_as_the_host_does() {
        let token = || ("authorization", format!("Bearer {}", token().expose()));
        let ask = |uri: &str, host: Option<&str>| {
            let host = host.map(|host| ("host", host.to_owned()));
            asked("127.0.0.1", uri, &host.into_iter().chain([token()]).collect::<Vec<_>>())
        };
        assert_eq!(ask("https://localhost:1/sandbox/v1", None), None);
        assert_eq!(ask("https://localhost:1/sandbox/v1", Some("localhost:1")), None);
        assert_eq!(ask("https://localhost:1/sandbox/v1", Some("rebound.example")), FORBIDDEN);
        assert_eq!(ask("https://rebound.example/sandbox/v1", Some("localhost:1")), FORBIDDEN);
    }

    #[test]
    fn a_page_of_ours_may_and_another_may_not() {
        let host = ("host", "localhost:8787");
        for origin in ["http://localhost:8787", "https://localhost:8787"] {
            assert_eq!(with(&[host, ("origin", origin)]), None, "{origin}");
        }
        for origin in [
            "http://localhost:3000",
            "http://127.0.0.1:8787",
            "https://evil.example",
            "null",
            "",
            "file://localhost:8787",
        ] {
            assert_eq!(with(&[host, ("origin", origin)]), FORBIDDEN, "{origin}");
        }
        assert_eq!(with(&[host, ("sec-fetch-site", "same-origin")]), None);
        for site in ["cross-site", "same-site", "something"] {
            assert_eq!(with(&[host, ("sec-fetch-site", site)]), FORBIDDEN, "{site}");
        }
    }

    #[test]
    fn only_this_machine_and_only_with_the_token() {
        let host = ("host", "localhost:8787".to_owned());
        let token = ("authorization", format!("Bearer {}", token().expose()));
        let both = [host.clone(), token.clone()];
        assert_eq!(asked("127.0.0.1", "/sandbox/v1", &both), None);
        assert_eq!(asked("::ffff:127.0.0.1", "/sandbox/v1", &both), None);
        assert_eq!(asked("192.0.2.1", "/sandbox/v1", &both), FORBIDDEN);
        let unauthorized = Some(StatusCode::UNAUTHORIZED);
        assert_eq!(asked("::1", "/sandbox/v1", std::slice::from_ref(&host)), unauthorized);
        for value in ["Bearer sbx_wrong", "Bearer ", "Basic abc", "sbx_"] {
            let wrong = ("authorization", value.to_owned());
            assert_eq!(asked("::1", "/sandbox/v1", &[host.clone(), wrong]), unauthorized);
        }
        let twice = [host, token.clone(), token];
        assert_eq!(asked("::1", "/sandbox/v1", &twice), unauthorized);
    }
}
