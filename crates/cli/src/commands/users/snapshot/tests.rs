//! What a change is, by examples and by properties.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn person(id: &str, email: &str, name: &str, state: &str) -> Person {
    Person {
        id: id.to_owned(),
        email: Some(email.to_owned()),
        display_name: Some(name.to_owned()),
        state: Some(state.to_owned()),
        create_time: Some("2026-01-01T00:00:00Z".to_owned()),
        path: Some(format!("accounts/A/users/{id}")),
    }
}

fn kinds_of(old: Vec<Person>, new: Vec<Person>) -> Vec<(String, Kind)> {
    let (old, new) = (Snapshot::of(old), Snapshot::of(new));
    changes(&old, &new).map(|change| (change.id, change.change)).collect()
}

#[test]
fn each_kind_of_change_is_told() {
    let old = vec![
        person("same", "a@x", "A", "ACTIVE"),
        person("suspended", "b@x", "B", "ACTIVE"),
        person("back", "c@x", "C", "SUSPENDED"),
        person("removed", "d@x", "D", "ACTIVE"),
        person("renamed", "e@x", "E", "ACTIVE"),
        person("moved", "f@x", "F", "ACTIVE"),
        person("odd", "g@x", "G", "ACTIVE"),
        person("both", "h@x", "H", "ACTIVE"),
    ];
    let new = vec![
        person("added", "z@x", "Z", "ACTIVE"),
        person("both", "h@x", "HH", "SUSPENDED"),
        person("same", "a@x", "A", "ACTIVE"),
        person("suspended", "b@x", "B", "SUSPENDED"),
        person("back", "c@x", "C", "ACTIVE"),
        person("renamed", "e@x", "EE", "ACTIVE"),
        person("moved", "ff@x", "F", "ACTIVE"),
        person("odd", "g@x", "G", "RECOVERING"),
    ];
    let expected = [
        ("added", Kind::Added),
        ("back", Kind::Reactivated),
        ("both", Kind::Suspended),
        ("both", Kind::Renamed),
        ("moved", Kind::EmailChanged),
        ("odd", Kind::StateChanged),
        ("removed", Kind::Removed),
        ("renamed", Kind::Renamed),
        ("suspended", Kind::Suspended),
    ];
    assert_eq!(kinds_of(old, new), expected.map(|(id, kind)| (id.to_owned(), kind)));
}

#[test]
fn a_column_that_one_listing_has_not_is_no_change() {
    let bare = Person { id: "A1".to_owned(), ..Person::default() };
    assert_eq!(kinds_of(vec![bare.clone()], vec![person("A1", "a@x", "A", "ACTIVE")]), []);
    assert_eq!(kinds_of(vec![person("A1", "a@x", "A", "ACTIVE")], vec![bare]), []);
}

#[test]
fn whoever_comes_twice_is_as_they_came_last() {
    let twice = vec![person("A1", "a@x", "A", "ACTIVE"), person("A1", "a@x", "A", "SUSPENDED")];
    let once = Snapshot::of(twice);
    assert_eq!(once.len(), 1);
    assert_eq!(once.person(0).state.as_deref(), Some("SUSPENDED"));
}

#[test]
fn a_change_has_both_sides() {
    let (ann, suspended) =
        (person("A1", "a@x", "A", "ACTIVE"), person("A1", "a@x", "A", "SUSPENDED"));
    let (old, new) = (Snapshot::of([ann.clone()]), Snapshot::of([suspended.clone()]));
    let all: Vec<Change> = changes(&old, &new).collect();
    let expected = Change {
        change: Kind::Suspended,
        id: "A1".to_owned(),
        before: Some(ann),
        after: Some(suspended),
    };
    assert_eq!(all, [expected]);
}

fn a_person() -> impl Strategy<Value = Person> {
    let field = || proptest::option::of("[ab]{0,2}");
    let state = proptest::option::of("ACTIVE|SUSPENDED|X");
    let path = proptest::option::of("accounts/A/users/[a-c]|accounts/B/users/a|");
    ("[a-c]{0,2}", field(), field(), state, field(), path).prop_map(
        |(id, email, display_name, state, create_time, path)| Person {
            id,
            email,
            display_name,
            state,
            create_time,
            path,
        },
    )
}

fn people() -> impl Strategy<Value = Vec<Person>> {
    proptest::collection::vec(a_person(), 0..8)
}

proptest! {
    #[test]
    fn what_is_packed_comes_out_again(people in people()) {
        let last: BTreeMap<String, Person> =
            people.iter().map(|person| (person.id.clone(), person.clone())).collect();
        let held: Vec<Person> = Snapshot::of(people).people().collect();
        prop_assert_eq!(held, last.into_values().collect::<Vec<_>>());
    }

    #[test]
    fn a_listing_does_not_differ_from_itself_in_any_order(people in people(), seed in 0_usize..8) {
        let last: BTreeMap<String, Person> =
            people.into_iter().map(|person| (person.id.clone(), person)).collect();
        let mut other: Vec<Person> = last.values().cloned().collect();
        let turn = seed.min(other.len());
        other.rotate_left(turn);
        prop_assert_eq!(kinds_of(last.into_values().collect(), other), vec![]);
    }

    /// By the plain way: look each up in the other.
    #[test]
    fn nobody_is_missed_and_nobody_is_made_up(old in people(), new in people()) {
        let by_id = |people: &[Person]| -> BTreeMap<String, Person> {
            people.iter().map(|person| (person.id.clone(), person.clone())).collect()
        };
        let (before, after) = (by_id(&old), by_id(&new));
        let (old, new) = (Snapshot::of(old), Snapshot::of(new));
        let all: Vec<Change> = changes(&old, &new).collect();
        for change in &all {
            prop_assert_eq!(change.before.as_ref(), before.get(&change.id));
            prop_assert_eq!(change.after.as_ref(), after.get(&change.id));
        }
        let told = |id: &str, kind: Kind| all.iter().filter(|one| one.id == id && one.change == kind).count();
        for id in before.keys().chain(after.keys()) {
            match (before.get(id), after.get(id)) {
                (None, _) => prop_assert_eq!(told(id, Kind::Added), 1),
                (_, None) => prop_assert_eq!(told(id, Kind::Removed), 1),
                (Some(a), Some(b)) => {
                    let differs = |a: &Option<String>, b: &Option<String>| a.is_some() && b.is_some() && a != b;
                    prop_assert_eq!(told(id, Kind::Renamed) == 1, differs(&a.display_name, &b.display_name));
                    prop_assert_eq!(told(id, Kind::EmailChanged) == 1, differs(&a.email, &b.email));
                    let states = [Kind::Suspended, Kind::Reactivated, Kind::StateChanged];
                    let of_state: usize = states.iter().map(|kind| told(id, *kind)).sum();
                    prop_assert_eq!(of_state == 1, differs(&a.state, &b.state));
                    prop_assert_eq!(told(id, Kind::Added) + told(id, Kind::Removed), 0);
                }
            }
        }
    }
}
