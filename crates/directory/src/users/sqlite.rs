//! People in SQLite: rows of a batch, and what is asked of them.

mod asked;
pub(crate) mod moved;

use rusqlite::{OptionalExtension, Row, Statement, ToSql, params};

use super::stretches;
use super::whereabouts::Whereabouts;
use super::{State, User, email_key};
use crate::Fault;
use crate::accounts::sqlite::{number, number_of};
use crate::acting::{Changes, Facts, Needs};
use crate::groups::Groups;
use crate::store::sqlite::{Connection, exactly_one, texts};
use crate::world::{AccountId, Moment};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select user_id, email, display_name, state, owner, administrator, security, ",
            "externally_managed, created, epoch, suspensions from people ",
            $rest
        )
    };
}

pub(crate) fn user(row: &Row<'_>) -> Result<User, Fault> {
    let id = row.get_ref(0)?.as_str()?;
    let state: i16 = row.get(3)?;
    Ok(User {
        id: id.parse().map_err(|_| Fault::inconsistent("users", "user_id", id))?,
        email: row.get(1)?,
        display_name: row.get(2)?,
        state: State::from_row(state).ok_or_else(|| Fault::inconsistent("users", "state", id))?,
        groups: Groups { owner: row.get(4)?, administrator: row.get(5)?, security: row.get(6)? },
        externally_managed: row.get(7)?,
        created: Moment::from_millis(row.get(8)?),
        epoch: row.get(9)?,
        suspensions: row.get(10)?,
    })
}

/// The index is named, for the planner by itself would read everybody of the account.
pub(crate) const COUNT_OWNERS: &str = "select count(*) from people
                                       indexed by people_active_owners
                                       where account = ?1 and owner = 1 and state = 1";

pub(crate) fn by_id(db: &Connection, account: &str, id: &str) -> Result<Option<User>, Fault> {
    match number(db, account)? {
        Some(account) => one(&mut *db.prepare_cached(BY_ID)?, params![account, id]),
        None => Ok(None),
    }
}

const BY_ID: &str = select!("where account = ?1 and user_id = ?2");
/// By the expression that is in the index.
const BY_EMAIL: &str = select!("where account = ?1 and ifnull(email_key, email) = ?2");
const IS_TAKEN: &str = "select 1 from people where account = ?1 and ifnull(email_key, email) = ?2";
/// By their own key: the planner would go by the index of ids, and from there to this place.
const BY_PLACE: &str = select!("not indexed where account = ?1 and created = ?2 and user_id = ?3");

fn one(statement: &mut Statement<'_>, key: &[&dyn ToSql]) -> Result<Option<User>, Fault> {
    statement.query_row(key, |row| Ok(user(row))).optional()?.transpose()
}

pub(crate) fn by_email(db: &Connection, account: &str, key: &str) -> Result<Option<User>, Fault> {
    let Some(account) = number(db, account)? else { return Ok(None) };
    one(&mut *db.prepare_cached(BY_EMAIL)?, params![account, key])
}

pub(crate) fn load(
    db: &Connection,
    whereabouts: &Whereabouts,
    account: AccountId,
    needs: &Needs,
    facts: &mut Facts,
) -> Result<(), Fault> {
    let Some(number) = number(db, &account.text())? else {
        // An account that is being made: it gets its number with its row, and nobody is in it.
        facts.active_owners = needs.owners.then_some(0);
        return Ok(());
    };
    // Statements are looked up once for all rows: there may be a hundred thousand.
    if !needs.users.is_empty() {
        let mut by_place = db.prepare_cached(BY_PLACE)?;
        let mut by_id = db.prepare_cached(BY_ID)?;
        for id in &needs.users {
            let there = match whereabouts.created(account, *id) {
                Some(at) => one(&mut by_place, params![number, at.millis(), &*id.text()])?,
                None => None,
            };
            if let Some(user) = there {
                facts.users.insert(*id, user);
            } else if let Some(user) = one(&mut by_id, params![number, &*id.text()])? {
                whereabouts.note(account, *id, user.created);
                facts.users.insert(*id, user);
            }
        }
    }
    if !needs.emails.is_empty() {
        let mut is_taken = db.prepare_cached(IS_TAKEN)?;
        for key in &needs.emails {
            if is_taken.exists(params![number, key])? {
                facts.emails_taken.insert(key.clone());
            }
        }
    }
    if needs.owners {
        facts.active_owners =
            Some(db.prepare_cached(COUNT_OWNERS)?.query_row([number], |row| row.get(0))?);
    }
    Ok(())
}

/// People whose account no account has: the view would leave them out.
pub(crate) fn of_no_number(db: &Connection) -> Result<Vec<String>, Fault> {
    let sql = "select distinct 'people of no account: number ' || account from people
               where account not in (select number from account_numbers) limit 100";
    texts(db, sql)
}

