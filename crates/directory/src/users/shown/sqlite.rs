//! People for the console, in SQLite.

use rusqlite::params;

use super::{
    Begin, BrowsePeople, OnePerson, OnePersonShown, PersonShown, Search, alive_since, name_range,
};
use crate::Fault;
use crate::accounts::sqlite::number;
use crate::links;
use crate::paging::At;
use crate::sessions::Visit;
use crate::store::sqlite::Connection;
use crate::users::sqlite::{by_id, user};
use crate::users::stretches::{self, sqlite::suspended_sql};
use crate::users::{StateFilter, User};
use crate::world::UserId;

macro_rules! columns {
    () => {
        "user_id, email, display_name, state, owner, administrator, security, \
         externally_managed, created, epoch, suspensions"
    };
}

pub(super) fn browse(
    asked: &BrowsePeople,
    db: &Connection,
    visit: &Visit,
) -> Result<(At<UserId>, Vec<PersonShown>), Fault> {
    let account = visit.account.to_string();
    let beside = match asked.at.key() {
        Some(id) => by_id(db, &account, &id.text())?,
        None => None,
    };
    let at = asked.at(beside.as_ref());
    let Some(number) = number(db, &account)? else { return Ok((at, Vec::new())) };
    let found = match asked.search() {
        Some(search) => {
            let begin = BrowsePeople::begin(&search, beside.as_ref());
            searched(asked, db, number, &search, &begin, at.is_before())?
        }
        None => listed(asked, db, number, beside.as_ref(), at.is_before())?,
    };
    let shown = found.into_iter().map(PersonShown::of).collect();
    Ok((at, shown))
}

fn listed(
    asked: &BrowsePeople,
    db: &Connection,
    account: i64,
    beside: Option<&User>,
    back: bool,
) -> Result<Vec<User>, Fault> {
    let (created, id) =
        beside.map_or((i64::MIN, String::new()), |u| (u.created.millis(), u.id.to_string()));
    let (sql, wanted) = (list_sql(asked.state, back), At::<UserId>::rows_wanted(asked.size));
    if asked.state == StateFilter::Suspended {
        let within = stretches::beside(created, &id, back);
        return stretches::sqlite::suspended(db, sql, account, within, back, wanted, user);
    }
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![account, created, id, wanted])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(user(row)?);
    }
    Ok(found)
}

const fn list_sql(state: StateFilter, back: bool) -> &'static str {
    macro_rules! page {
        ($state:literal, $from:literal, $order:literal) => {
            concat!(
                "select ",
                columns!(),
                " from people where account = ?1 and (created, user_id) ",
                $from,
                " (?2, ?3) ",
                $state,
                " order by created ",
                $order,
                ", user_id ",
                $order,
                " limit ?4"
            )
        };
    }
    match (state, back) {
        (StateFilter::All, false) => page!("", ">", "asc"),
        (StateFilter::Active, false) => page!("and state = 1", ">", "asc"),
        (StateFilter::Suspended, false) => suspended_sql!(columns!(), "asc"),
        (StateFilter::All, true) => page!("", "<", "desc"),
        (StateFilter::Active, true) => page!("and state = 1", "<", "desc"),
        (StateFilter::Suspended, true) => suspended_sql!(columns!(), "desc"),
    }
}

macro_rules! search_sql {
    (addresses, $from:literal, $order:literal) => {
        concat!(
            "select ",
            columns!(),
            " from people indexed by people_by_email where account = ?1
              and ifnull(email_key, email) >= ?2 and ifnull(email_key, email) < ?3
              and ifnull(email_key, email) ",
            $from,
            " ?4 and (?5 = 0 or state = ?5) order by ifnull(email_key, email) ",
            $order,
            " limit ?6"
        )
    };
    (names, $from:literal, $order:literal) => {
        concat!(
            "select ",
            columns!(),
            " from people indexed by people_by_name where account = ?1
              and lower(display_name) >= ?2 and lower(display_name) <= ?3
              and (lower(display_name), user_id) ",
            $from,
            " (?4, ?7) and not (ifnull(email_key, email) >= ?8 and ifnull(email_key, email) < ?9)
              and (?5 = 0 or state = ?5) order by lower(display_name) ",
            $order,
            ", user_id ",
            $order,
            " limit ?6"
        )
    };
}

fn searched(
    asked: &BrowsePeople,
    db: &Connection,
    account: i64,
    search: &Search,
    begin: &Begin,
    back: bool,
) -> Result<Vec<User>, Fault> {
    let mut found = Vec::new();
    // Names come behind addresses, so going back they come first.
    for names in [back, !back] {
        let wanted =
            At::<UserId>::rows_wanted(asked.size) - i64::try_from(found.len()).unwrap_or(0);
        if wanted <= 0 {
            break;
        }
        if names {
            let sql =
                if back { search_sql!(names, "<", "desc") } else { search_sql!(names, ">", "asc") };
            let (from, end) = name_range(search, begin, back);
            let mut statement = db.prepare_cached(sql)?;
            let mut rows = statement.query(params![
                account,
                from,
                end,
                begin.name,
                asked.state_row(),
                wanted,
                begin.id,
                search.address.from,
                search.address.end,
            ])?;
            while let Some(row) = rows.next()? {
                found.push(user(row)?);
            }
        } else {
            let sql = if back {
                search_sql!(addresses, "<", "desc")
            } else {
                search_sql!(addresses, ">", "asc")
            };
            let mut statement = db.prepare_cached(sql)?;
            let mut rows = statement.query(params![
                account,
                search.address.from,
                search.address.end,
                begin.address,
                asked.state_row(),
                wanted,
            ])?;
            while let Some(row) = rows.next()? {
                found.push(user(row)?);
            }
        }
    }
    Ok(found)
}

pub(super) fn one(
    asked: &OnePerson,
    db: &Connection,
    visit: &Visit,
) -> Result<Option<OnePersonShown>, Fault> {
    let account = visit.account.to_string();
    let Some(user) = by_id(db, &account, &asked.user.text())? else { return Ok(None) };
    let sql = "select exists (select 1 from passwords where account_id = ?1 and user_id = ?2),
                      (select count(*) from sessions where account_id = ?1 and user_id = ?2
                       and user_epoch = ?3 and began > ?4 and seen > ?5)";
    let (began, seen) = alive_since(visit);
    let keys = params![account, user.id.to_string(), user.epoch, began, seen];
    let (has_password, sessions) =
        db.prepare_cached(sql)?.query_row(keys, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let link = links::sqlite::of_person(db, &account, user.id)?;
    Ok(Some(OnePersonShown { user, has_password, link, sessions }))
}
