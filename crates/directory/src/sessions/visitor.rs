//! Reads by a person who is signed in. Each is one question, and in the same snapshot as its answer
//! it says who asked: a page's frame needs that too, so that a page costs one question.

use std::future::Future;

use super::{Session, SessionDigest};
use crate::Fault;
use crate::accounts::{Rights, entitled};
use crate::acting::{Refusal, authenticate};
use crate::groups::Right;
use crate::store::{postgres, sqlite};
use crate::users::User;
use crate::world::{AccountId, Moment};

/// What a page is asked for with.
#[derive(Clone, Copy, Debug)]
pub struct Visit {
    pub account: AccountId,
    pub session: SessionDigest,
    pub now: Moment,
}

/// What the rows say of a visit.
#[derive(Clone, Debug, Default)]
pub struct VisitFacts {
    /// Its name and its rights.
    pub account: Option<(String, Rights)>,
    pub session: Option<Session>,
    pub user: Option<User>,
}

/// Somebody who is signed in, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    pub account: AccountId,
    pub account_name: String,
    pub rights: Rights,
    pub user: User,
    pub session: Session,
    pub now: Moment,
}

impl Visitor {
    #[must_use]
    pub const fn may(&self, right: Right) -> bool {
        self.user.groups.give(right)
    }

    /// May the account have integrations at all?
    pub fn entitled(&self) -> Result<(), Refusal> {
        entitled(&self.rights)
    }
}

/// What a person may ask. The rows are looked for before it is known who asks: nobody sees them
/// but [`PersonAsks::decide`], and that is asked only when somebody is there who may.
pub trait PersonAsks: Send + Sync {
    type Found: Send;
    type Answer: Send;

    fn right(&self) -> Right;

    fn sqlite(&self, db: &sqlite::Connection, visit: &Visit) -> Result<Self::Found, Fault>;

    /// One statement, its first columns those of [`super::postgres::visit_facts`] in each row.
    fn postgres(
        &self,
        db: &postgres::Connection,
        visit: &Visit,
    ) -> impl Future<Output = Result<(VisitFacts, Self::Found), Fault>> + Send;

    fn decide(&self, visitor: &Visitor, found: Self::Found) -> Result<Self::Answer, Refusal>;
}

/// The question of a person: this, on this visit.
#[derive(Clone, Debug)]
pub struct ByPerson<Q> {
    pub visit: Visit,
    pub asks: Q,
}

#[derive(Clone, Debug)]
pub struct Answered<A> {
    pub visitor: Visitor,
    pub answer: A,
}

impl<Q: PersonAsks> ByPerson<Q> {
    pub(super) fn decide(
        &self,
        facts: VisitFacts,
        found: Q::Found,
    ) -> Result<Answered<Q::Answer>, Refusal> {
        let visitor = authenticate::visitor(&self.visit, facts, self.asks.right())?;
        let answer = self.asks.decide(&visitor, found)?;
        Ok(Answered { visitor, answer })
    }
}
