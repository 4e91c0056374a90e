//! From a method and a raw path to a page: pure, and run on the templates of `Page::ALL`. Each
//! piece of the path is decoded once; an id that nothing can have is still a page, which then
//! finds nobody.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::{Page, PageMethod};

/// What the address named, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ids {
    pub account: Option<String>,
    pub user: Option<String>,
    pub application: Option<String>,
    pub secret: Option<String>,
    pub vault: Option<String>,
    pub item: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resolved {
    Found {
        page: Page,
        ids: Ids,
    },
    /// A file of the layout, by its name.
    Asset(String),
    Options {
        allow: &'static str,
    },
    MethodNotAllowed {
        allow: &'static str,
    },
    /// Below the account's address, or of no account.
    NotFound {
        account: Option<String>,
    },
}

/// The console has everything below `/console`, and nothing beside it.
pub(crate) fn is_of_the_console(raw_path: &str) -> bool {
    raw_path.strip_prefix("/console").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// As many segments as the longest template has; a longer path fits nothing.
const SEGMENTS_MAX: usize = 7;
const SHOWN: &str = "GET, HEAD, OPTIONS";
const SENT: &str = "POST, OPTIONS";
const SHOWN_AND_SENT: &str = "GET, HEAD, POST, OPTIONS";

pub(crate) fn resolve(method: &str, raw_path: &str) -> Resolved {
    let Some(segments) = segments(raw_path) else { return Resolved::NotFound { account: None } };
    if let ["console", "assets", name] =
        segments.iter().map(AsRef::as_ref).collect::<Vec<&str>>()[..]
    {
        return match method {
            "GET" | "HEAD" => Resolved::Asset(name.to_owned()),
            "OPTIONS" => Resolved::Options { allow: SHOWN },
            _ => Resolved::MethodNotAllowed { allow: SHOWN },
        };
    }
    let mut fitting = Page::ALL.iter().filter_map(|page| Some((*page, fit(*page, &segments)?)));
    let Some((first, ids)) = fitting.next() else {
        let account = segments.get(1).map(|text| text.clone().into_owned());
        return Resolved::NotFound { account };
    };
    // What is sent stands beside what is shown, at the same address.
    let both = Page::ALL.iter().filter(|page| page.path() == first.path());
    let mut methods = both.clone().map(|page| page.method());
    let wanted = match method {
        "GET" | "HEAD" => Some(PageMethod::Get),
        "POST" => Some(PageMethod::Post),
        _ => None,
    };
    if let Some(page) = both.clone().find(|page| Some(page.method()) == wanted) {
        return Resolved::Found { page: *page, ids };
    }
    let allow = match (both.count(), methods.next()) {
        (2.., _) => SHOWN_AND_SENT,
        (_, Some(PageMethod::Post)) => SENT,
        (_, Some(PageMethod::Get) | None) => SHOWN,
    };
    match method {
        "OPTIONS" => Resolved::Options { allow },
        _ => Resolved::MethodNotAllowed { allow },
    }
}

fn segments(raw_path: &str) -> Option<Vec<Cow<'_, str>>> {
    let mut segments = Vec::with_capacity(SEGMENTS_MAX);
    for raw in raw_path.strip_prefix('/')?.split('/') {
        if segments.len() == SEGMENTS_MAX {
            return None;
        }
        segments.push(percent_decode_str(raw).decode_utf8().ok()?);
    }
    Some(segments)
}

fn fit(page: Page, segments: &[Cow<'_, str>]) -> Option<Ids> {
    let mut ids = Ids::default();
    let mut texts = segments.iter();
    for part in page.path().strip_prefix('/')?.split('/') {
        let text = texts.next()?;
        let id = match part {
            "{account}" => &mut ids.account,
            "{user}" => &mut ids.user,
            "{application}" => &mut ids.application,
            "{secret}" => &mut ids.secret,
            "{vault}" => &mut ids.vault,
            "{item}" => &mut ids.item,
            word if word == text => continue,
            _ => return None,
        };
        if text.is_empty() {
            return None;
        }
        *id = Some(text.clone().into_owned());
    }
    texts.next().is_none().then_some(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: &str, path: &str) -> Option<(Page, Ids)> {
        match resolve(method, path) {
            Resolved::Found { page, ids } => Some((page, ids)),
            _ => None,
        }
    }

    #[test]
    fn every_page_is_found_at_its_own_address() {
        for page in Page::ALL {
            let path = page.path().replace(['{', '}'], "~");
            let (at, ids) = found(page.method().as_str(), &path).unwrap();
            assert_eq!(at, *page, "{path}");
            assert_eq!(ids.user.is_some(), path.contains("~user~"), "{path}");
        }
    }

    #[test]
    fn a_page_is_in_the_list_once() {
        for page in Page::ALL {
            let same = |other: &&Page| {
                other.path() == page.path() && other.method() == page.method()
                    || other.name() == page.name()
            };
            assert_eq!(Page::ALL.iter().filter(same).count(), 1, "{page:?}");
        }
    }

    #[test]
    fn only_what_lies_below_is_the_consoles() {
        for path in ["/console", "/console/", "/console/x/people"] {
            assert!(is_of_the_console(path), "{path}");
        }
        for path in ["/consoles", "/console.html", "/v1/console", "/", ""] {
            assert!(!is_of_the_console(path), "{path}");
        }
    }

    #[test]
    fn a_path_is_decoded_once_and_matched_whole() {
        let (page, ids) = found("GET", "/console/A%42/people/%2525").unwrap();
        assert_eq!(page, Page::Person);
        assert_eq!((ids.account.as_deref(), ids.user.as_deref()), (Some("AB"), Some("%25")));
        for path in [
            "/console/A/people/",
            "/console/A/people/%ff",
            "/console//people",
            "/console/A/PEOPLE",
            "/console/A/people/x/y/z/w",
            "/console/A/people/x/suspend/",
        ] {
            assert_eq!(found("GET", path), None, "{path}");
        }
    }

    #[test]
    fn another_method_is_told_what_is_there() {
        let allow = |method, path| match resolve(method, path) {
            Resolved::MethodNotAllowed { allow } | Resolved::Options { allow } => allow,
            other => panic!("{other:?}"),
        };
        assert_eq!(allow("POST", "/console/A/people"), "GET, HEAD, OPTIONS");
        assert_eq!(allow("GET", "/console/A/sign-out"), "POST, OPTIONS");
        assert_eq!(allow("PUT", "/console/A/sign-in"), "GET, HEAD, POST, OPTIONS");
        assert_eq!(allow("OPTIONS", "/console/A/sign-in"), "GET, HEAD, POST, OPTIONS");
        assert_eq!(allow("POST", "/console/assets/console.css"), "GET, HEAD, OPTIONS");
        assert_eq!(found("get", "/console"), None, "methods have one spelling");
    }
}
