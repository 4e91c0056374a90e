//! HTTP Basic with a client's id and secret (RFC 7617, RFC 6749 2.3.1). The RFC wants both
//! form-encoded first; most clients send them raw. Ids and secrets are made of characters that
//! encode as themselves, so decoding once reads both right.

use std::borrow::Cow;

use axum::http::{HeaderMap, header};
use data_encoding::BASE64;
use rollcall_directory::applications::{ClientSecret, SecretDigest};
use rollcall_directory::world::ApplicationId;

/// What stood in the header. `client` is nothing where it cannot be anybody's id.
#[derive(Debug)]
pub(crate) struct Basic {
    pub client: Option<ApplicationId>,
    pub secret: SecretDigest,
}

const HEADER_MAX_BYTES: usize = 4096;

/// `None`: there is no Basic header, or none that can be read.
pub(crate) fn read(headers: &HeaderMap) -> Option<Basic> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    if value.len() > HEADER_MAX_BYTES {
        return None;
    }
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = BASE64.decode(encoded.trim().as_bytes()).ok()?;
    let (id, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    let client = form_decoded(id).parse().ok();
    let secret = ClientSecret::presented(&form_decoded(secret)).digest();
    Some(Basic { client, secret })
}

/// Decoded as one name of a form. What holds `&` or `=` was not encoded, and stays as it is; so does
/// what has nothing to decode, which is nearly all that comes.
fn form_decoded(text: &str) -> Cow<'_, str> {
    if text.contains(['&', '=']) || !text.contains(['%', '+']) {
        return Cow::Borrowed(text);
    }
    let mut names = form_urlencoded::parse(text.as_bytes());
    names.next().map(|(name, _)| name).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, value.parse().unwrap());
        headers
    }

    fn basic(id: &str, secret: &str) -> Option<Basic> {
        read(&header(&format!("Basic {}", BASE64.encode(format!("{id}:{secret}").as_bytes()))))
    }

    #[test]
    fn raw_and_form_encoded_credentials_read_the_same() {
        let id = ApplicationId::from_random([5; 16]);
        let secret = ClientSecret::from_random(&[6; 32]);
        let raw = basic(&id.to_string(), secret.expose()).unwrap();
        let encoded = basic(
            &id.to_string().replace('-', "%2D"),
            &secret.expose().replace('_', "%5F").replace('-', "%2d"),
        )
        .unwrap();
        assert_eq!((raw.client, encoded.client), (Some(id), Some(id)));
        assert!(raw.secret.matches(&secret.digest()) && encoded.secret.matches(&secret.digest()));
    }

    #[test]
    fn nothing_may_be_added_to_a_secret() {
        let secret = ClientSecret::from_random(&[6; 32]);
        for added in ["&x", "=x", "&", "=", "%00", "+"] {
            let longer = format!("{}{added}", secret.expose());
            assert!(!basic("id", &longer).unwrap().secret.matches(&secret.digest()), "{added}");
        }
    }

    #[test]
    fn the_scheme_is_compared_without_case() {
        assert!(read(&header(&format!("bAsIc {}", BASE64.encode(b"a:b")))).is_some());
    }

    #[test]
    fn what_is_not_basic_is_nothing() {
        for value in ["Bearer x", "Basic", "Basic !!!", "Basic YQ==", "Basic gA==", ""] {
            assert!(read(&header(value)).is_none(), "{value:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_header_is_read_without_a_panic(value in "(Basic )?[ -~]{0,200}") {
            let _ = read(&header(&value));
        }
    }
}