/// People who cannot be read, or are looked up under another address than their own.
pub(crate) fn wrong(db: &Connection) -> Result<Vec<String>, Fault> {
    const TOLD_MAX: usize = 100;
    let mut statement = db.prepare(
        "select user_id, email, display_name, state, owner, administrator, security,
                externally_managed, created, epoch, suspensions, ifnull(email_key, email) from people",
    )?;
    let (mut rows, mut found) = (statement.query([])?, Vec::new());
    while let Some(row) = rows.next()? {
        let key = row.get_ref(11)?.as_str().unwrap_or_default();
        found.extend(super::wrong(user(row), key, || row.get(0).unwrap_or_default()));
        if found.len() == TOLD_MAX {
            break;
        }
    }
    Ok(found)
}

/// `is_filling`: addresses and names have no index yet, and nothing is counted.
pub(crate) fn store(
    db: &Connection,
    account: AccountId,
    changes: &Changes,
    is_filling: bool,
) -> Result<(), Fault> {
    let rows = changes.user_rows();
    if rows.removed.is_empty() && rows.changed.is_empty() && rows.added.is_empty() {
        return Ok(());
    }
    let account = number_of(db, &account.text())?;
    if !rows.removed.is_empty() {
        let mut delete = db.prepare_cached(DELETE)?;
        for user in rows.removed {
            let keys = params![account, user.created.millis(), &*user.id.text(), user.epoch];
            exactly_one(delete.execute(keys)?, "users", "epoch", user.id)?;
        }
    }
    if !rows.changed.is_empty() {
        let mut update = db.prepare_cached(UPDATE)?;
        for (before, after) in rows.changed {
            let count = update.execute(params![
                account,
                before.created.millis(),
                &*before.id.text(),
                before.epoch,
                after.state.to_row(),
                after.groups.owner,
                after.groups.administrator,
                after.groups.security,
                after.epoch,
                after.suspensions,
            ])?;
            exactly_one(count, "users", "epoch", before.id)?;
        }
    }
    if !rows.added.is_empty() {
        let keyed = rows.added.into_iter().map(|user| (email_key(&user.email), user));
        let mut added: Vec<_> = keyed.collect();
        match is_filling {
            true => added.sort_unstable_by_key(|(_, user)| (user.created, user.id)),
            // Then two of the four trees, addresses and names, are met in their order.
            false => added.sort_unstable_by(|(one, _), (other, _)| one.cmp(other)),
        }
        let mut insert = db.prepare_cached(INSERT)?;
        for (key, user) in added {
            insert.execute(params![
                account,
                user.created.millis(),
                &*user.id.text(),
                user.email,
                (key != user.email).then_some(key),
                user.display_name,
                user.state.to_row(),
                user.groups.owner,
                user.groups.administrator,
                user.groups.security,
                user.externally_managed,
                user.epoch,
                user.suspensions,
            ])?;
        }
        if !is_filling {
            stretches::sqlite::cut_long_ones(db, account)?;
        }
    }
    Ok(())
}

/// Only over the epoch that was loaded, and by their own key.
const DELETE: &str = "delete from people not indexed
    where account = ?1 and created = ?2 and user_id = ?3 and epoch = ?4";

/// The same. What a statement with a trigger may have to undo by itself SQLite copies aside, page
/// by page; here the batch would be rolled back in any case.
const UPDATE: &str = "update or rollback people not indexed set state = ?5, owner = ?6,
    administrator = ?7, security = ?8, epoch = ?9, suspensions = ?10
    where account = ?1 and created = ?2 and user_id = ?3 and epoch = ?4";

const INSERT: &str = "insert into people (account, created, user_id, email, email_key,
    display_name, state, owner, administrator, security, externally_managed, epoch, suspensions)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::migrated;

    /// The planner holds the index of ids to be as good, which is one more way down a tree and a
    /// page that nothing else of an act needs.
    #[test]
    fn whose_place_is_known_is_met_by_their_own_key() {
        let (_folder, db) = migrated();
        for sql in [BY_PLACE, UPDATE, DELETE] {
            let mut explained = db.prepare(&format!("explain query plan {sql}")).unwrap();
            // What is not bound is null.
            let mut rows = explained.raw_query();
            let plan: String = rows.next().unwrap().unwrap().get(3).unwrap();
            assert!(
                plan.contains("USING PRIMARY KEY (account=? AND created=? AND user_id=?)"),
                "{plan}: {sql}"
            );
        }
    }

    /// Also through the view: what is asked of one person must not cost a look at all of them.
    #[test]
    fn nobody_is_found_by_a_look_at_everybody() {
        let (_folder, db) = migrated();
        let columns = ["account_id", "created", "user_id", "email_key"].map(str::to_owned);
        let moved = moved::page_sql(&columns, 500);
        for sql in [
            BY_ID,
            BY_EMAIL,
            IS_TAKEN,
            &moved,
            "select display_name from users where account_id = ?1 and user_id = ?2",
            "select 1 from sessions x where not exists (select 1 from users u
             where u.account_id = x.account_id and u.user_id = x.user_id)",
        ] {
            let mut explained = db.prepare(&format!("explain query plan {sql}")).unwrap();
            let mut rows = explained.raw_query();
            while let Some(row) = rows.next().unwrap() {
                let step: String = row.get(3).unwrap();
                assert!(
                    !["SCAN p", "SCAN u"].iter().any(|word| step.starts_with(word)),
                    "{step}: {sql}"
                );
                assert!(!step.contains("TEMP B-TREE"), "{step}: {sql}");
            }
        }
    }
}
