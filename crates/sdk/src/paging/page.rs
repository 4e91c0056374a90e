//! A page of people, read from its bytes.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::users::User;

/// A page of people, as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// In the order of the server.
    pub results: Vec<User>,
    /// Absent or empty on the last one.
    pub next_page_token: Option<String>,
}

impl Page {
    /// The name of the next page, where there is one.
    pub fn next(&self) -> Option<&str> {
        self.next_page_token.as_deref().filter(|token| !token.is_empty())
    }
}

/// Where a list goes on, read from a page whose people are passed over: that is a tenth of the work,
/// and all that is needed to ask for the next page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outline {
    pub(super) next_page_token: Option<String>,
}

impl<'de> Deserialize<'de> for Page {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (results, next_page_token) = from.deserialize_map(PageVisitor::<Vec<User>>::NEW)?;
        Ok(Self { results: results.unwrap_or_default(), next_page_token })
    }
}

impl<'de> Deserialize<'de> for Outline {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (_, next_page_token) = from.deserialize_map(PageVisitor::<IgnoredAny>::NEW)?;
        Ok(Self { next_page_token })
    }
}

/// By hand, for one question that a derived reading cannot ask: a page without `results` is an empty
/// one only when it holds nothing else either. Otherwise it is an answer to something else, and
/// reading it as "nobody" would be the worst that a list can say.
struct PageVisitor<R>(PhantomData<R>);

impl<R> PageVisitor<R> {
    const NEW: Self = Self(PhantomData);
}

impl<'de, R: Deserialize<'de>> Visitor<'de> for PageVisitor<R> {
    type Value = (Option<R>, Option<String>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page of people")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Key {
            Results,
            NextPageToken,
            #[serde(other)]
            Other,
        }
        let mut results: Option<Option<R>> = None;
        let mut next_page_token = None;
        let mut has_other = false;
        while let Some(key) = map.next_key()? {
            match key {
                Key::Results => results = Some(map.next_value()?),
                Key::NextPageToken => next_page_token = map.next_value()?,
                Key::Other => {
                    has_other = true;
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if results.is_none() && has_other {
            return Err(A::Error::missing_field("results"));
        }
        Ok((results.flatten(), next_page_token))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Page, String> {
        serde_json::from_str(body).map_err(|error| error.to_string())
    }

    #[test]
    fn a_page_is_read_with_what_is_not_known() {
        let page = read(
            r#"{"total":3,"results":[{"id":"U1","email":"a@b.c","more":[1]}],"next_page_token":"p2"}"#,
        )
        .unwrap();
        assert_eq!(page.results[0].email, "a@b.c");
        assert_eq!(page.next(), Some("p2"));
    }

    #[test]
    fn the_last_page_names_no_other() {
        for body in [
            r#"{"results":[]}"#,
            r#"{"results":[],"next_page_token":""}"#,
            r#"{"results":null,"next_page_token":null}"#,
            "{}",
        ] {
            assert_eq!(read(body).unwrap().next(), None, "{body}");
            assert_eq!(read(body).unwrap().results, [], "{body}");
        }
    }

    #[test]
    fn an_outline_goes_on_where_the_page_does() {
        for body in [
            r#"{"results":[{"id":"U1"}],"next_page_token":"p2","total":3}"#,
            r#"{"next_page_token":"a\/\u0062","results":[{"id":"U1","next_page_token":"no"}]}"#,
            r#"{"results":[]}"#,
            r#"{"results":null,"next_page_token":null}"#,
            "{}",
        ] {
            let outline: Outline = serde_json::from_str(body).unwrap();
            assert_eq!(outline.next_page_token, read(body).unwrap().next_page_token, "{body}");
        }
    }

    #[test]
    fn another_answer_is_not_an_empty_page() {
        for body in [r#"{"users":[{"id":"U1"}]}"#, r#"{"error":"x"}"#, "[]", "null", r#""text""#] {
            assert!(read(body).is_err(), "{body}");
            assert!(serde_json::from_str::<Outline>(body).is_err(), "{body}");
        }
    }
}
