//! The account behind a stand-in: who is in it and how they truly stand, whatever was answered.

use std::collections::HashMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::responder) enum Standing {
    Active,
    Suspended,
}

#[derive(Clone, Debug)]
pub(in crate::responder) struct Person {
    pub(in crate::responder) id: String,
    pub(in crate::responder) email: String,
    pub(in crate::responder) display_name: String,
    pub(in crate::responder) standing: Standing,
    pub(in crate::responder) create_time: String,
    /// As the last owner is.
    pub(in crate::responder) cannot_be_suspended: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::responder) struct Change {
    pub(in crate::responder) user: String,
    pub(in crate::responder) to: Standing,
}

pub(in crate::responder) struct Account {
    pub(in crate::responder) id: String,
    pub(in crate::responder) people: Vec<Person>,
    by_id: HashMap<String, usize>,
    /// What truly changed, in order.
    pub(in crate::responder) changes: Vec<Change>,
}

/// Ids, names and addresses of many kinds, one of each in the first ones.
pub(in crate::responder) fn people(count: usize) -> Vec<Person> {
    (0..count).map(person).collect()
}

fn person(number: usize) -> Person {
    let (name, email) = match number {
        0 => ("Only Owner".to_owned(), "owner@stand-in.example".to_owned()),
        1 => ("Mixed Case".to_owned(), "Mixed.Case@Stand-In.example".to_owned()),
        2 => ("With Tag".to_owned(), "tag+alerts@stand-in.example".to_owned()),
        3 => ("Without Tag".to_owned(), "tag@stand-in.example".to_owned()),
        4 => ("=HYPERLINK(\"x\")".to_owned(), "formula@stand-in.example".to_owned()),
        5 => ("Right \u{202e}to left\u{7}, \"q\"".to_owned(), "bidi@stand-in.example".to_owned()),
        6 => ("Zoë Ångström 名前".to_owned(), "zoe@stand-in.example".to_owned()),
        _ => (format!("Person {number}"), format!("person-{number}@stand-in.example")),
    };
    let is_suspended = matches!(number, 8 | 9) || (number >= 20 && number.is_multiple_of(11));
    Person {
        id: id(number),
        email,
        display_name: name,
        standing: if is_suspended { Standing::Suspended } else { Standing::Active },
        create_time: format!("2026-01-{:02}T08:{:02}:00Z", number % 28 + 1, number % 60),
        cannot_be_suspended: number == 0,
    }
}

/// 26 characters of base32, or 22: both were seen. The first six are the number.
fn id(number: usize) -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let length = if number % 3 == 2 { 22 } else { 26 };
    let places = (0..6).rev().map(|place| number / 32_usize.pow(place));
    let others = (6..length).map(|place| number * 7 + place * 13);
    places.chain(others).map(|at| char::from(letters[at % 32])).collect()
}

impl Account {
    pub(in crate::responder) fn new(id: &str, people: Vec<Person>) -> Self {
        let by_id = people.iter().enumerate().map(|(at, one)| (one.id.clone(), at)).collect();
        Self { id: id.to_owned(), people, by_id, changes: Vec::new() }
    }

    pub(in crate::responder) fn find(&self, id: &str) -> Option<&Person> {
        self.by_id.get(id).map(|at| &self.people[*at])
    }

    /// The person after it, or nothing where it is refused.
    pub(super) fn act(&mut self, id: &str, to: Standing) -> Option<&Person> {
        let person = &mut self.people[*self.by_id.get(id)?];
        if to == Standing::Suspended && person.cannot_be_suspended {
            return None;
        }
        if person.standing != to {
            person.standing = to;
            self.changes.push(Change { user: id.to_owned(), to });
        }
        Some(person)
    }
}
