//! The stretches as rows: made, cut, walked and checked. Where each begins is in one table, what was
//! counted in another, which acts write to. See V10 for the triggers.

use std::ops::Range;

use rusqlite::{OptionalExtension, Row, TransactionBehavior, params};

use super::{PEOPLE, PEOPLE_MAX, Place};
use crate::Fault;
use crate::store::sqlite::Connection;

/// That a check tells of.
const WRONG_MAX: usize = 100;

/// The people from `?2, ?3` on and before `?4, ?5`, in the order of the list.
pub(super) const PEOPLE_OF: &str = "select created, user_id, state = 2 from people not indexed
    where account = ?1 and (created, user_id) >= (?2, ?3) and (created, user_id) < (?4, ?5)
    order by created, user_id";

/// In the transaction that added people, behind them.
pub(in crate::users) fn cut_long_ones(db: &Connection, account: i64) -> Result<(), Fault> {
    if !has_any(db, account)? {
        return cut(db, account, &(Place::first()..Place::end()));
    }
    let sql = "select created, user_id from people_stretches s
               join stretch_counts c on c.stretch = s.stretch where account = ?1 and people > ?2";
    let mut statement = db.prepare_cached(sql)?;
    let long = statement.query_map(params![account, PEOPLE_MAX], place)?;
    let long: Vec<Place> = long.collect::<Result<_, _>>()?;
    let sql = "delete from people_stretches
               where account = ?1 and created = ?2 and user_id = ?3";
    for start in long {
        let end = next(db, account, &start)?;
        db.prepare_cached(sql)?.execute(params![account, start.created, start.user_id])?;
        cut(db, account, &(start..end))?;
    }
    Ok(())
}

fn has_any(db: &Connection, account: i64) -> Result<bool, Fault> {
    let sql = "select 1 from people_stretches where account = ?1 limit 1";
    Ok(db.prepare_cached(sql)?.exists([account])?)
}

/// Cuts these people anew. The first stretch begins where it is told to, which may be before anybody.
fn cut(db: &Connection, account: i64, people: &Range<Place>) -> Result<(), Fault> {
    let Range { start, end } = people;
    let mut statement = db.prepare_cached(PEOPLE_OF)?;
    let key = params![account, start.created, start.user_id, end.created, end.user_id];
    let mut rows = statement.query(key)?;
    let mut stretches: Vec<Stretch> = Vec::new();
    while let Some(row) = rows.next()? {
        let suspended: i64 = row.get(2)?;
        match stretches.last_mut() {
            None => stretches.push(Stretch { begins: start.clone(), people: 1, suspended }),
            Some(stretch) if stretch.people < PEOPLE => {
                stretch.people += 1;
                stretch.suspended += suspended;
            }
            Some(_) => stretches.push(Stretch { begins: place(row)?, people: 1, suspended }),
        }
    }
    let sql = "insert into stretch_counts (people, suspended) values (?1, ?2)";
    let mut count = db.prepare_cached(sql)?;
    let sql = "insert into people_stretches (account, created, user_id, stretch)
               values (?1, ?2, ?3, ?4)";
    let mut begin = db.prepare_cached(sql)?;
    for Stretch { begins, people, suspended } in stretches {
        let stretch = count.insert(params![people, suspended])?;
        begin.execute(params![account, begins.created, begins.user_id, stretch])?;
    }
    Ok(())
}

struct Stretch {
    begins: Place,
    people: i64,
    suspended: i64,
}

fn next(db: &Connection, account: i64, start: &Place) -> Result<Place, Fault> {
    let sql = "select created, user_id from people_stretches
               where account = ?1 and (created, user_id) > (?2, ?3)
               order by created, user_id limit 1";
    let key = params![account, start.created, start.user_id];
    let next = db.prepare_cached(sql)?.query_row(key, place).optional()?;
    Ok(next.unwrap_or_else(Place::end))
}

fn place(row: &Row<'_>) -> rusqlite::Result<Place> {
    Ok(Place { created: row.get(0)?, user_id: row.get(1)? })
}

