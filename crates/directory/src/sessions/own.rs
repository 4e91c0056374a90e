//! What a person asks about themselves: who they are, and which sessions of theirs there are.

use super::{PersonAsks, Session, Visit, VisitFacts, Visitor};
use crate::Fault;
use crate::acting::Refusal;
use crate::groups::Right;
use crate::store::{postgres, sqlite};

/// Nothing but who it is: for a page that shows nothing of the account's, and before an act.
#[derive(Clone, Copy, Debug)]
pub struct WhoIsIt;

impl PersonAsks for WhoIsIt {
    type Found = ();
    type Answer = ();

    fn right(&self) -> Right {
        Right::Member
    }

    fn sqlite(&self, _db: &sqlite::Connection, _visit: &Visit) -> Result<(), Fault> {
        Ok(())
    }

    async fn postgres(
        &self,
        db: &postgres::Connection,
        visit: &Visit,
    ) -> Result<(VisitFacts, ()), Fault> {
        Ok((super::postgres::who(db, visit).await?, ()))
    }

    fn decide(&self, _visitor: &Visitor, (): ()) -> Result<(), Refusal> {
        Ok(())
    }
}

/// The one used last first. Those that have ended are not told of, whether their rows are there
/// still or not.
#[derive(Clone, Copy, Debug)]
pub struct OwnSessions;

impl PersonAsks for OwnSessions {
    type Found = Vec<Session>;
    type Answer = Vec<Session>;

    fn right(&self) -> Right {
        Right::Member
    }

    fn sqlite(&self, db: &sqlite::Connection, visit: &Visit) -> Result<Vec<Session>, Fault> {
        Self::look(db, visit)
    }

    async fn postgres(
        &self,
        db: &postgres::Connection,
        visit: &Visit,
    ) -> Result<(VisitFacts, Vec<Session>), Fault> {
        Self::ask(db, visit).await
    }

    fn decide(&self, visitor: &Visitor, mut found: Vec<Session>) -> Result<Vec<Session>, Refusal> {
        found.retain(|session| {
            session.epoch == visitor.user.epoch && !session.has_ended(visitor.now)
        });
        found.sort_by_key(|session| std::cmp::Reverse((session.seen, session.began)));
        Ok(found)
    }
}
