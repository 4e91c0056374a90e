//! The log, and pages that say no.

use super::*;
use crate::audit::pages::*;
use crate::layout::pages::{RefusedAlonePage, RefusedPage, Way, Words};

pub(super) fn every_page() -> Vec<(&'static str, String)> {
    let linked =
        |label: &str, path: &str| Linked { label: label.to_owned(), path: path.to_owned() };
    let line = |words: &str, why: &str| ActivityLine {
        at: ago(4_000),
        words: words.to_owned(),
        why: why.to_owned(),
        about: vec![linked("Ana Ruiz", "/people/x")],
        by: linked(TYPED, ""),
    };
    let words = || Words {
        texts: vec!["This page is for owners and administrators.".to_owned()],
        way: Some(Way { path: "/vaults", label: "Go to vaults" }),
        request: "0011223344556677".to_owned(),
    };
    vec![
        rendered(
            "activity",
            &ActivityPage {
                frame: frame(Section::Activity, "Activity", &[]),
                problems: Problems::default(),
                filter: FilterShown { person: TYPED.to_owned(), ..FilterShown::default() },
                kinds: vec![KindChoice { value: "user_suspended", label: "Suspended" }],
                is_narrowed: true,
                lines: vec![line("Suspended", TYPED), line("Signed in", "")],
                pages: Pages { previous: Some("a=b".to_owned()), next: Some("a=c".to_owned()) },
            },
        ),
        rendered(
            "refused",
            &RefusedPage { frame: frame(Section::People, "Not for you", &[]), words: words() },
        ),
        rendered(
            "refused-alone",
            &RefusedAlonePage { frame: alone("There is no such page"), words: words() },
        ),
    ]
}
