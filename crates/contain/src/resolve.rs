//! What each line means, from one listing. Pure.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use rollcall_sdk::{Act, Lookup, Match, User};

use crate::given::Given;
use crate::plan::{Finding, Line, Person};

/// Every line gets one finding, and nobody is to be done twice.
pub fn resolve(given: &[Given], lookup: &Lookup, protected: &[String], act: Act) -> Vec<Line> {
    let protected = Protected::new(protected, act);
    let mut first_named: HashMap<&str, u64> = HashMap::new();
    let mut lines = Vec::with_capacity(given.len());
    for one in given {
        let finding = match lookup.get(&one.text) {
            Match::None => Finding::Unknown,
            Match::Many(people) => {
                Finding::Ambiguous { people: people.iter().map(Person::of).collect() }
            }
            Match::One(user) => match first_named.entry(&user.id) {
                Entry::Occupied(first) => Finding::SameAs { line: *first.get() },
                Entry::Vacant(place) => {
                    place.insert(one.number);
                    of_person(user, &protected, act)
                }
            },
        };
        lines.push(Line { number: one.number, given: one.text.clone(), finding });
    }
    lines
}

fn of_person(user: &User, protected: &Protected, act: Act) -> Finding {
    let person = Person::of(user);
    if protected.has(&person) {
        Finding::Protected { person }
    } else if user.state == act.leads_to() {
        Finding::Already { person }
    } else {
        Finding::ToDo { person }
    }
}

/// People who are never to be suspended: addresses without regard to case, and IDs. It protects
/// from a suspension alone: a break-glass account that somebody suspended must come back.
pub struct Protected {
    keys: Vec<String>,
}

impl Protected {
    pub fn new(listed: &[String], act: Act) -> Self {
        let keys = match act {
            Act::Suspend => listed.iter().map(|text| text.trim().to_lowercase()).collect(),
            Act::Reactivate => Vec::new(),
        };
        Self { keys }
    }

    pub fn has(&self, person: &Person) -> bool {
        let is = |text: &str| !text.is_empty() && self.keys.contains(&text.to_lowercase());
        is(&person.email) || is(&person.id)
    }
}

#[cfg(test)]
mod tests;
