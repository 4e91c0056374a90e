//! The audit log in SQLite.

pub(crate) mod place;

use std::ops::Range;
use std::str::FromStr;

use rusqlite::{Row, params};

use self::place::Log;
use super::verify::unreadable;
use super::{
    Broken, Chained, Hash, Head, HeadOf, ReadAudit, Record, Verified, Verifier, VerifyAudit, blocks,
};
use crate::Fault;
use crate::accounts;
use crate::acting::Changes;
use crate::store::sqlite::{AskSqlite, Connection, Snapshot};
use crate::world::{AccountId, Moment};

pub(crate) fn store(db: &Connection, account: AccountId, changes: &Changes) -> Result<(), Fault> {
    insert(db, account, &changes.records)
}

pub(crate) fn insert(
    db: &Connection,
    account: AccountId,
    records: &[Chained],
) -> Result<(), Fault> {
    if records.is_empty() {
        return Ok(());
    }
    let account = account.to_string();
    let log = Log::to_write(db, &account)?;
    let sql = "insert into audit (place, act_id, at, kind, by_application, user_id, application_id, body, hash, by_person)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let mut insert = db.prepare_cached(sql)?;
    for record in records {
        insert.execute(params![
            log.to_fill(record.seq)?,
            record.act.to_string(),
            record.at.millis(),
            record.kind,
            record.by.map(|id| id.to_string()),
            record.user.map(|id| id.to_string()),
            record.application.map(|id| id.to_string()),
            record.body,
            record.hash.as_bytes(),
            record.by_person.map(|id| id.to_string()),
        ])?;
    }
    blocks::sqlite::summarise(db, &account, records)
}

/// What [`record`] reads.
const COLUMNS: &str = "seq, act_id, at, kind, by_application, user_id, application_id,
                                  body, hash, by_person";

pub(super) fn record(row: &Row<'_>) -> Result<Record, Fault> {
    let seq: u64 = row.get(0)?;
    let broken = |column: &'static str| Fault::inconsistent("audit", column, seq);
    // Of another type too: whoever verifies says which record it is, and goes on elsewhere.
    let text = |at: usize, column| row.get::<_, String>(at).map_err(|_| broken(column));
    Ok(Record {
        seq,
        act: text(1, "act_id")?.parse().map_err(|_| broken("act_id"))?,
        at: Moment::from_millis(row.get(2).map_err(|_| broken("at"))?),
        kind: text(3, "kind")?,
        by: id(row, 4).ok_or_else(|| broken("by_application"))?,
        user: id(row, 5).ok_or_else(|| broken("user_id"))?,
        application: id(row, 6).ok_or_else(|| broken("application_id"))?,
        body: text(7, "body")?,
        hash: Hash::from_bytes(row.get(8).map_err(|_| broken("hash"))?),
        by_person: id(row, 9).ok_or_else(|| broken("by_person"))?,
    })
}

/// `None`: neither an id nor nothing.
#[expect(clippy::option_option, reason = "an id may be left out, and be none")]
fn id<Id: FromStr>(row: &Row<'_>, at: usize) -> Option<Option<Id>> {
    row.get::<_, Option<String>>(at).ok()?.map(|id| id.parse()).transpose().ok()
}

impl AskSqlite for VerifyAudit {
    type Answer = Option<Result<Verified, Broken>>;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        let Some(account) = accounts::sqlite::load(db, self.account)? else { return Ok(None) };
        let text = self.account.to_string();
        let log = Log::to_read(db, &text)?;
        let Range { start, end } = log.within(&(0..u64::MAX));
        let mut statement = db.prepare_cached(&log.records("", ""))?;
        let mut rows = statement.query(params![text, start, end])?;
        let mut verifier = Verifier::new(*self);
        while let Some(row) = rows.next()? {
            let taken = match record(row) {
                Ok(record) => verifier.take(&record),
                Err(fault) => Err(unreadable(fault)?),
            };
            if let Err(broken) = taken {
                return Ok(Some(Err(broken)));
            }
        }
        Ok(Some(verifier.finish(account.head)))
    }
}

impl AskSqlite for HeadOf {
    type Answer = Option<Head>;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        Ok(accounts::sqlite::load(db, self.account)?.map(|account| account.head))
    }
}

impl AskSqlite for ReadAudit {
    type Answer = Vec<Record>;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        let text = self.account.to_string();
        let log = Log::to_read(db, &text)?;
        let asked = self.after.saturating_add(1)..self.up_to.saturating_add(1);
        let Range { start, end } = log.within(&asked);
        let sql = log.records("and at >= ?4 and at < ?5", "limit ?6");
        let mut statement = db.prepare_cached(&sql)?;
        let mut rows = statement.query(params![
            text,
            start,
            end,
            self.since.map_or(i64::MIN, Moment::millis),
            self.until.map_or(i64::MAX, Moment::millis),
            self.limit,
        ])?;
        let mut records = Vec::new();
        while let Some(row) = rows.next()? {
            records.push(record(row)?);
        }
        Ok(records)
    }
}
