//! Headers: those of a request that are known to be harmless are kept; of all others the name.

use axum::http::{HeaderMap, header};

use super::super::known::scheme_and_rest;
use super::super::{Credential, Known, Misplaced, Place};
use super::Finds;
use super::words::{self, NOT_KEPT};

const KEPT: [&str; 24] = [
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "dnt",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "pragma",
    "priority",
    "sec-fetch-dest",
    "sec-fetch-mode",
    "sec-fetch-site",
    "te",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

pub(crate) fn request_headers(
    known: &Known,
    headers: &HeaderMap,
    credential: &Credential,
) -> (Vec<(String, String)>, Vec<Misplaced>) {
    let mut finds = Finds::default();
    let mut first = true;
    let kept = headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        if name == header::AUTHORIZATION {
            // Only the first one is what the call is known by.
            let told = if std::mem::take(&mut first) {
                authorization(&value, credential)
            } else {
                NOT_KEPT.to_owned()
            };
            return (name.as_str().to_owned(), told);
        }
        let masked = words::prose_without_secrets(known, &value);
        let shown_name = super::part(known, name.as_str());
        if masked.had_ours {
            finds.add(Place::Header, Some(&shown_name), true);
        }
        let told = match KEPT.contains(&name.as_str()) {
            true => masked.text.into_owned(),
            false => known.label(&value).unwrap_or_else(|| NOT_KEPT.to_owned()),
        };
        (shown_name, told)
    });
    (kept.collect(), finds.0)
}

/// The word before it as it was written; for the rest, what it is.
fn authorization(value: &str, credential: &Credential) -> String {
    let (written, _) = scheme_and_rest(value);
    match credential {
        Credential::None => NOT_KEPT.to_owned(),
        Credential::Client { client_id, is_right: true } => {
            format!("{written} <client {client_id} with its secret>")
        }
        Credential::Client { client_id, is_right: false } => {
            format!("{written} <client {client_id} with another secret>")
        }
        Credential::Token { number, .. } => format!("{written} <token {number}>"),
        Credential::Unknown { scheme } if scheme.is_empty() => "<not of this double>".to_owned(),
        Credential::Unknown { scheme } => format!("{scheme} <not of this double>"),
    }
}

pub(crate) fn answer_headers(known: &Known, headers: &HeaderMap) -> Vec<(String, String)> {
    let kept = headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        let told = match *name == header::SET_COOKIE {
            true => NOT_KEPT.to_owned(),
            false => words::without_ours(known, &value).text.into_owned(),
        };
        (name.as_str().to_owned(), told)
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn told(pairs: &[(&'static str, &str)]) -> (Vec<String>, Vec<Misplaced>) {
        let known = Known::default();
        known.client("ours".to_owned(), "ACCOUNT".to_owned());
        known.token("rct_ours-1", "ours");
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_bytes(value.as_bytes()).unwrap(),
            );
        }
        let first = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (credential, _) = known.credential(first);
        let (kept, finds) = request_headers(&known, &headers, &credential);
        (kept.into_iter().map(|(name, value)| format!("{name}: {value}")).collect(), finds)
    }

    #[test]
    fn harmless_ones_are_kept_and_of_the_others_the_name() {
        let (kept, finds) = told(&[
            ("user-agent", "Acme/1.2"),
            ("x-api-key", "short"),
            ("cookie", "a=b"),
            ("proxy-authorization", "Basic abc"),
        ]);
        let expected = [
            "user-agent: Acme/1.2",
            "x-api-key: <not kept>",
            "cookie: <not kept>",
            "proxy-authorization: <not kept>",
        ];
        assert_eq!(kept, expected);
        assert_eq!(finds, []);
    }

    #[test]
    fn authorization_says_what_it_is() {
        let of = |value: &str| told(&[("authorization", value)]).0[0].clone();
        assert_eq!(of("Bearer rct_ours-1"), "authorization: Bearer <token 1>");
        assert_eq!(of("bearer rct_ours-1"), "authorization: bearer <token 1>");
        assert_eq!(of("Bearer rct_theirs"), "authorization: Bearer <not of this double>");
        assert_eq!(of("hunter2"), "authorization: <not of this double>");
        assert_eq!(of("hunter2 again"), "authorization: <not of this double>");
        let (kept, _) = told(&[("authorization", "Bearer rct_ours-1"), ("authorization", "x y")]);
        assert_eq!(kept[1], "authorization: <not kept>");
    }

    #[test]
    fn a_token_of_ours_in_another_header_is_told() {
        let (kept, finds) = told(&[("x-api-key", "rct_ours-1"), ("user-agent", "a rct_ours-1")]);
        assert_eq!(kept, ["x-api-key: <token 1>", "user-agent: a <token 1>"]);
        let names: Vec<_> = finds.iter().filter_map(|find| find.name.as_deref()).collect();
        assert_eq!(names, ["x-api-key", "user-agent"]);
    }
}
