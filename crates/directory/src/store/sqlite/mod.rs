//! SQLite: one file in a folder of ours. One thread writes, in batches, each synced before its
//! answers; each thread that serves calls reads by a connection of its own.

pub mod backup;
mod checkpoint;
pub(in crate::store) mod copies;
mod filling;
mod held;
mod migrate;
pub(in crate::store) mod moving;
mod open;
mod readers;
pub mod restore;
mod rows;
mod sealed;
mod serving;
mod snapshot;
mod writer;

pub use rusqlite::Connection;

use tokio::sync::oneshot;

use self::filling::Filling;
use self::writer::Beside;
use crate::acting::Ticket;
use crate::store::CopyName;
use crate::store::sweep::Swept;
use crate::world::{AccountId, Moment};
use crate::{Fault, sessions, tokens};

pub(in crate::store) use migrate::up_to_date;
#[cfg(test)]
pub(crate) use open::open_beside_with;
pub use open::{Place, made_by, open, open_beside};
pub(in crate::store) use open::{inspect, look_at_file, open_to_administer};
pub use readers::Sqlite;
pub(crate) use readers::has_table;
pub use snapshot::Snapshot;
pub(in crate::store) use snapshot::within_one_snapshot;

/// A question, answered within one read transaction.
pub trait AskSqlite: Sync {
    type Answer;
    /// Its first statement takes the snapshot, and is under way until all is read: then nothing else
    /// need hold it.
    const HOLDS_ITS_SNAPSHOT: bool = false;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault>;
}

/// One column of text, as a check tells what it found.
pub(crate) fn texts(db: &Connection, sql: &str) -> Result<Vec<String>, Fault> {
    let mut statement = db.prepare(sql)?;
    let found = statement.query_map([], |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// A write that did not meet exactly the row it was decided on is an inconsistency, not a success.
pub(crate) fn exactly_one(
    count: usize,
    table: &'static str,
    column: &'static str,
    row: impl ToString,
) -> Result<(), Fault> {
    if count == 1 { Ok(()) } else { Err(Fault::inconsistent(table, column, row)) }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Busy(error.to_string()),
            Some(
                Code::DiskFull
                | Code::SystemIoFailure
                | Code::CannotOpen
                | Code::ReadOnly
                | Code::DatabaseCorrupt
                | Code::NotADatabase,
            ) => Self::Unavailable(error.to_string()),
            _ => Self::Statement(error.to_string()),
        }
    }
}

impl From<rusqlite::types::FromSqlError> for Fault {
    fn from(error: rusqlite::types::FromSqlError) -> Self {
        Self::Statement(error.to_string())
    }
}

impl Sqlite {
    pub(super) fn submit(&self, ticket: Box<dyn Ticket>) -> Result<(), Fault> {
        self.writer().submit(ticket)
    }

    /// What has ended in these accounts, some of it at a time, between two batches.
    pub(super) async fn sweep(&self, accounts: &[AccountId], now: Moment) -> Result<Swept, Fault> {
        let mut swept = Swept::default();
        for &account in accounts {
            loop {
                let some = self.errand(move |db, _| sweep(db, account, now)).await?;
                swept = swept.and(some);
                if some.may_be_all() {
                    break;
                }
            }
        }
        Ok(swept)
    }

    pub(super) async fn sweep_of_no_account(&self) -> Result<usize, Fault> {
        self.errand(|db, _| tokens::sqlite::sweep_of_no_account(db)).await
    }

    /// The store as it was when the copy was kept; `false`: there is none of this name.
    pub(super) async fn put_back(&self, name: &CopyName) -> Result<bool, Fault> {
        let (place, name) = (self.place().clone(), name.clone());
        self.errand(move |db, beside| {
            let put_back = copies::put_back(db, &place, &name);
            if matches!(put_back, Ok(true)) {
                // Of a time that is now forgotten.
                drop((beside.noted.uses.take(), beside.noted.visits.take()));
            }
            put_back
        })
        .await
    }

    pub(super) async fn begin_filling(&self) -> Result<(), Fault> {
        self.errand(|db, beside| {
            beside.filling = Filling::begin(db)?;
            Ok(())
        })
        .await
    }

    pub(super) async fn filled(&self) -> Result<(), Fault> {
        self.errand(|db, beside| {
            filling::end(db)?;
            beside.filling = None;
            Ok(())
        })
        .await
    }

    async fn errand<Done: Send + 'static>(
        &self,
        run: impl FnOnce(&mut Connection, &mut Beside) -> Result<Done, Fault> + Send + 'static,
    ) -> Result<Done, Fault> {
        let (to, done) = oneshot::channel();
        self.writer().run_errand(Box::new(move |db, beside| {
            // Nobody may wait for it any more: it is done all the same.
            let _ = to.send(run(db, beside));
        }))?;
        done.await.map_err(|_| Fault::OutcomeUnknown("the writer broke off".to_owned()))?
    }
}

fn sweep(db: &mut Connection, account: AccountId, now: Moment) -> Result<Swept, Fault> {
    let transaction = db.transaction()?;
    let (revocations, tallies) = tokens::sqlite::sweep(&transaction, account, now)?;
    let sessions = sessions::sqlite::sweep(&transaction, account, now)?;
    transaction.commit()?;
    Ok(Swept { revocations, sessions, tallies })
}

/// For a test: one with all tables, and nobody.
#[cfg(test)]
pub(crate) fn migrated() -> (tempfile::TempDir, Connection) {
    let (folder, _, mut db) = an_empty_file();
    migrate::migrate(&mut db).unwrap();
    (folder, db)
}

/// For a test: a database without any table, in a folder that goes with the first of the three.
#[cfg(test)]
pub(crate) fn an_empty_file() -> (tempfile::TempDir, Place, Connection) {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path());
    open::make_file(&place.file()).unwrap();
    let db = open::connect(&place).unwrap();
    (folder, place, db)
}
