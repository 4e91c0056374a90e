//! The log for people who read it, in SQLite.

use std::ops::Range;

use rusqlite::{CachedStatement, OptionalExtension, params};

use super::{Activity, Told};
use crate::Fault;
use crate::acting::Caller;
use crate::audit::Record;
use crate::audit::blocks::{Way, Word, block_of, may_hold};
use crate::audit::sqlite::place::Log;
use crate::audit::sqlite::record;
use crate::paging::At;
use crate::sessions::Visit;
use crate::store::sqlite::Connection;
use crate::world::{ApplicationId, UserId};

fn stretch_sql(log: Log, way: Way) -> String {
    let matching = "and (?5 is null or user_id = ?5 or by_person = ?5)
                    and (?6 is null or application_id = ?6 or by_application = ?6)
                    and (?7 is null or kind = ?7)";
    match way {
        Way::Back => log.records(matching, "desc limit ?4"),
        Way::Forth => log.records(matching, "asc limit ?4"),
    }
}

const fn summaries_sql(way: Way) -> &'static str {
    match way {
        Way::Back => {
            "select block, words from audit_blocks where account_id = ?1 and block <= ?2
             order by block desc"
        }
        Way::Forth => {
            "select block, words from audit_blocks where account_id = ?1 and block >= ?2
             order by block"
        }
    }
}

/// Block after block from where the page begins, until it is full. Summaries are stepped through as
/// far as that takes; a stretch that has none is read in one piece, however long it is.
pub(super) fn read(asked: &Activity, db: &Connection, visit: &Visit) -> Result<Vec<Told>, Fault> {
    let account = visit.account.to_string();
    let (way, mut left) = walk(asked);
    let words = words(asked);
    let mut reading = Reading::begin(asked, db, &account, way)?;
    // Without anything to look for, each block has it.
    if !words.is_empty() {
        let first = match way {
            Way::Back => block_of(left.end.saturating_sub(1)),
            Way::Forth => block_of(left.start),
        };
        let mut statement = db.prepare_cached(summaries_sql(way))?;
        let mut summaries = statement.query(params![account, first])?;
        while reading.wanted() > 0
            && let Some(summary) = summaries.next()?
        {
            let step = way.step(&left, summary.get(0)?);
            reading.take(&step.gap)?;
            if may_hold(summary.get_ref(1)?.as_blob()?, &words) {
                reading.take(&step.inside)?;
            }
            left = step.rest;
        }
    }
    reading.take(&left)?;
    Ok(reading.found)
}

/// Which way the page goes, and the numbers that lie there.
fn walk(asked: &Activity) -> (Way, Range<u64>) {
    // The database holds none beyond.
    const END: u64 = i64::MAX.unsigned_abs();
    match asked.at {
        At::Start => (Way::Back, 0..END),
        At::After(seq) => (Way::Back, 0..seq.min(END)),
        At::Before(seq) => (Way::Forth, seq.saturating_add(1).min(END)..END),
    }
}

fn words(asked: &Activity) -> Vec<Word> {
    let person = asked.person.map(|id| Word::person(&id.text()));
    let application = asked.application.map(|id| Word::application(&id.text()));
    let kind = asked.kind().map(|kind| Word::kind(&kind));
    [person, application, kind].into_iter().flatten().collect()
}

struct Reading<'a> {
    db: &'a Connection,
    account: &'a str,
    log: Log,
    stretch: CachedStatement<'a>,
    person: Option<String>,
    application: Option<String>,
    kind: Option<String>,
    rows_wanted: usize,
    found: Vec<Told>,
}

impl<'a> Reading<'a> {
    fn begin(
        asked: &Activity,
        db: &'a Connection,
        account: &'a str,
        way: Way,
    ) -> Result<Self, Fault> {
        let log = Log::to_read(db, account)?;
        Ok(Self {
            db,
            account,
            log,
            stretch: db.prepare_cached(&stretch_sql(log, way))?,
            person: asked.person.map(|id| id.to_string()),
            application: asked.application.map(|id| id.to_string()),
            kind: asked.kind(),
            rows_wanted: usize::from(asked.size) + 1,
            found: Vec::new(),
        })
    }

    fn wanted(&self) -> usize {
        self.rows_wanted.saturating_sub(self.found.len())
    }

    /// What these numbers have of what is asked for, as far as it is still wanted.
    fn take(&mut self, numbers: &Range<u64>) -> Result<(), Fault> {
        let wanted = self.wanted();
        if wanted == 0 || numbers.is_empty() {
            return Ok(());
        }
        let within = self.log.within(numbers);
        let mut rows = self.stretch.query(params![
            self.account,
            within.start,
            within.end,
            wanted,
            self.person,
            self.application,
            self.kind,
        ])?;
        while let Some(row) = rows.next()? {
            self.found.push(told(self.db, self.account, record(row)?)?);
        }
        Ok(())
    }
}

fn told(db: &Connection, account: &str, record: Record) -> Result<Told, Fault> {
    let mut told = Told::of(record)?;
    told.by_name = match told.body.by {
        Caller::Person(id) => person(db, account, Some(id))?,
        Caller::Application(id) => application(db, account, Some(id))?,
        Caller::Operator | Caller::Stranger => None,
    };
    told.user_name = person(db, account, told.record.user)?;
    told.application_name = application(db, account, told.record.application)?;
    Ok(told)
}

fn person(db: &Connection, account: &str, id: Option<UserId>) -> Result<Option<String>, Fault> {
    let Some(id) = id else { return Ok(None) };
    let sql = "select display_name from users where account_id = ?1 and user_id = ?2";
    let keys = params![account, id.to_string()];
    Ok(db.prepare_cached(sql)?.query_row(keys, |row| row.get(0)).optional()?)
}

fn application(
    db: &Connection,
    account: &str,
    id: Option<ApplicationId>,
) -> Result<Option<String>, Fault> {
    let Some(id) = id else { return Ok(None) };
    let sql = "select name from applications where account_id = ?1 and application_id = ?2";
    let keys = params![account, id.to_string()];
    Ok(db.prepare_cached(sql)?.query_row(keys, |row| row.get(0)).optional()?)
}