/// Before a store is served: of accounts that a migration or a move left without.
pub(crate) fn make_missing(db: &mut Connection) -> Result<(), Fault> {
    let lacking = "select number from account_numbers n
        where not exists (select 1 from people_stretches s where s.account = n.number)
        and exists (select 1 from people p where p.account = n.number)";
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let accounts: Vec<i64> = {
        let mut statement = transaction.prepare(lacking)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        rows.collect::<Result<_, _>>()?
    };
    for account in accounts {
        cut(&transaction, account, &(Place::first()..Place::end()))?;
    }
    Ok(transaction.commit()?)
}

/// With the triggers, as their migration makes them.
const MIGRATION: &str = include_str!("../../../migrations/sqlite/V10__people_by_number.sql");

/// While people are put into an empty store, who are all counted at the end.
pub(crate) fn stop_counting(db: &Connection) -> Result<(), Fault> {
    db.execute("delete from people_stretches", [])?;
    for trigger in triggers() {
        let name = trigger.split(' ').next().unwrap_or_default();
        db.execute_batch(&format!("drop trigger if exists {name}"))?;
    }
    Ok(())
}

/// Counts from now on; [`make_missing`] counts those who are there.
pub(crate) fn count_again(db: &Connection) -> Result<(), Fault> {
    for trigger in triggers() {
        db.execute_batch(&format!("create trigger if not exists {trigger}"))?;
    }
    Ok(())
}

fn triggers() -> impl Iterator<Item = &'static str> {
    let behind_the_table =
        MIGRATION.split("create table people_stretches").nth(1).unwrap_or_default();
    behind_the_table.split("create trigger ").skip(1)
}

/// The suspended of an account from the first place on and before the second, at most so many.
macro_rules! suspended_sql {
    ($columns:expr, $order:literal) => {
        concat!(
            "select ",
            $columns,
            " from people where account = ?1 and (created, user_id) >= (?2, ?3)
              and (created, user_id) < (?4, ?5) and state = 2 order by created ",
            $order,
            ", user_id ",
            $order,
            " limit ?6"
        )
    };
}
pub(in crate::users) use suspended_sql;

