//! The form of an OAuth request: each parameter once, UTF-8, of the right content type (RFC 6749,
//! appendix B). A parameter without a value counts as left out (3.2).

use axum::http::{HeaderMap, header};
use percent_encoding::percent_decode;

#[derive(Debug)]
pub(crate) struct Form(Vec<(String, String)>);

/// The longest request of OAuth and its extensions has a dozen.
const PARAMETERS_MAX: usize = 64;

impl Form {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, &'static str> {
        // The parser itself would put replacement characters where there is none.
        let is_utf8 = match body.contains(&b'%') {
            true => percent_decode(body).decode_utf8().is_ok(),
            false => std::str::from_utf8(body).is_ok(),
        };
        if !is_utf8 {
            return Err("The body is not UTF-8.");
        }
        let mut fields: Vec<(String, String)> = Vec::with_capacity(4);
        for (name, value) in form_urlencoded::parse(body) {
            if fields.iter().any(|(known, _)| *known == name) {
                return Err("A parameter is there twice.");
            }
            if fields.len() == PARAMETERS_MAX {
                return Err("There are more than 64 parameters.");
            }
            fields.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(fields))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}

pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return false };
    let value = value.to_str().ok();
    let kind = value.and_then(|value| value.split(';').next()).unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_once_each() {
        let form = Form::parse(b"grant_type=client_credentials&scope=&x=a+b%21").unwrap();
        assert_eq!(form.get("grant_type"), Some("client_credentials"));
        assert_eq!(form.get("scope"), None);
        assert_eq!(form.get("x"), Some("a b!"));
        assert!(Form::parse(b"a=1&a=1").is_err());
        let many = |n: usize| (0..n).map(|at| format!("p{at}=&")).collect::<String>();
        assert!(Form::parse(many(64).as_bytes()).is_ok());
        assert!(Form::parse(many(65).as_bytes()).is_err());
        assert!(Form::parse(b"a=%ff").is_err());
        assert!(Form::parse("a=\u{fffd}&b=%EF%BF%BD".as_bytes()).is_ok());
        assert!(Form::parse(b"\xff=1").is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_body_is_read_without_a_panic(body in proptest::collection::vec(0u8.., 0..300)) {
            let _ = Form::parse(&body);
        }
    }
}
