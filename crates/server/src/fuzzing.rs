//! What must hold of any bytes a stranger sends as credentials, as a form or as the query of a
//! list. The fuzz targets feed these, and so do the property tests below; a failure is a panic.
//! Never in the binary.

use std::collections::HashMap;

use axum::http::{HeaderMap, HeaderValue, header};
use data_encoding::BASE64;
use form_urlencoded::{Serializer, byte_serialize};
use rollcall_directory::applications::ClientSecret;
use rollcall_directory::world::ApplicationId;
use rollcall_wire::paging::ListQuery;
use rollcall_wire::problem::Word;

use crate::edge::basic::{self, Basic};
use crate::tokens::form::{Form, is_form};

fn with(name: header::HeaderName, value: &[u8]) -> Option<HeaderMap> {
    Some(HeaderMap::from_iter([(name, HeaderValue::from_bytes(value).ok()?)]))
}

fn basic_of(id: &str, secret: &str) -> Option<Basic> {
    let value = format!("Basic {}", BASE64.encode(format!("{id}:{secret}").as_bytes()));
    basic::read(&with(header::AUTHORIZATION, value.as_bytes())?)
}

/// Any header is read or is nothing; an id and a secret come out as they went in, raw and
/// form-encoded; nothing that differs from a secret is taken for it.
pub fn basic_header(data: &[u8]) {
    let read = with(header::AUTHORIZATION, data).and_then(|headers| basic::read(&headers));
    assert!(read.is_none() || data[..5].eq_ignore_ascii_case(b"basic"), "another scheme was read");
    let Some((id, text)) = data.split_first_chunk::<16>() else { return };
    let id = ApplicationId::from_random(*id);
    let Ok(text) = std::str::from_utf8(text) else { return };
    let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    // A secret of anybody's, form-encoded as the RFC says.
    if text.len() < 500 {
        let read = basic_of(&encode(&id.to_string()), &encode(text)).expect("short and Basic");
        assert_eq!(read.client, Some(id));
        assert!(read.secret.matches(&ClientSecret::presented(text).digest()), "{text:?} changed");
    }
    let Some((random, added)) = text.as_bytes().split_first_chunk::<32>() else { return };
    let secret = ClientSecret::from_random(random);
    let own = secret.digest();
    let raw = basic_of(&id.to_string(), secret.expose()).expect("short and Basic");
    assert!(raw.client == Some(id) && raw.secret.matches(&own), "a raw secret was not read");
    if let Ok(added) = std::str::from_utf8(added)
        && !added.is_empty()
    {
        for longer in [format!("{}{added}", secret.expose()), format!("{added}{}", secret.expose())]
        {
            let longer = basic_of(&id.to_string(), &longer);
            assert!(longer.is_none_or(|read| !read.secret.matches(&own)), "{added:?} was added");
        }
    }
}

/// Any body is read or refused; what is read prints to a body that reads the same; no name is
/// there twice; a byte that is not UTF-8 is not mended.
pub fn form_body(data: &[u8]) {
    let decoded: Vec<(String, String)> = form_urlencoded::parse(data).into_owned().collect();
    let names: HashMap<&str, &str> =
        decoded.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    if let Ok(form) = Form::parse(data) {
        assert_eq!(names.len(), decoded.len(), "a parameter twice was taken");
        let printed = Serializer::new(String::new()).extend_pairs(&decoded).finish();
        let again = Form::parse(printed.as_bytes()).expect("what was printed is read");
        for (name, value) in names {
            let said = Some(value).filter(|value| !value.is_empty());
            assert_eq!((form.get(name), again.get(name)), (said, said), "{name:?}");
        }
        if !decoded.is_empty() {
            assert!(Form::parse(format!("{printed}&{printed}").as_bytes()).is_err());
        }
        assert!(Form::parse(&[data, b"&%ff".as_slice()].concat()).is_err());
    }
    if let Some(headers) = with(header::CONTENT_TYPE, data) {
        let kind = data.to_ascii_lowercase();
        let kind = kind.split(|byte| *byte == b';').next().unwrap_or_default();
        let said = kind.trim_ascii() == b"application/x-www-form-urlencoded";
        assert!(said || !is_form(&headers), "another content type was taken for a form");
    }
}

/// Any query is read or refused, in whatever order its arguments stand; what is read prints, in
/// both spellings, to a query that reads the same.
pub fn list_query(data: &[u8]) {
    let Ok(query) = std::str::from_utf8(data) else { return };
    let read = |query: &str| ListQuery::parse(form_urlencoded::parse(query.as_bytes()));
    let said = read(query);
    let mut backwards: Vec<&str> = query.split('&').collect();
    backwards.reverse();
    assert_eq!(read(&backwards.join("&")), said, "the order of {query:?} matters");
    assert_eq!(read(&format!("{query}&{query}")), said, "saying {query:?} twice matters");
    let asked = match said {
        Ok(asked) => asked,
        Err(word) => {
            let words = [Word::RequestInvalid, Word::FilterInvalid, Word::PageSizeInvalid];
            return assert!(words.contains(&word), "{word:?} of a query");
        }
    };
    for [size, token] in [["max_page_size", "page_token"], ["maxPageSize", "pageToken"]] {
        let printed = Serializer::new(String::new())
            .append_pair("filter", asked.filter.as_str())
            .append_pair(size, &asked.page_size.get().to_string())
            .append_pair(token, asked.page_token.as_deref().unwrap_or(""))
            .finish();
        assert_eq!(read(&printed).as_ref(), Ok(&asked), "{query:?} as {printed:?}");
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_credentials_are_read_as_sent(
            data in vec(0u8.., 0..100),
            id: [u8; 16],
            secret in "\\PC{0,60}",
        ) {
            basic_header(&data);
            basic_header(&[id.as_slice(), secret.as_bytes()].concat());
        }

        #[test]
        fn any_form_is_read_as_it_prints(
            data in vec(0u8.., 0..100),
            text in "((a|b|scope|token)=?[a-z+%&=0-9]{0,4}&?){0,4}",
            kind in "application/x-www-form-urlencoded[ -~]{0,9}",
        ) {
            form_body(&data);
            form_body(text.as_bytes());
            form_body(kind.as_bytes());
        }

        #[test]
        fn any_list_query_is_read_as_it_prints(
            query in "((filter|max_page_size|maxPageSize|page_token|pageToken|x)=\
                      (user\\.is(Active|Suspended)%28%29|[0-9-]{0,5}|[a-z%+]{0,4})&?){0,4}",
            any in "\\PC{0,60}",
        ) {
            list_query(query.as_bytes());
            list_query(any.as_bytes());
        }
    }
}
