//! A page of people, in the order they were made, by id where that is equal. The cursor is the
//! last key seen and never a count, so that acts between two pages neither skip nor repeat.

use std::net::IpAddr;

use super::{After, User};
use crate::acting::{CallerFacts, Demand, Refusal, authenticate};
use crate::applications::Scope;
use crate::tokens::Claims;
use crate::world::{AccountId, Moment};

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

#[derive(Clone, Debug)]
pub struct Page {
    pub users: Vec<User>,
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
        mut found: Vec<User>,
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
