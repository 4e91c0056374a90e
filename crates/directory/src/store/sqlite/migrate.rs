//! Runs the migrations on a SQLite connection, under its write lock.

use refinery_core::Migration;
use refinery_core::traits::sync::{Migrate, Query, Transaction};
use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::readers::has_table;
use crate::Fault;
use crate::store::migrations;

pub(super) fn migrate(db: &mut Connection) -> Result<(), Fault> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    keeps_every_record(&transaction)?;
    migrations::sqlite()?
        .run(&mut Locked(&transaction))
        .map_err(|error| migrations::fault(&error))?;
    transaction.commit()?;
    Ok(())
}

/// Version 8 takes records over by the numbers of the accounts that are there. Those of another are
/// evidence too, and are not left behind without a word.
fn keeps_every_record(db: &Connection) -> Result<(), Fault> {
    const LOG_BY_PLACE: i64 = 8;
    if !has_table(db, "rollcall_migrations")? || !has_table(db, "audit")? {
        return Ok(());
    }
    if last(db)? >= LOG_BY_PLACE {
        return Ok(());
    }
    let sql = "select account_id from audit where account_id not in
               (select account_id from accounts) limit 1";
    match db.query_row(sql, [], |row| row.get::<_, String>(0)).optional()? {
        None => Ok(()),
        Some(account) => Err(Fault::Unusable(format!(
            "the audit log has records of account {account}, which is not there; they would be lost \
             by bringing this store up to date. Keep a copy of the file, and put the account's row \
             back or delete its records"
        ))),
    }
}

/// Refuses a database that is newer than this program, or none of ours.
pub(super) fn known(db: &Connection) -> Result<(), Fault> {
    migrations::known(last(db)?)
}

/// Refuses an older one too.
pub(in crate::store) fn up_to_date(db: &Connection) -> Result<(), Fault> {
    let last = last(db)?;
    migrations::known(last)?;
    migrations::newest(last)
}

fn last(db: &Connection) -> Result<i64, Fault> {
    db.query_row("select max(version) from rollcall_migrations", [], |row| row.get(0)).map_err(
        |error| {
            let not_ours = error.sqlite_error_code() == Some(ErrorCode::NotADatabase)
                || error.to_string().contains("no such table");
            match not_ours {
                true => Fault::Unusable("this is not a store of rollcall".to_owned()),
                false => Fault::from(error),
            }
        },
    )
}

/// Statements within the one transaction that holds the lock.
struct Locked<'a>(&'a Connection);

impl Transaction for Locked<'_> {
    type Error = rusqlite::Error;

    fn execute<'a, T: Iterator<Item = &'a str>>(&mut self, queries: T) -> rusqlite::Result<usize> {
        let mut count = 0;
        for query in queries {
            self.0.execute_batch(query)?;
            count += 1;
        }
        Ok(count)
    }
}

impl Query<Vec<Migration>> for Locked<'_> {
    fn query(&mut self, query: &str) -> rusqlite::Result<Vec<Migration>> {
        let mut statement = self.0.prepare(query)?;
        let rows = statement.query_map([], |row| {
            let (applied, checksum): (String, String) = (row.get(2)?, row.get(3)?);
            let applied = OffsetDateTime::parse(&applied, &Rfc3339).map_err(foreign)?;
            let checksum = checksum.parse::<u64>().map_err(foreign)?;
            Ok(Migration::applied(row.get(0)?, row.get(1)?, applied, checksum))
        })?;
        rows.collect()
    }
}

fn foreign(error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
}

impl Migrate for Locked<'_> {}
