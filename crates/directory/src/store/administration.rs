//! A store opened beside the server that may be serving it, to administer it: the operator's acts
//! and questions, which need no key. Both databases keep the two apart by their own locks, and
//! a change here holds there on the next call.

use super::core::Core;
use super::postgres::{self, Address};
use super::sqlite::{self, Place};
use super::{AskSqlite, Question};
use crate::Fault;
use crate::acting::{Act, Presented, Refusal};
use crate::world::{AccountId, World};

#[derive(Clone)]
pub struct Administration(pub(super) Core);

impl Administration {
    /// The store must be there, at the migration of this program.
    pub fn sqlite(place: &Place, world: World) -> Result<Self, Fault> {
        sqlite::open_to_administer(place, world).map(Self)
    }

    /// The store must be there, at the migration of this program.
    pub async fn postgres(address: &Address, world: World) -> Result<Self, Fault> {
        postgres::open_to_administer(address, world).await.map(Self)
    }

    #[must_use]
    pub fn world(&self) -> &World {
        self.0.world()
    }

    /// One act of the operator, durable when this answers.
    pub async fn act<A: Act>(
        &self,
        account: AccountId,
        act: A,
    ) -> Result<Result<A::Done, Refusal>, Fault> {
        self.0.submit(Presented::Operator, account, act).await
    }

    pub async fn read<Q: Question>(&self, question: &Q) -> Result<<Q as AskSqlite>::Answer, Fault> {
        self.0.read(question).await
    }

    /// For a question that may read everything.
    pub async fn read_long<Q>(&self, question: Q) -> Result<<Q as AskSqlite>::Answer, Fault>
    where
        Q: Question + Send + 'static,
        <Q as AskSqlite>::Answer: Send + 'static,
    {
        self.0.read_long(question).await
    }

    pub async fn close(&self) {
        self.0.close().await;
    }
}
