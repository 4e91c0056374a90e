//! Where facts live: SQLite in a folder of ours, or PostgreSQL. Both answer the same two calls:
//! [`Store::act`], durable before it answers, and [`Store::read`], one question answered from one
//! snapshot. Neither keeps a fact in memory, so what another process changes holds at once.

mod founding;
mod inspect;
mod migrations;
pub mod postgres;
pub mod sqlite;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub use founding::{Founding, MadeBy};
pub use inspect::Inspector;
pub use postgres::AskPostgres;
pub use sqlite::AskSqlite;

use crate::Fault;
use crate::acting::{Act, Presented, Refusal, ticket};
use crate::keys::KeyRing;
use crate::tokens::Issuer;
use crate::world::{AccountId, ActId, World};

/// A question that either database answers.
pub trait Question: AskSqlite + AskPostgres<Reply = <Self as AskSqlite>::Answer> {}
impl<Q> Question for Q where Q: AskSqlite + AskPostgres<Reply = <Q as AskSqlite>::Answer> {}

#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    database: Database,
    world: World,
    keys: KeyRing,
    issuer: Issuer,
    made_by: MadeBy,
    closed: AtomicBool,
}

enum Database {
    Sqlite(sqlite::Sqlite),
    Postgres(Box<postgres::Postgres>),
}

impl Store {
    fn of(database: Database, world: World, keys: KeyRing, made_by: MadeBy) -> Self {
        let issuer = Issuer::not_before(&keys);
        Self {
            inner: Arc::new(Inner {
                database,
                world,
                keys,
                issuer,
                made_by,
                closed: AtomicBool::new(false),
            }),
        }
    }

    #[must_use]
    pub fn world(&self) -> &World {
        &self.inner.world
    }

    #[must_use]
    pub fn keys(&self) -> &KeyRing {
        &self.inner.keys
    }

    #[must_use]
    pub fn issuer(&self) -> &Issuer {
        &self.inner.issuer
    }

    /// Who set this database up.
    #[must_use]
    pub fn made_by(&self) -> &MadeBy {
        &self.inner.made_by
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
        let act_id = ActId::from_bytes(self.inner.world.bytes());
        let (ticket, answer) = ticket(account, act_id, presented, act);
        let submitted = match &self.inner.database {
            Database::Sqlite(sqlite) => sqlite.submit(ticket),
            Database::Postgres(postgres) => postgres.submit(ticket),
        };
        async move {
            submitted?;
            answer.await.map_err(|_| Fault::OutcomeUnknown("its batch broke off".to_owned()))?
        }
    }

    /// Answers a bounded question, right here.
    pub async fn read<Q: Question>(&self, question: &Q) -> Result<<Q as AskSqlite>::Answer, Fault> {
        self.is_open()?;
        match &self.inner.database {
            Database::Sqlite(sqlite) => sqlite.read(question),
            Database::Postgres(postgres) => postgres.read(question).await,
        }
    }

    /// Answers a question that may read everything, away from the threads that serve calls.
    pub async fn read_long<Q>(&self, question: Q) -> Result<<Q as AskSqlite>::Answer, Fault>
    where
        Q: Question + Send + 'static,
        <Q as AskSqlite>::Answer: Send + 'static,
    {
        self.is_open()?;
        match &self.inner.database {
            Database::Sqlite(_) => {
                let store = self.clone();
                let asked = tokio::task::spawn_blocking(move || match &store.inner.database {
                    Database::Sqlite(sqlite) => sqlite.read(&question),
                    Database::Postgres(_) => unreachable!("a store does not change its database"),
                });
                asked.await.map_err(|stopped| Fault::Unavailable(stopped.to_string()))?
            }
            Database::Postgres(postgres) => postgres.read_long(&question).await,
        }
    }

    fn is_open(&self) -> Result<(), Fault> {
        match self.inner.closed.load(Ordering::Acquire) {
            false => Ok(()),
            true => Err(Fault::Unavailable("the store is closed".to_owned())),
        }
    }

    /// Is the database itself sound? Returns what it found wrong.
    pub async fn integrity(&self) -> Result<Vec<String>, Fault> {
        self.read_long(Integrity).await
    }

    /// Writes what is left and closes; what comes after is refused.
    pub async fn close(&self) {
        self.inner.closed.store(true, Ordering::Release);
        match &self.inner.database {
            Database::Sqlite(sqlite) => sqlite.close(),
            Database::Postgres(postgres) => postgres.close().await,
        }
    }
}

/// The question: is the database sound?
#[derive(Clone, Copy, Debug)]
pub struct Integrity;

/// The question: which accounts are there, in order of their ids? Bounded.
#[derive(Clone, Copy, Debug)]
pub struct Accounts {
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
