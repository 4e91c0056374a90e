//! One of the two databases of a move, held so that nobody else writes to it.

use super::cell::{Digest, Row};
use super::mark::Progress;
use super::tables::Table;
use crate::Fault;
use crate::store::postgres::{self, Address};
use crate::store::sqlite::{self, Place};
use crate::store::{Inspector, NotWhole, Whole};

/// Rows of one batch: a page is read, and written in one transaction.
pub(super) const PAGE: usize = 1_000;

/// Where a store is, or is to be.
#[derive(Clone)]
pub enum Location {
    Sqlite(Place),
    Postgres(Box<Address>),
}

/// Rows go to it in batches, each with where it stands then.
pub(in crate::store) struct Batch<'a> {
    pub table: &'a Table,
    pub columns: &'a [String],
    pub rows: &'a [Row],
    pub before: &'a Progress,
    pub after: &'a Progress,
}

pub(super) enum Side {
    Sqlite(sqlite::moving::Held),
    Postgres(postgres::moving::Held),
}

/// The same call of either database.
macro_rules! either {
    ($side:expr, $held:ident => $call:expr, $waiting:expr) => {
        match $side {
            Side::Sqlite($held) => $call,
            Side::Postgres($held) => $waiting.await,
        }
    };
}

impl Location {
    /// What is said of its maker there; `None`: nobody has made anything there.
    pub(super) async fn made_by(&self) -> Result<Option<String>, Fault> {
        match self {
            Self::Sqlite(place) => sqlite::made_by(place),
            Self::Postgres(address) => postgres::made_by(address).await,
        }
    }

    /// Opened to be left: at this program's migration, served by nobody.
    pub(super) async fn hold_source(&self) -> Result<Side, Fault> {
        Ok(match self {
            Self::Sqlite(place) => Side::Sqlite(sqlite::moving::Held::source(place)?),
            Self::Postgres(address) => {
                Side::Postgres(postgres::moving::Held::source(address).await?)
            }
        })
    }

    /// Opened to be filled: made where there is nothing.
    pub(super) async fn hold_target(&self) -> Result<Side, Fault> {
        Ok(match self {
            Self::Sqlite(place) => Side::Sqlite(sqlite::moving::Held::target(place)?),
            Self::Postgres(address) => {
                Side::Postgres(postgres::moving::Held::target(address).await?)
            }
        })
    }

    /// All that can be checked without keys, the audit chains among it.
    pub(super) async fn check_whole(&self) -> Result<Whole, NotWhole> {
        let inspector = match self {
            Self::Sqlite(place) => Inspector::sqlite(place)?,
            Self::Postgres(address) => Inspector::postgres(address).await?,
        };
        inspector.check_whole().await
    }
}

impl Side {
    pub(super) async fn said(&mut self, name: &str) -> Result<Option<String>, Fault> {
        either!(self, held => held.said(name), held.said(name))
    }

    pub(super) async fn tables(&mut self) -> Result<Vec<String>, Fault> {
        either!(self, held => held.tables(), held.tables())
    }

    /// In the order of their names.
    pub(super) async fn columns(&mut self, table: &Table) -> Result<Vec<String>, Fault> {
        either!(self, held => held.columns(table), held.columns(table))
    }

    pub(super) async fn page(
        &mut self,
        table: &Table,
        columns: &[String],
        after: Option<&Row>,
        limit: usize,
    ) -> Result<Vec<Row>, Fault> {
        either!(
            self,
            held => held.page(table, columns, after, limit),
            held.page(table, columns, after, limit)
        )
    }

    pub(super) async fn put(&mut self, batch: &Batch<'_>) -> Result<(), Fault> {
        either!(self, held => held.put(batch), held.put(batch))
    }

    /// Several things that the database says of itself, in one transaction; `None` takes one away.
    pub(super) async fn say(&mut self, words: &[(&str, Option<&str>)]) -> Result<(), Fault> {
        either!(self, held => held.say(words), held.say(words))
    }

    /// Nobody writes to it from here on, until [`Side::say`] is called the next time.
    pub(super) async fn keep_others_out(&mut self) -> Result<(), Fault> {
        either!(self, held => held.keep_others_out(), held.keep_others_out())
    }

    /// Refuses while somebody serves it.
    pub(super) async fn is_served_by_nobody(&mut self) -> Result<(), Fault> {
        match self {
            // Its lock is held by us.
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(held) => held.is_served_by_nobody().await,
        }
    }

    /// Everything is in it now.
    pub(super) async fn filled(&mut self) -> Result<(), Fault> {
        either!(self, held => held.filled(), held.filled())
    }

    pub(super) async fn digest(
        &mut self,
        table: &Table,
        columns: &[String],
        mut seen: impl FnMut(u64),
    ) -> Result<Digest, Fault> {
        let (mut digest, mut after) = (Digest::default(), None);
        loop {
            let rows = self.page(table, columns, after.as_ref(), PAGE).await?;
            for row in &rows {
                digest.take(row);
            }
            seen(rows.len() as u64);
            let Some(last) = rows.last().filter(|_| rows.len() == PAGE) else { return Ok(digest) };
            after = Some(key_of(table, columns, last)?);
        }
    }
}

/// Of a row, what its table's key says.
pub(super) fn key_of(table: &Table, columns: &[String], row: &Row) -> Result<Row, Fault> {
    let cell = |name: &&str| {
        let at = columns.iter().position(|column| column == name);
        at.and_then(|at| row.get(at)).cloned().ok_or_else(|| {
            Fault::Unusable(format!("the table {} has no column {name}", table.name))
        })
    };
    table.key.iter().map(cell).collect()
}
