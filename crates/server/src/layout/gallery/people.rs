//! People.

use super::*;
use crate::users::pages::*;

fn seen() -> Vec<SeenSecret> {
    let secret = |label: &str, name: &str| SeenSecret {
        application: "0f8e2c50-3a7c-4d0e-9a39-1f2b3c4d5e6f".to_owned(),
        name: name.to_owned(),
        secret: "0011223344556677".to_owned(),
        label: label.to_owned(),
        seen: ago(7_200),
    };
    vec![secret("first", "Sentinel SOAR"), secret("March", TYPED)]
}

fn boxes() -> Vec<GroupBox> {
    let group =
        |value, label, hint, checked, locked| GroupBox { value, label, hint, checked, locked };
    vec![
        group("owners", "Owners", "May do everything.", false, true),
        group("administrators", "Administrators", "Invite people, and change groups.", true, false),
        group("security", "Security", "Suspend people, and manage integrations.", true, false),
    ]
}

pub(super) fn every_page() -> Vec<(&'static str, String)> {
    let states = &[("all", "Everybody"), ("active", "Active"), ("suspended", "Suspended")];
    let people = |people: Vec<PersonShown>| PeoplePage {
        frame: frame(Section::People, "People", &[]),
        search: TYPED.to_owned(),
        search_hint: "Finds whose name or email begins so.",
        state: "all",
        states,
        is_narrowed: people.is_empty(),
        people,
        pages: Pages { previous: None, next: Some("after=x&state=all".to_owned()) },
        may_invite: true,
    };
    let below = |here: &str| {
        frame(Section::People, here, &[("/people", "People"), ("/people/x", "Ana Ruiz")])
    };
    let line = |words: &str, n, why: &str| HistoryLine {
        at: ago(n),
        words: words.to_owned(),
        by: "Olivia Winters".to_owned(),
        why: why.to_owned(),
    };
    vec![
        rendered("people", &people((0..8).map(person).collect())),
        rendered("people-none", &people(Vec::new())),
        rendered(
            "person",
            &PersonPage {
                frame: Frame {
                    notice: Some(Notice {
                        text: "Ana Ruiz is suspended.".to_owned(),
                        undo: Some(Undo { path: "/people/x/reactivate".to_owned(), epoch: 7 }),
                    }),
                    ..frame(Section::People, "Ana Ruiz", &[("/people", "People")])
                },
                person: PersonShown { suspended: true, ..person(0) },
                sessions: "Nowhere".to_owned(),
                seen: seen(),
                history: vec![line("Suspended", 60, TYPED), line("Added", 900_000, "")],
                may_change_groups: true,
                may_make_link: true,
            },
        ),
        rendered(
            "suspend",
            &SuspendPage {
                frame: below("Suspend Ana Ruiz?"),
                problems: Problems::default(),
                person: person(0),
                seen: seen(),
                reason: TYPED.to_owned(),
                refused: String::new(),
            },
        ),
        rendered(
            "suspend-refused",
            &SuspendPage {
                frame: below("Suspend Ana Ruiz?"),
                problems: Problems::default(),
                person: person(3),
                seen: Vec::new(),
                reason: String::new(),
                refused: "Divya is the last active owner. Make somebody else an owner first."
                    .to_owned(),
            },
        ),
        rendered(
            "reactivate",
            &ReactivatePage {
                frame: below("Reactivate Ana Ruiz?"),
                problems: Problems::default(),
                person: person(2),
                reason: TYPED.to_owned(),
                refused: String::new(),
            },
        ),
        rendered(
            "groups",
            &GroupsPage {
                frame: below("Groups of Ana Ruiz"),
                problems: Problems::default(),
                person: person(0),
                boxes: boxes(),
            },
        ),
        rendered(
            "invite",
            &InvitePage {
                frame: frame(Section::People, "Invite somebody", &[("/people", "People")]),
                problems: Problems::one("email", "Somebody has this address already."),
                id: person(0).id,
                key: "key".to_owned(),
                name: TYPED.to_owned(),
                email: "ana@acme.example".to_owned(),
                boxes: boxes(),
            },
        ),
        rendered(
            "reset-link",
            &ResetLinkPage {
                frame: below("Reset link for Ana Ruiz"),
                problems: Problems::default(),
                person: person(0),
                life: "24 hours".to_owned(),
                refused: String::new(),
            },
        ),
        rendered(
            "link-made",
            &LinkMadePage {
                frame: below("Reset link for Ana Ruiz"),
                person: person(0).id,
                name: person(0).name,
                email: person(0).email,
                address: "https://id.acme.example/console/AAAAAAAAAAAAAAAAAAAAAAAAAA/link"
                    .to_owned(),
                code: "rcl_BrrxZcFq8yQbF9iB5tZ9p3H4LBbTpxOhZ1b0f3W3yI0".to_owned(),
                ends: ago(-86_400),
            },
        ),
    ]
}
