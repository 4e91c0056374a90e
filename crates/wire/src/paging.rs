//! The arguments of a list: which people, how many at a time, and where to go on.
//!
//! Real clients write the names in snake_case and in camelCase, so both are taken. What is silent
//! in the documentation follows AIP-158: a page size too large is cut, zero means the default.

use std::borrow::Cow;

use crate::problem::Word;

pub const PAGE_SIZE_DEFAULT: u16 = 25;
pub const PAGE_SIZE_MAX: u16 = 1000;

/// How many people a page may hold: 1 to `PAGE_SIZE_MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PageSize(u16);

impl PageSize {
    /// Absent, empty or 0 is the default; more than the most is the most. The argument is an int32,
    /// so a number beyond that is as wrong as a negative one or none at all.
    pub fn parse(text: Option<&str>) -> Result<PageSize, Word> {
        let text = text.unwrap_or("");
        if text.is_empty() {
            return Ok(PageSize::default());
        }
        match text.parse::<i32>().map_err(|_| Word::PageSizeInvalid)? {
            ..0 => Err(Word::PageSizeInvalid),
            0 => Ok(PageSize::default()),
            asked => Ok(PageSize(
                u16::try_from(asked).map_or(PAGE_SIZE_MAX, |asked| asked.min(PAGE_SIZE_MAX)),
            )),
        }
    }

    pub const fn get(self) -> u16 {
        self.0
    }
}

impl Default for PageSize {
    fn default() -> PageSize {
        PageSize(PAGE_SIZE_DEFAULT)
    }
}

/// Which people are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Filter {
    #[default]
    All,
    Active,
    Suspended,
}

impl Filter {
    /// One of the two words, or nothing; there is no language of filters.
    pub fn parse(text: &str) -> Result<Filter, Word> {
        match text.trim() {
            "" => Ok(Filter::All),
            "user.isActive()" => Ok(Filter::Active),
            "user.isSuspended()" => Ok(Filter::Suspended),
            _ => Err(Word::FilterInvalid),
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Filter::All => "",
            Filter::Active => "user.isActive()",
            Filter::Suspended => "user.isSuspended()",
        }
    }
}

/// The arguments of a list, parsed. Whether the page token is one of ours is asked later.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    pub filter: Filter,
    pub page_size: PageSize,
    pub page_token: Option<String>,
}

impl ListQuery {
    /// Takes the decoded pairs of the query. Unknown names are passed over.
    pub fn parse<'q>(
        pairs: impl Iterator<Item = (Cow<'q, str>, Cow<'q, str>)>,
    ) -> Result<ListQuery, Word> {
        let (mut filter, mut page_size, mut page_token) = (None, None, None);
        for (name, value) in pairs {
            match &*name {
                "filter" => give(&mut filter, value)?,
                "max_page_size" | "maxPageSize" => give(&mut page_size, value)?,
                "page_token" | "pageToken" => give(&mut page_token, value)?,
                _ => {}
            }
        }
        Ok(ListQuery {
            filter: Filter::parse(filter.as_deref().unwrap_or(""))?,
            page_size: PageSize::parse(page_size.as_deref())?,
            page_token: page_token.filter(|token| !token.is_empty()).map(Cow::into_owned),
        })
    }
}

/// Giving an argument twice is fine as long as both say the same.
fn give<'q>(place: &mut Option<Cow<'q, str>>, value: Cow<'q, str>) -> Result<(), Word> {
    match place {
        Some(given) if *given != value => Err(Word::RequestInvalid),
        Some(_) => Ok(()),
        None => {
            *place = Some(value);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asked(pairs: &[(&'static str, &'static str)]) -> Result<ListQuery, Word> {
        ListQuery::parse(pairs.iter().map(|&(name, value)| (name.into(), value.into())))
    }

    #[test]
    fn a_page_size_is_cut_defaulted_or_refused() {
        let size = |text| PageSize::parse(text).map(PageSize::get);
        for silent in [None, Some(""), Some("0"), Some("-0")] {
            assert_eq!(size(silent), Ok(25), "{silent:?}");
        }
        for (text, expected) in
            [("1", 1), ("1000", 1000), ("1001", 1000), ("70000", 1000), ("2147483647", 1000)]
        {
            assert_eq!(size(Some(text)), Ok(expected), "{text}");
        }
        for text in
            ["-1", "2147483648", "-2147483649", "99999999999999999999", "1.5", "ten", " 5", "0x10"]
        {
            assert_eq!(size(Some(text)), Err(Word::PageSizeInvalid), "{text}");
        }
    }

    #[test]
    fn a_filter_is_one_of_two_words() {
        assert_eq!(Filter::parse(" user.isActive() "), Ok(Filter::Active));
        assert_eq!(Filter::parse("user.isSuspended()"), Ok(Filter::Suspended));
        assert_eq!(Filter::parse("  "), Ok(Filter::All));
        for text in [
            "user.isactive()",
            "!user.isActive()",
            "user.isActive() || user.isSuspended()",
            "ACTIVE",
        ] {
            assert_eq!(Filter::parse(text), Err(Word::FilterInvalid), "{text}");
        }
        for filter in [Filter::All, Filter::Active, Filter::Suspended] {
            assert_eq!(Filter::parse(filter.as_str()), Ok(filter));
        }
    }

    #[test]
    fn both_spellings_say_the_same() {
        let snake =
            asked(&[("filter", "user.isActive()"), ("max_page_size", "2"), ("page_token", "abc")]);
        let camel = asked(&[
            ("pageToken", "abc"),
            ("maxPageSize", "2"),
            ("filter", "user.isActive()"),
            ("x", "y"),
        ]);
        assert_eq!(snake, camel);
        assert_eq!(snake.unwrap().page_token.as_deref(), Some("abc"));
        assert_eq!(asked(&[("page_token", "")]), Ok(ListQuery::default()));
    }

    #[test]
    fn an_argument_given_twice_must_not_contradict_itself() {
        assert!(asked(&[("max_page_size", "2"), ("maxPageSize", "2")]).is_ok());
        assert_eq!(
            asked(&[("max_page_size", "2"), ("maxPageSize", "3")]),
            Err(Word::RequestInvalid)
        );
        assert_eq!(asked(&[("page_token", "a"), ("page_token", "b")]), Err(Word::RequestInvalid));
        assert_eq!(asked(&[("page_token", "a"), ("pageToken", "")]), Err(Word::RequestInvalid));
    }

    proptest! {
        #[test]
        fn a_page_size_is_always_within_its_limits(text: String, number: i64) {
            for text in [text, number.to_string()] {
                if let Ok(size) = PageSize::parse(Some(&text)) {
                    prop_assert!((1..=PAGE_SIZE_MAX).contains(&size.get()));
                }
            }
        }
    }
}
