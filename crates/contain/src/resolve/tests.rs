//! One finding a line, nobody twice, nobody protected.

use std::collections::HashSet;

use proptest::prelude::*;
use rollcall_sdk::{Lookup, State};

use super::*;

fn user(id: &str, email: &str, state: State) -> User {
    User {
        id: id.to_owned(),
        email: email.to_owned(),
        display_name: String::new(),
        state,
        create_time: String::new(),
        path: format!("accounts/A/users/{id}"),
    }
}

fn given(texts: &[&str]) -> Vec<Given> {
    (1..).zip(texts).map(|(number, text)| Given { number, text: (*text).to_owned() }).collect()
}

fn resolved(texts: &[&str], people: &[User], protected: &[&str], act: Act) -> Vec<Finding> {
    let given = given(texts);
    let mut lookup = Lookup::new(given.iter().map(|one| &one.text));
    people.iter().for_each(|user| lookup.see(user));
    let protected: Vec<String> = protected.iter().map(|&text| text.to_owned()).collect();
    resolve(&given, &lookup, &protected, act).into_iter().map(|line| line.finding).collect()
}

#[test]
fn each_line_says_what_it_means() {
    let people = [
        user("A1", "ann@x.org", State::Active),
        user("B1", "ben@x.org", State::Suspended),
        user("C1", "twin@x.org", State::Active),
        user("C2", "Twin@x.org", State::Active),
        user("D1", "glass@x.org", State::Active),
        user("E1", "eve+a@x.org", State::Other("TRANSFER_STARTED".into())),
    ];
    let texts =
        ["Ann@X.org", "ben@x.org", "A1", "twin@x.org", "glass@x.org", "eve@x.org", "eve+a@x.org"];
    let found = resolved(&texts, &people, &["GLASS@x.org"], Act::Suspend);
    assert!(matches!(&found[0], Finding::ToDo { person } if person.id == "A1"));
    assert!(matches!(&found[1], Finding::Already { person } if person.id == "B1"));
    assert_eq!(found[2], Finding::SameAs { line: 1 });
    assert!(matches!(&found[3], Finding::Ambiguous { people } if people.len() == 2));
    assert!(matches!(&found[4], Finding::Protected { person } if person.id == "D1"));
    assert_eq!(found[5], Finding::Unknown, "a +tag is part of an address");
    assert!(matches!(&found[6], Finding::ToDo { .. }), "not known to be suspended");
}

#[test]
fn ids_are_protected_too_and_a_break_glass_account_may_come_back() {
    let people = [user("D1", "glass@x.org", State::Active)];
    let found = resolved(&["accounts/A/users/D1"], &people, &[" d1 "], Act::Suspend);
    assert!(matches!(found[0], Finding::Protected { .. }));
    let people = [user("D1", "glass@x.org", State::Suspended)];
    let found = resolved(&["D1"], &people, &["d1", "glass@x.org"], Act::Reactivate);
    assert!(matches!(found[0], Finding::ToDo { .. }));
}

fn a_name() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a@x", "A@x", "b@x", "c@x", "d@x", "I1", "I2", "I3", "nobody"])
        .prop_map(str::to_owned)
}

fn a_person() -> impl Strategy<Value = User> {
    let id = prop::sample::select(vec!["I1", "I2", "I3", "I4"]);
    let email = prop::sample::select(vec!["a@x", "b@X", "c@x", ""]);
    let state = prop::sample::select(vec![State::Active, State::Suspended, State::Unspecified]);
    (id, email, state).prop_map(|(id, email, state)| user(id, email, state))
}

proptest! {
    #[test]
    fn one_finding_a_line_nobody_twice_nobody_protected(
        texts in prop::collection::vec(a_name(), 0..12),
        people in prop::collection::vec(a_person(), 0..8),
        protected in prop::collection::vec(a_name(), 0..3),
    ) {
        let given: Vec<Given> = (1..)
            .zip(&texts)
            .map(|(number, text)| Given { number, text: text.clone() })
            .collect();
        let mut lookup = Lookup::new(&texts);
        people.iter().for_each(|user| lookup.see(user));
        let lines = resolve(&given, &lookup, &protected, Act::Suspend);

        let back: Vec<Given> = lines
            .iter()
            .map(|line| Given { number: line.number, text: line.given.clone() })
            .collect();
        prop_assert_eq!(back, given);
        let mut seen = HashSet::new();
        for (index, line) in lines.iter().enumerate() {
            match &line.finding {
                Finding::ToDo { person } => {
                    prop_assert!(seen.insert(person.id.clone()), "{} twice", person.id);
                    prop_assert!(person.state != State::Suspended);
                    let is = |text: &String| {
                        text.to_lowercase() == person.email.to_lowercase()
                            || text.to_lowercase() == person.id.to_lowercase()
                    };
                    prop_assert!(!protected.iter().any(is), "{person:?} is protected");
                }
                Finding::Already { person } => prop_assert!(person.state == State::Suspended),
                Finding::SameAs { line: first } => {
                    prop_assert!(*first < line.number);
                    let first = lines[..index].iter().find(|one| one.number == *first).unwrap();
                    prop_assert!(first.finding.person().is_some());
                }
                Finding::Protected { person } => {
                    let is = |text: &String| {
                        text.to_lowercase() == person.email.to_lowercase()
                            || text.to_lowercase() == person.id.to_lowercase()
                    };
                    prop_assert!(protected.iter().any(is));
                }
                Finding::Unknown => {
                    prop_assert!(matches!(lookup.get(&line.given), Match::None));
                }
                Finding::Ambiguous { people } => prop_assert!(people.len() > 1),
                Finding::LeftAlone { .. } => prop_assert!(false, "only an undo leaves alone"),
            }
        }
    }
}
