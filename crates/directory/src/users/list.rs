//! A page of people, in the order they were made, by id where that is equal. The cursor is the
//! last key seen and never a count, so that acts between two pages neither skip nor repeat.

use std::net::IpAddr;

use super::{After, State, User};
use crate::acting::{CallerFacts, Demand, Refusal, authenticate};
use crate::applications::Scope;
use crate::tokens::Claims;
use crate::world::{AccountId, Moment, UserId};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateFilter {
    All,
    Active,
    Suspended,
}

impl StateFilter {
    pub(super) const fn to_byte(self) -> u8 {
        match self {
            Self::All => 0,
            Self::Active => 1,
            Self::Suspended => 2,
        }
    }
}

#[derive(Clone, Debug)]
pub struct ListUsers {
    pub token: Claims,
    pub from: IpAddr,
    pub account: Option<AccountId>,
    pub filter: StateFilter,
    pub after: Option<After>,
    pub page_size: u16,
    pub now: Moment,
}

/// What a list shows of a person. What it does not show is not read either: lists are most of what
/// is asked, and each column has its price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub id: UserId,
    pub(super) texts: Texts,
    pub state: State,
    pub created: Moment,
}

/// Id, address and name in one piece: there are thousands of them in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Texts {
    all: Box<str>,
    id_bytes: usize,
    email_bytes: usize,
}

impl Texts {
    pub(super) fn of(id: &str, email: &str, display_name: &str) -> Self {
        let mut all = String::with_capacity(id.len() + email.len() + display_name.len());
        all.push_str(id);
        all.push_str(email);
        all.push_str(display_name);
        Self { all: all.into_boxed_str(), id_bytes: id.len(), email_bytes: email.len() }
    }
}

impl Listed {
    /// The id as it is written.
    #[must_use]
    pub fn id_text(&self) -> &str {
        &self.texts.all[..self.texts.id_bytes]
    }

    #[must_use]
    pub fn email(&self) -> &str {
        &self.texts.all[self.texts.id_bytes..][..self.texts.email_bytes]
    }

    #[must_use]
    pub fn display_name(&self) -> &str {
        &self.texts.all[self.texts.id_bytes + self.texts.email_bytes..]
    }
}

impl From<User> for Listed {
    fn from(user: User) -> Self {
        let User { id, state, created, .. } = user;
        let texts = Texts::of(&id.text(), &user.email, &user.display_name);
        Self { id, texts, state, created }
    }
}

#[derive(Clone, Debug)]
pub struct Page {
    pub users: Vec<Listed>,
    /// There is more: where the next page begins.
    pub next: Option<After>,
}

impl ListUsers {
    /// One more than the page, to know whether there is more.
    pub(crate) fn rows_wanted(&self) -> i64 {
        i64::from(self.page_size) + 1
    }

    pub(crate) fn decide(
        &self,
        caller: &CallerFacts,
        mut found: Vec<Listed>,
    ) -> Result<Page, Refusal> {
        let demand = Demand::Scope { account: self.account, scope: Scope::ListUsers };
        authenticate::application(&self.token, self.from, demand, caller, self.now)?;
        let more = found.len() > usize::from(self.page_size);
        found.truncate(usize::from(self.page_size));
        let next =
            found.last().filter(|_| more).map(|last| After { created: last.created, id: last.id });
        Ok(Page { users: found, next })
    }
}
