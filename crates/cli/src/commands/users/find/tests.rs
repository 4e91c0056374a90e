//! What is made of a listing and looks; no network.

use rollcall_sdk::State;

use super::*;

fn user(id: &str, email: &str) -> User {
    User {
        id: id.to_owned(),
        email: email.to_owned(),
        display_name: String::new(),
        state: State::Active,
        create_time: String::new(),
        path: format!("accounts/A/users/{id}"),
    }
}

fn seen(id: &str) -> User {
    User { state: State::Suspended, ..user(id, "seen@example.com") }
}

fn named(text: &str) -> Named {
    Named { text: text.to_owned(), place: None }
}

fn listing(wanted: &[&str], users: &[User]) -> Lookup {
    let mut lookup = Lookup::new(wanted);
    users.iter().for_each(|user| lookup.see(user));
    lookup
}

fn id(id: &str) -> Who {
    Who::Id(id.to_owned())
}

fn email(email: &str) -> Who {
    Who::Email(email.to_owned())
}

fn looks(all: &[(&str, Look)]) -> Looks {
    all.iter().map(|(id, look)| ((*id).to_owned(), look.clone())).collect()
}

#[test]
fn whoever_is_named_twice_stays_once_and_in_order() {
    let given = ["b@x", "A1", "B@X", "accounts/A/users/A1", "A1", "", ""].map(named);
    let read = read(given.to_vec(), "A");
    let texts: Vec<&str> = read.iter().map(|(named, _)| named.text.as_str()).collect();
    // What cannot be understood is told each time: each has its line.
    assert_eq!(texts, ["b@x", "A1", "", ""]);
    let one = |text: &str, found: Found| Looked { named: named(text), found };
    let looked = vec![
        one("ann@x", Found::One(user("A1", "ann@x"))),
        one("A1", Found::One(user("A1", "ann@x"))),
        one("zed@x", Found::Nobody),
        one("zoe@x", Found::Nobody),
    ];
    let left: Vec<String> = once(looked).into_iter().map(|looked| looked.named.text).collect();
    assert_eq!(left, ["ann@x", "zed@x", "zoe@x"]);
}

#[test]
fn a_look_goes_before_the_list() {
    let list = listing(&["ann@x"], &[user("A1", "Ann@X")]);
    let found = |look| decide(&email("ann@x"), Some(&list), &looks(&[("A1", look)]));
    assert_eq!(found(Look::Seen(seen("A1"))), Found::One(seen("A1")));
    assert_eq!(found(Look::Gone), Found::Nobody);
    assert_eq!(found(Look::Forbidden), Found::One(user("A1", "Ann@X")));
    assert_eq!(found(Look::Refused("no".into())), Found::Wrong("no".into()));
}

#[test]
fn of_an_address_that_two_have_nobody_is_meant() {
    let both = [user("A1", "ann@x"), user("A2", "ANN@x")];
    let list = listing(&["ann@x"], &both);
    assert_eq!(decide(&email("ann@x"), Some(&list), &looks(&[])), Found::Several(both.to_vec()));
    assert_eq!(ids([email("ann@x")].iter(), Some(&list)), Vec::<String>::new());
}

#[test]
fn an_id_needs_no_list_and_is_believed_where_nobody_may_look() {
    assert_eq!(ids([id("A1"), email("b@x")].iter(), None), ["A1"]);
    let dark = looks(&[("A1", Look::Forbidden)]);
    assert_eq!(decide(&id("A1"), None, &dark), Found::IdAlone("A1".into()));
    // A list that was read has everybody.
    let list = listing(&["A1"], &[]);
    assert_eq!(decide(&id("A1"), Some(&list), &dark), Found::Nobody);
    let list = listing(&["A1"], &[user("A1", "ann@x")]);
    assert_eq!(decide(&id("A1"), Some(&list), &dark), Found::One(user("A1", "ann@x")));
    // Somebody whom the list missed is there all the same, when a look shows them.
    let list = listing(&["A1"], &[]);
    let found = decide(&id("A1"), Some(&list), &looks(&[("A1", Look::Seen(seen("A1")))]));
    assert_eq!(found, Found::One(seen("A1")));
}

#[test]
fn whoever_is_named_in_two_ways_is_looked_at_once() {
    let list = listing(&["A1", "ann@x"], &[user("A1", "ann@x")]);
    assert_eq!(ids([id("A1"), email("ann@x")].iter(), Some(&list)), ["A1"]);
}

#[test]
fn a_tag_is_part_of_an_address() {
    let list = listing(&["ann+a@x", "ann@x"], &[user("A1", "ann+a@x")]);
    assert_eq!(decide(&email("ann@x"), Some(&list), &looks(&[])), Found::Nobody);
    assert_eq!(
        decide(&email("Ann+A@x"), Some(&list), &looks(&[])),
        Found::One(user("A1", "ann+a@x"))
    );
}
