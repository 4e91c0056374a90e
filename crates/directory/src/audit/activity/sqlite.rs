//! The log for people who read it, in SQLite.

use rusqlite::{OptionalExtension, params};

use super::{Activity, By, Told};
use crate::Fault;
use crate::acting::Caller;
use crate::audit::sqlite::record;
use crate::paging::At;
use crate::sessions::Visit;
use crate::store::sqlite::Connection;
use crate::world::{ApplicationId, UserId};

/// Two stretches of two indexes, each in order, put together: who acted, and whom it is about.
macro_rules! activity_sql {
    (one $which:literal, $from:literal, $order:literal) => {
        concat!(
            "select * from (select seq, act_id, at, kind, by_application, user_id, application_id,
                                   body, hash, by_person
             from audit where account_id = ?1 and seq ",
            $from,
            " ?2 and ",
            $which,
            " and (?4 is null or user_id = ?4 or by_person = ?4)
              and (?5 is null or application_id = ?5 or by_application = ?5)
              and (?6 is null or kind = ?6)
             order by seq ",
            $order,
            " limit ?3)"
        )
    };
    ($one:literal, $from:literal, $order:literal) => {
        concat!(activity_sql!(one $one, $from, $order), " order by 1 ", $order, " limit ?3")
    };
    ($one:literal, $other:literal, $from:literal, $order:literal) => {
        concat!(
            activity_sql!(one $one, $from, $order),
            " union ",
            activity_sql!(one $other, $from, $order),
            " order by 1 ",
            $order,
            " limit ?3"
        )
    };
}

const fn sql(by: By, back: bool) -> &'static str {
    macro_rules! both_ways {
        ($($which:literal),+) => {
            if back { activity_sql!($($which),+, ">", "asc") } else { activity_sql!($($which),+, "<", "desc") }
        };
    }
    match by {
        By::Number => both_ways!("true"),
        By::Person => both_ways!("user_id = ?4", "by_person = ?4"),
        By::Application => both_ways!("application_id = ?5", "by_application = ?5"),
        By::Kind => both_ways!("kind = ?6"),
    }
}

pub(super) fn read(asked: &Activity, db: &Connection, visit: &Visit) -> Result<Vec<Told>, Fault> {
    let account = visit.account.to_string();
    let mut statement = db.prepare_cached(sql(asked.by(), asked.at.is_before()))?;
    let mut rows = statement.query(params![
        account,
        asked.begin(),
        At::<u64>::rows_wanted(asked.size),
        asked.person.map(|id| id.to_string()),
        asked.application.map(|id| id.to_string()),
        asked.kind(),
    ])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let mut told = Told::of(record(row)?)?;
        told.by_name = match told.body.by {
            Caller::Person(id) => person(db, &account, Some(id))?,
            Caller::Application(id) => application(db, &account, Some(id))?,
            Caller::Operator | Caller::Stranger => None,
        };
        told.user_name = person(db, &account, told.record.user)?;
        told.application_name = application(db, &account, told.record.application)?;
        found.push(told);
    }
    Ok(found)
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
