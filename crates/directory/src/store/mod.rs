//! Where facts live: SQLite in a folder of ours, or PostgreSQL. Both answer the same two calls:
//! [`Store::act`], durable before it answers, and [`Store::read`], one question answered from one
//! snapshot. Neither believes what is not there any more, so what another process changes holds at
//! once.

mod administration;
mod copies;
mod core;
mod founding;
mod inspect;
mod key_store;
mod migrations;
pub mod moving;
pub(crate) mod noted;
mod orphans;
pub mod postgres;
pub mod sqlite;
pub(crate) mod sweep;
mod vault_store;
mod whole;

use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;

use arc_swap::ArcSwap;

pub use administration::Administration;
pub use copies::{CopyName, CopyNameError, KeptCopy};
pub use founding::{Founding, MadeBy};
pub use inspect::Inspector;
pub use key_store::{Kept, KeyChange, KeyRows, KeysFault, LOOK_EVERY, MacKeys, VaultKeyRow};
pub use migrations::NEWEST as NEWEST_MIGRATION;
pub use postgres::{AskPostgres, Cluster};
pub use sqlite::AskSqlite;
pub use sweep::{SWEPT_EVERY, Swept};
pub use whole::{NotWhole, Whole};

use self::core::Core;
use crate::Fault;
use crate::acting::{Act, Presented, Refusal};
use crate::applications::Used;
use crate::keys::{KeyRing, RootKey, RootKeyId};
use crate::sessions::Visitor;
use crate::tokens::{Claims, Issuer};
use crate::world::{AccountId, World};

/// A question that either database answers.
pub trait Question: AskSqlite + AskPostgres<Reply = <Self as AskSqlite>::Answer> {}
impl<Q> Question for Q where Q: AskSqlite + AskPostgres<Reply = <Q as AskSqlite>::Answer> {}

/// A database, and the keys under which it is served.
#[derive(Clone)]
pub struct Store {
    core: Core,
    held: Arc<Held>,
}

struct Held {
    root: ArcSwap<RootKey>,
    keys: ArcSwap<KeyRing>,
    issuer: Issuer,
    made_by: MadeBy,
}

pub(crate) enum Database {
    Sqlite(sqlite::Sqlite),
    Postgres(Box<postgres::Postgres>),
}

/// What founding found.
pub(crate) struct Found {
    pub root: RootKey,
    pub keys: KeyRing,
    pub made_by: MadeBy,
}

impl Store {
    fn of(database: Database, world: World, found: Found) -> Self {
        let held = Held {
            issuer: Issuer::not_before(&found.keys),
            root: ArcSwap::from_pointee(found.root),
            keys: ArcSwap::from_pointee(found.keys),
            made_by: found.made_by,
        };
        Self { core: Core::of(database, world), held: Arc::new(held) }
    }

    #[must_use]
    pub fn world(&self) -> &World {
        self.core.world()
    }

    /// Which root key the keys were opened with.
    #[must_use]
    pub fn root_key_id(&self) -> RootKeyId {
        self.held.root.load().id()
    }

    /// The keys as they are now. Held for one call, not longer: they are rotated.
    #[must_use]
    pub fn keys(&self) -> Arc<KeyRing> {
        self.held.keys.load_full()
    }

    #[must_use]
    pub fn issuer(&self) -> &Issuer {
        &self.held.issuer
    }

    /// Who set this database up.
    #[must_use]
    pub fn made_by(&self) -> &MadeBy {
        &self.held.made_by
    }

    /// How the PostgreSQL stands that is served from; `None` for SQLite.
    #[must_use]
    pub fn cluster(&self) -> Option<Cluster> {
        match self.core.database() {
            Database::Sqlite(_) => None,
            Database::Postgres(db) => Some(db.cluster()),
        }
    }

    /// Why this database is not one that this process may answer from, though it is there.
    #[must_use]
    pub fn is_unfit(&self) -> Option<&'static str> {
        match self.core.database() {
            Database::Sqlite(_) => None,
            Database::Postgres(db) => db.is_unfit(),
        }
    }

    /// How many nodes serve this database, with this one.
    #[must_use]
    pub fn nodes(&self) -> u32 {
        match self.core.database() {
            Database::Sqlite(_) => 1,
            Database::Postgres(db) => db.nodes(),
        }
    }

    /// Runs one act in its account's next batch. When this answers, the act and its record are
    /// synced, or it changed nothing. Dropping the future does not stop the act.
    pub async fn act<A: Act>(
        &self,
        presented: Presented,
        account: AccountId,
        act: A,
    ) -> Result<Result<A::Done, Refusal>, Fault> {
        self.submit(presented, account, act).await
    }

    /// The same, queued before this returns: acts submitted one after the other are decided in
    /// that order, and those that wait together share a batch.
    pub fn submit<A: Act>(
        &self,
        presented: Presented,
        account: AccountId,
        act: A,
    ) -> impl Future<Output = Result<Result<A::Done, Refusal>, Fault>> + Send + use<A> {
        self.core.submit(presented, account, act)
    }

    /// Answers a bounded question, right here.
    pub async fn read<Q: Question>(&self, question: &Q) -> Result<<Q as AskSqlite>::Answer, Fault> {
        self.core.read(question).await
    }

    /// Answers a question that may read everything, away from the threads that serve calls.
    pub async fn read_long<Q>(&self, question: Q) -> Result<<Q as AskSqlite>::Answer, Fault>
    where
        Q: Question + Send + 'static,
        <Q as AskSqlite>::Answer: Send + 'static,
    {
        self.core.read_long(question).await
    }

    /// A secret worked, or a token made with it: from there, and this is what the client calls
    /// itself. Kept in memory and written about every second; never blocks and never fails.
    pub fn note_use(&self, by: &Claims, from: IpAddr, agent: &[u8]) {
        let (account, application, secret) = (by.account, by.application, by.secret);
        let used = Used { account, application, secret };
        self.core.noted().uses.note(used, self.world().now(), from, agent);
    }

    /// A session was used. Kept in memory and written about every second, and only when the use that
    /// is written is old enough; never blocks and never fails.
    pub fn note_visit(&self, visitor: &Visitor) {
        if visitor.session.is_to_be_noted(visitor.now) {
            self.core.noted().visits.note(visitor.account, visitor.session.id, visitor.now);
        }
    }

    /// Many people are about to be put into a store that nobody serves yet; until [`Self::filled`],
    /// nobody should look for anybody. Changes nothing where somebody is there already.
    pub async fn begin_filling(&self) -> Result<(), Fault> {
        self.core.begin_filling().await
    }

    /// That is over. A million people take some seconds more.
    pub async fn filled(&self) -> Result<(), Fault> {
        self.core.filled().await
    }

    /// Is the database itself sound? Returns what it found wrong.
    pub async fn integrity(&self) -> Result<Vec<String>, Fault> {
        self.read_long(Integrity).await
    }

    /// Writes what is left and closes; what comes after is refused.
    pub async fn close(&self) {
        self.core.close().await;
    }
}

/// The question: is the database sound?
#[derive(Clone, Copy, Debug)]
pub struct Integrity;

/// The question: which accounts are there, in order of their ids? A page of them, behind the last
/// one of the page before.
#[derive(Clone, Copy, Debug)]
pub struct Accounts {
    pub after: Option<AccountId>,
    pub limit: u16,
}

/// How a batch keeps others out of its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lock {
    Account,
    /// Not at all: to see that the tests notice.
    #[cfg(test)]
    Nothing,
}

#[cfg(test)]
mod tests;
