//! Looking at a store without opening it to work with: no keys, no writer, beside whoever serves
//! it. For the commands that check.

use std::path::Path;

use super::key_store::{self, KeysFault, SealedRows, VaultKeys};
use super::postgres::Address;
use super::sqlite::Place;
use super::{Question, postgres, sqlite};
use crate::Fault;
use crate::keys::{KeyRing, RootKey};
use crate::world::Moment;

pub enum Inspector {
    Sqlite(sqlite::Connection),
    Postgres(postgres::Connection),
}

impl Inspector {
    pub fn sqlite(place: &Place) -> Result<Self, Fault> {
        sqlite::inspect(place).map(Self::Sqlite)
    }

    /// For questions that name people: older stores have other tables for them.
    pub fn sqlite_of_today(place: &Place) -> Result<Self, Fault> {
        let db = sqlite::inspect(place)?;
        sqlite::up_to_date(&db)?;
        Ok(Self::Sqlite(db))
    }

    /// A backup: a file for itself, that nobody writes to.
    pub fn backup(file: &Path) -> Result<Self, Fault> {
        sqlite::backup::stands_alone(file)?;
        sqlite::look_at_file(file).map(Self::Sqlite)
    }

    pub async fn postgres(address: &Address) -> Result<Self, Fault> {
        postgres::inspect(address).await.map(Self::Postgres)
    }

    /// Does this root key open what is sealed here?
    pub async fn opens_with(&self, root: &RootKey, now: Moment) -> Result<(), KeysFault> {
        let rows = self.ask(&SealedRows).await?;
        KeyRing::open(root, &rows.keys, now)?;
        key_store::open_all(root, &self.ask(&VaultKeys).await?)?;
        Ok(())
    }

    /// Answers from one snapshot; takes as long as it takes, on this thread.
    pub async fn ask<Q: Question>(
        &self,
        question: &Q,
    ) -> Result<<Q as super::AskSqlite>::Answer, Fault> {
        match self {
            Self::Sqlite(db) => sqlite::within_one_snapshot(db, question),
            Self::Postgres(db) => super::AskPostgres::ask(question, db).await,
        }
    }
}
