//! Adds people, many at a time, all or none: the operator's way in, and the seed's.

use std::collections::HashSet;

use super::{State, User, email_key};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;
use crate::groups::Groups;
use crate::world::{Moment, UserId};

#[derive(Clone, Debug)]
pub struct NewPerson {
    pub id: UserId,
    pub email: String,
    pub display_name: String,
    pub state: State,
    pub groups: Groups,
    pub externally_managed: bool,
    pub created: Moment,
}

/// At most [`ImportPeople::PEOPLE_MAX`] at a time.
#[derive(Clone, Debug)]
pub struct ImportPeople {
    pub people: Vec<NewPerson>,
}

impl ImportPeople {
    pub const PEOPLE_MAX: usize = 10_000;
    pub const EMAIL_LENGTH_MAX_BYTES: usize = 254;
    pub const DISPLAY_NAME_LENGTH_MAX_CHARS: usize = 200;

    fn flaw(&self) -> Option<&'static str> {
        if self.people.len() > Self::PEOPLE_MAX {
            return Some("at most 10,000 people are added at a time");
        }
        let mut emails = HashSet::with_capacity(self.people.len());
        let mut ids = HashSet::with_capacity(self.people.len());
        for person in &self.people {
            if !person.email.contains('@') || person.email.len() > Self::EMAIL_LENGTH_MAX_BYTES {
                return Some("an address has an @ and at most 254 bytes");
            }
            if person.display_name.chars().count() > Self::DISPLAY_NAME_LENGTH_MAX_CHARS {
                return Some("a display name has at most 200 characters");
            }
            if person.email.contains('\0') || person.display_name.contains('\0') {
                return Some("an address or name holds a NUL character");
            }
            if !emails.insert(email_key(&person.email)) || !ids.insert(person.id) {
                return Some("an address or id is there twice");
            }
        }
        None
    }
}

impl Act for ImportPeople {
    const NAME: &'static str = "import_people";
    type Done = usize;

    fn demand(&self) -> Demand {
        Demand::Operator
    }

    fn needs(&self, needs: &mut Needs) {
        needs.emails(self.people.iter().map(|person| email_key(&person.email)));
        needs.users(self.people.iter().map(|person| person.id));
        needs.owners();
    }

    fn decide(&self, by: &Caller, facts: &Facts, _given: &Given) -> Decision<usize> {
        if facts.account().is_none() {
            return by.refused(Refusal::NoSuchAccount);
        }
        if let Some(flaw) = self.flaw() {
            return by.refused(Refusal::Invalid(flaw));
        }
        let known = |person: &NewPerson| {
            facts.email_taken(&email_key(&person.email)) || facts.user(Some(person.id)).is_some()
        };
        if self.people.iter().any(known) {
            return by.refused(Refusal::Exists("person"));
        }
        if self.people.is_empty() {
            return Decision::Nothing { done: 0 };
        }
        let users_added: Vec<User> = self.people.iter().map(user).collect();
        let count = users_added.len();
        by.changed(
            Writes { users_added, ..Writes::default() },
            Entry::PeopleImported { count: u64::try_from(count).unwrap_or(u64::MAX) },
            count,
        )
    }
}

fn user(person: &NewPerson) -> User {
    User {
        id: person.id,
        email: person.email.clone(),
        display_name: person.display_name.clone(),
        state: person.state,
        groups: person.groups,
        externally_managed: person.externally_managed,
        created: person.created,
        epoch: 1,
    }
}