/// Reads suspended people from the first place on and before the second, in the list's order or
/// against it. `sql` is [`suspended_sql`] in that order.
pub(crate) fn suspended<Shown>(
    db: &Connection,
    sql: &str,
    account: i64,
    within: Range<Place>,
    back: bool,
    wanted: i64,
    mut read: impl FnMut(&Row<'_>) -> Result<Shown, Fault>,
) -> Result<Vec<Shown>, Fault> {
    let mut found = Vec::new();
    let mut look = |part: &Range<Place>| -> Result<bool, Fault> {
        let left = wanted.saturating_sub(i64::try_from(found.len()).unwrap_or(i64::MAX));
        let Range { start, end } = part;
        let mut statement = db.prepare_cached(sql)?;
        let mut rows = statement.query(params![
            account,
            start.created,
            start.user_id,
            end.created,
            end.user_id,
            left
        ])?;
        while let Some(row) = rows.next()? {
            found.push(read(row)?);
        }
        Ok(i64::try_from(found.len()).unwrap_or(i64::MAX) >= wanted)
    };
    match back {
        false => walk_forth(db, account, within, &mut look)?,
        true => walk_back(db, account, within, &mut look)?,
    }
    Ok(found)
}

/// Where the stretch begins that a place is in. Asked for alone: of a place that stands in a statement
/// of its own within another, SQLite would use the time only.
pub(super) const FLOOR: &str = "select created, user_id from people_stretches
    where account = ?1 and (created, user_id) <= (?2, ?3)
    order by created desc, user_id desc limit 1";

/// A stretch that has lost its count is read.
pub(super) const FORTH: &str = "select created, user_id, ifnull(suspended, 1)
    from people_stretches s left join stretch_counts c on c.stretch = s.stretch
    where account = ?1 and (created, user_id) >= (?2, ?3)
    order by created, user_id";

pub(super) const BACK: &str = "select created, user_id, ifnull(suspended, 1)
    from people_stretches s left join stretch_counts c on c.stretch = s.stretch
    where account = ?1 and (created, user_id) < (?2, ?3)
    order by created desc, user_id desc";

/// `true`: enough.
type Look<'a> = &'a mut dyn FnMut(&Range<Place>) -> Result<bool, Fault>;

fn walk_forth(
    db: &Connection,
    account: i64,
    within: Range<Place>,
    look: Look<'_>,
) -> Result<(), Fault> {
    let Range { start: mut from, end } = within;
    let key = params![account, from.created, from.user_id];
    let floor = db.prepare_cached(FLOOR)?.query_row(key, place).optional()?;
    let floor = floor.unwrap_or_else(Place::first);
    let mut statement = db.prepare_cached(FORTH)?;
    let mut rows = statement.query(params![account, floor.created, floor.user_id])?;
    let mut has_suspended = true;
    while let Some(row) = rows.next()? {
        let begins = place(row)?;
        if begins >= end {
            break;
        }
        if begins > from {
            if has_suspended && look(&(from..begins.clone()))? {
                return Ok(());
            }
            from = begins;
        }
        has_suspended = row.get::<_, i64>(2)? != 0;
    }
    if has_suspended {
        look(&(from..end))?;
    }
    Ok(())
}

fn walk_back(
    db: &Connection,
    account: i64,
    within: Range<Place>,
    look: Look<'_>,
) -> Result<(), Fault> {
    let Range { start, mut end } = within;
    let mut statement = db.prepare_cached(BACK)?;
    let mut rows = statement.query(params![account, end.created, end.user_id])?;
    while let Some(row) = rows.next()? {
        let begins = place(row)?.max(start.clone());
        let has_suspended = row.get::<_, i64>(2)? != 0;
        if has_suspended && look(&(begins.clone()..end))? || begins <= start {
            return Ok(());
        }
        end = begins;
    }
    // Of an account without any: with one the first begins before everybody.
    look(&(start..end))?;
    Ok(())
}

/// Stretches whose counts are not those of their people: they could hide somebody who is suspended.
pub(crate) fn wrong(db: &Connection) -> Result<Vec<String>, Fault> {
    let sql =
        "select account, created, user_id, ifnull(people, -1), ifnull(suspended, -1), account_id
               from people_stretches s left join stretch_counts c on c.stretch = s.stretch
               left join account_numbers n on n.number = s.account
               order by account, created, user_id";
    let counted = "select count(*), ifnull(sum(state = 2), 0) from people where account = ?1
                   and (created, user_id) >= (?2, ?3) and (created, user_id) < (?4, ?5)";
    let mut counted = db.prepare(counted)?;
    let mut statement = db.prepare(sql)?;
    let mut rows = statement.query([])?;
    let (mut wrong, mut before) = (Vec::new(), None);
    while wrong.len() < WRONG_MAX
        && let Some(row) = rows.next()?
    {
        let account: i64 = row.get(0)?;
        let start = Place { created: row.get(1)?, user_id: row.get(2)? };
        let of: Option<String> = row.get(5)?;
        let of = of.unwrap_or_else(|| format!("account number {account}"));
        if before != Some(account) && start != Place::first() {
            wrong.push(format!("people before the first stretch of the list of {of}"));
        }
        let end = next(db, account, &start)?;
        let key = params![account, start.created, start.user_id, end.created, end.user_id];
        let found: (i64, i64) = counted.query_row(key, |row| Ok((row.get(0)?, row.get(1)?)))?;
        if found != (row.get(3)?, row.get(4)?) {
            let Place { created, user_id } = start;
            wrong.push(format!(
                "stretch of the list that is not of its people: from {created} {user_id} of {of}"
            ));
        }
        before = Some(account);
    }
    Ok(wrong)
}
