//! Whatever a client puts wherever: no secret is in what is kept.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use data_encoding::BASE64;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

use super::super::Known;
use super::*;

/// As credentials are: long, and of a mixture.
fn a_long_secret() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9_-]{32,64}",
        "[0-9a-f]{32,64}",
        "(rct|rcs)_[A-Za-z0-9_-]{4,60}",
        "[A-Za-z0-9+/]{40,60}={0,2}",
        "eyJ[A-Za-z0-9_-]{30,40}\\.eyJ[A-Za-z0-9_-]{30,40}\\.[A-Za-z0-9_-]{40,43}",
    ]
    .prop_filter("a mixture, as nearly all random ones are", |secret| {
        let kind = |byte: u8| (byte.is_ascii_digit(), byte.is_ascii_uppercase());
        let letters: Vec<u8> = secret.bytes().filter(u8::is_ascii_alphanumeric).collect();
        let turns = letters.windows(2).filter(|pair| kind(pair[0]) != kind(pair[1])).count();
        let has_signs = secret.contains(['+', '/', '.']);
        secret.bytes().any(|byte| byte.is_ascii_digit())
            && turns >= 3
            && (!has_signs || turns * 2 >= secret.len())
    })
}

/// What people think of; only where it stands tells.
fn any_secret() -> impl Strategy<Value = String> {
    prop_oneof![a_long_secret(), "[a-z]{8,12}[0-9]{2,4}"]
}

fn a_secrets_name() -> impl Strategy<Value = String> {
    let names = [
        "access_token",
        "token",
        "client_secret",
        "secret",
        "password",
        "api_key",
        "key",
        "code",
        "assertion",
        "client_assertion",
        "refresh_token",
        "id_token",
        "X-Amz-Signature",
        "auth",
        "page_token",
        "client_id",
        "whatever",
    ];
    prop::sample::select(names.to_vec()).prop_map(str::to_owned)
}

/// One client, with its secret and its first token.
pub(super) fn one_client() -> Known {
    let known = Known::default();
    known.client("ours".to_owned(), "ACCOUNT".to_owned());
    known.token("rct_ours-1", "ours");
    known.secret("rcs_ours", "ours");
    known
}

fn known() -> Known {
    let known = Known::default();
    known.client("0d9f66d7-f422-489c-80aa-000000000001".to_owned(), "ACCOUNT".to_owned());
    known.token("rct_ours-1", "client");
    known
}

/// No stretch of eight of its characters is kept.
fn has_none_of(kept: &str, secret: &str) -> Result<(), TestCaseError> {
    for piece in secret.as_bytes().windows(8) {
        let piece = std::str::from_utf8(piece).unwrap();
        prop_assert!(!kept.contains(piece), "{piece:?} of {secret:?} is in {kept:?}");
    }
    Ok(())
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

proptest! {
    #[test]
    fn none_in_a_path(secret in a_long_secret(), before in "[a-z]{0,6}", encode: bool) {
        // Cut at its slashes it would be several parts, each as short as a word.
        prop_assume!(encode || !secret.contains('/'));
        let text = if encode { escaped(&secret) } else { secret.clone() };
        let path = format!("/v1/accounts/{before}/users/{text}:suspend");
        has_none_of(&target(&known(), &path, None).text, &secret)?;
    }

    #[test]
    fn none_in_a_query(secret in any_secret(), name in a_secrets_name(), encode: bool) {
        let text = if encode { escaped(&secret) } else { secret.clone() };
        let query = format!("filter=&{name}={text}&a=b");
        let masked = target(&known(), "/v1/accounts/A/users", Some(&query));
        has_none_of(&format!("{masked:?}"), &secret)?;
    }

    #[test]
    fn none_in_a_parameter_of_ours_nor_as_a_name(secret in a_long_secret(), name in "filter|max_page_size|scope") {
        let query = format!("{name}={secret}&{secret}&{}=1", escaped(&secret));
        let masked = target(&known(), "/", Some(&query));
        has_none_of(&format!("{masked:?}"), &secret)?;
    }

    #[test]
    fn none_in_a_header(secret in any_secret(), name in "[a-z][a-z-]{0,14}", before in "|Basic |Bearer |Token token=|abc") {
        prop_assume!(!matches!(name.as_str(), "accept" | "host" | "date" | "te" | "dnt" | "expect" | "origin" | "pragma" | "upgrade" | "priority" | "connection"));
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_str(&format!("{before}{secret}")).unwrap();
        for name in [name.as_str(), "cookie", "proxy-authorization", "x-api-key", "authorization"] {
            headers.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), value.clone());
        }
        let known = known();
        let (credential, _) = known.credential(value.to_str().ok());
        let kept = request_headers(&known, &headers, &credential);
        has_none_of(&format!("{kept:?}{credential:?}"), &secret)?;
    }

    #[test]
    fn none_of_the_long_ones_in_harmless_headers(secret in a_long_secret()) {
        let mut headers = HeaderMap::new();
        for name in ["user-agent", "host", "origin", "accept"] {
            headers.append(name, HeaderValue::from_str(&format!("Acme/1 ({secret})")).unwrap());
        }
        let kept = request_headers(&known(), &headers, &super::super::Credential::None);
        has_none_of(&format!("{kept:?}"), &secret)?;
    }

    #[test]
    fn none_of_basic(client in any_secret(), secret in any_secret()) {
        let encoded = BASE64.encode(format!("{client}:{secret}").as_bytes());
        let mut headers = HeaderMap::new();
        let value = format!("Basic {encoded}");
        headers.append("authorization", HeaderValue::from_str(&value).unwrap());
        let known = known();
        let (credential, _) = known.credential(Some(&value));
        let kept = format!("{:?}{credential:?}", request_headers(&known, &headers, &credential));
        has_none_of(&kept, &secret)?;
        has_none_of(&kept, &client)?;
        has_none_of(&kept, &encoded)?;
    }

    #[test]
    fn none_in_a_body(secret in any_secret(), name in a_secrets_name(), revokes: bool, kind in 0..5) {
        let body = match kind {
            0 => format!("grant_type=client_credentials&{name}={}", escaped(&secret)),
            1 => format!("{{\"{name}\":\"{secret}\",\"list\":[{{\"{name}\":\"x {secret}\"}}]}}"),
            2 => format!("<{name}>{secret}</{name}>"),
            3 => secret.clone(),
            // Cut off in the middle.
            _ => format!("{{\"{name}\":\"{secret}"),
        };
        let kept = request_body(&known(), body.as_bytes(), revokes);
        has_none_of(&format!("{kept:?}"), &secret)?;
    }

    #[test]
    fn rubbish_is_masked_without_a_panic(path in ".{0,60}", query in ".{0,60}", body: Vec<u8>) {
        let known = known();
        target(&known, &path, Some(&query));
        request_body(&known, &body, false);
        answer_body(&known, &body, 7);
    }

    #[test]
    fn ours_are_named_wherever_they_stand(place in 0..4) {
        let known = known();
        let kept = match place {
            0 => target(&known, "/v1/rct_ours-1/x", None).text,
            1 => target(&known, "/", Some("a=rct_ours-1")).text,
            2 => request_body(&known, b"{\"a\":\"rct_ours-1\"}", false).0,
            _ => answer_body(&known, b"{\"access_token\":\"rct_ours-1\"}", 100).0,
        };
        prop_assert!(kept.contains("<token 1>"), "{}", kept);
    }
}
