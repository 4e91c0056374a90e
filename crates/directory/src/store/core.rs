//! A database that is open, without any key: acts and questions, and the end of both. The server
//! has keys beside it ([`super::Store`]); the command line needs none for what it may do.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::noted::Noted;
use super::{AskSqlite, Database, Question};
use crate::Fault;
use crate::acting::{Act, Presented, Refusal, ticket};
use crate::world::{AccountId, ActId, World};

#[derive(Clone)]
pub(super) struct Core {
    inner: Arc<Inner>,
}

struct Inner {
    database: Database,
    world: World,
    closed: AtomicBool,
}

impl Core {
    pub(super) fn of(database: Database, world: World) -> Self {
        Self { inner: Arc::new(Inner { database, world, closed: AtomicBool::new(false) }) }
    }

    pub(super) fn world(&self) -> &World {
        &self.inner.world
    }

    pub(super) fn database(&self) -> &Database {
        &self.inner.database
    }

    pub(super) fn noted(&self) -> &Noted {
        match &self.inner.database {
            Database::Sqlite(sqlite) => sqlite.noted(),
            Database::Postgres(postgres) => postgres.noted(),
        }
    }

    pub(super) fn submit<A: Act>(
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

    pub(super) async fn read<Q: Question>(
        &self,
        question: &Q,
    ) -> Result<<Q as AskSqlite>::Answer, Fault> {
        self.is_open()?;
        match &self.inner.database {
            Database::Sqlite(sqlite) => sqlite.read(question),
            Database::Postgres(postgres) => postgres.read(question).await,
        }
    }

    pub(super) async fn read_long<Q>(&self, question: Q) -> Result<<Q as AskSqlite>::Answer, Fault>
    where
        Q: Question + Send + 'static,
        <Q as AskSqlite>::Answer: Send + 'static,
    {
        self.is_open()?;
        match &self.inner.database {
            Database::Sqlite(_) => {
                let core = self.clone();
                let asked = tokio::task::spawn_blocking(move || match &core.inner.database {
                    Database::Sqlite(sqlite) => sqlite.read(&question),
                    Database::Postgres(_) => unreachable!("a store does not change its database"),
                });
                asked.await.map_err(|stopped| Fault::Unavailable(stopped.to_string()))?
            }
            Database::Postgres(postgres) => postgres.read_long(&question).await,
        }
    }

    pub(super) async fn begin_filling(&self) -> Result<(), Fault> {
        match &self.inner.database {
            Database::Sqlite(sqlite) => sqlite.begin_filling().await,
            // Its indexes and its memory are not ours.
            Database::Postgres(_) => Ok(()),
        }
    }

    pub(super) async fn filled(&self) -> Result<(), Fault> {
        match &self.inner.database {
            Database::Sqlite(sqlite) => sqlite.filled().await,
            Database::Postgres(_) => Ok(()),
        }
    }

    pub(super) fn is_open(&self) -> Result<(), Fault> {
        match self.inner.closed.load(Ordering::Acquire) {
            false => Ok(()),
            true => Err(Fault::Unavailable("the store is closed".to_owned())),
        }
    }

    pub(super) async fn close(&self) {
        self.inner.closed.store(true, Ordering::Release);
        match &self.inner.database {
            Database::Sqlite(sqlite) => sqlite.close(),
            Database::Postgres(postgres) => postgres.close().await,
        }
    }
}
