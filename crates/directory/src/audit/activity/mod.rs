//! The log for people who read it: the newest first, of everything or of one person, one
//! application, one kind, with the names that its ids have now.

mod postgres;
mod sqlite;

use super::Record;
use super::chain::Body;
use crate::Fault;
use crate::acting::Refusal;
use crate::groups::Right;
use crate::paging::{At, Paged};
use crate::sessions::{PersonAsks, Visit, VisitFacts, Visitor};
use crate::store;
use crate::world::{ApplicationId, UserId};

/// A page by the numbers of records. `At::After` goes on to older ones.
#[derive(Clone, Debug)]
pub struct Activity {
    /// What they did and what was done to them.
    pub person: Option<UserId>,
    /// What it did and what was done to it.
    pub application: Option<ApplicationId>,
    pub kind: Option<String>,
    pub at: At<u64>,
    pub size: u16,
}

/// A record, what it says, and the names of whom it names, where they are still there.
#[derive(Clone, Debug)]
pub struct Told {
    pub record: Record,
    pub body: Body,
    /// Of the person or the application that acted.
    pub by_name: Option<String>,
    /// Of the person it is about.
    pub user_name: Option<String>,
    /// Of the application it is about.
    pub application_name: Option<String>,
}

impl Told {
    fn of(record: Record) -> Result<Self, Fault> {
        let seq = record.seq;
        let body = record.told().ok_or_else(|| Fault::inconsistent("audit", "body", seq))?;
        Ok(Self { record, body, by_name: None, user_name: None, application_name: None })
    }
}

impl Activity {
    /// What cannot be a kind is nobody's; PostgreSQL would refuse to be asked.
    fn kind(&self) -> Option<String> {
        self.kind.as_ref().map(|kind| kind.replace('\0', ""))
    }
}

impl PersonAsks for Activity {
    type Found = Vec<Told>;
    type Answer = Paged<Told, u64>;

    fn right(&self) -> Right {
        Right::ReadActivity
    }

    fn sqlite(&self, db: &store::sqlite::Connection, visit: &Visit) -> Result<Self::Found, Fault> {
        sqlite::read(self, db, visit)
    }

    async fn postgres(
        &self,
        db: &store::postgres::Connection,
        visit: &Visit,
    ) -> Result<(VisitFacts, Self::Found), Fault> {
        postgres::read(self, db, visit).await
    }

    fn decide(&self, _: &Visitor, found: Self::Found) -> Result<Self::Answer, Refusal> {
        Ok(self.at.page(found, self.size, |told| told.record.seq))
    }
}
