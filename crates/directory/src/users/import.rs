//! Adds people, many at a time, all or none: the operator's way in, and the seed's.

use std::collections::HashSet;

use foldhash::quality::RandomState;

use super::{State, User, email_key};
use crate::acting::{
    Act, Caller, Decision, Demand, EmailKeys, Facts, Given, Needs, Refusal, Writes,
};
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
    /// All of them in one transaction, which holds the account's lock meanwhile. Two or three
    /// seconds, and some 150 MB of memory.
    pub const PEOPLE_MAX: usize = 100_000;

    fn flaw(&self) -> Option<Refusal> {
        if self.people.len() > Self::PEOPLE_MAX {
            return Some(Refusal::Invalid("at most 100,000 people are added at a time"));
        }
        let many = self.people.len();
        let mut emails = EmailKeys::with_capacity_and_hasher(many, RandomState::default());
        let mut ids = HashSet::with_capacity_and_hasher(many, RandomState::default());
        for person in &self.people {
            if let Some(flaw) = person.flaw() {
                return Some(flaw);
            }
            if !emails.insert(email_key(&person.email)) || !ids.insert(person.id) {
                return Some(Refusal::Invalid("an address or id is there twice"));
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
            return by.refused(flaw);
        }
        if self.people.iter().any(|person| person.is_known(facts)) {
            return by.refused(Refusal::Exists("person"));
        }
        if self.people.is_empty() {
            return Decision::Nothing { done: 0 };
        }
        let users_added: Vec<User> = self.people.iter().map(NewPerson::user).collect();
        let count = users_added.len();
        by.changed(
            Writes { users_added, ..Writes::default() },
            Entry::PeopleImported { count: u64::try_from(count).unwrap_or(u64::MAX) },
            count,
        )
    }
}

impl NewPerson {
    pub const EMAIL_LENGTH_MAX_BYTES: usize = 254;
    pub const DISPLAY_NAME_LENGTH_MAX_CHARS: usize = 200;

    /// Why nobody can be added so.
    #[must_use]
    pub fn flaw(&self) -> Option<Refusal> {
        if !self.email.contains('@') || self.email.len() > Self::EMAIL_LENGTH_MAX_BYTES {
            return Some(Refusal::Invalid("an address has an @ and at most 254 bytes"));
        }
        if self.display_name.chars().count() > Self::DISPLAY_NAME_LENGTH_MAX_CHARS {
            return Some(Refusal::Invalid("a display name has at most 200 characters"));
        }
        if self.email.contains('\0') || self.display_name.contains('\0') {
            return Some(Refusal::Invalid("an address or name holds a NUL character"));
        }
        None
    }

    /// Is the address or the id somebody's already?
    pub(crate) fn is_known(&self, facts: &Facts) -> bool {
        facts.email_taken(&email_key(&self.email)) || facts.user(Some(self.id)).is_some()
    }

    pub(crate) fn user(&self) -> User {
        User {
            id: self.id,
            email: self.email.clone(),
            display_name: self.display_name.clone(),
            state: self.state,
            groups: self.groups,
            externally_managed: self.externally_managed,
            created: self.created,
            epoch: 1,
            suspensions: 0,
        }
    }
}
