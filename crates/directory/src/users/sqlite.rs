//! People in SQLite: rows of a batch, and the two questions.

use rusqlite::{OptionalExtension, Row, Statement, params};

use super::list::Texts;
use super::stretches::{self, sqlite::suspended_sql};
use super::{
    GetUser, ListUsers, Listed, Named, Page, People, PeopleWithEmails, Person, SomePeople, State,
    StateFilter, User, email_key,
};
use crate::Fault;
use crate::acting::{Changes, Facts, Needs, Refusal};
use crate::groups::Groups;
use crate::store::sqlite::{AskSqlite, Connection, Snapshot, exactly_one};
use crate::tokens::sqlite::caller_facts;
use crate::world::{AccountId, Moment};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select user_id, email, display_name, state, owner, administrator, security, ",
            "externally_managed, created, epoch, suspensions from users ",
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
pub(crate) const COUNT_OWNERS: &str = "select count(*) from users indexed by users_active_owners
                                       where account_id = ?1 and owner = 1 and state = 1";

pub(crate) fn by_id(db: &Connection, account: &str, id: &str) -> Result<Option<User>, Fault> {
    let mut statement = db.prepare_cached(BY_ID)?;
    by_id_with(&mut statement, account, id)
}

const BY_ID: &str = select!("where account_id = ?1 and user_id = ?2");

fn by_id_with(by_id: &mut Statement<'_>, account: &str, id: &str) -> Result<Option<User>, Fault> {
    by_id.query_row(params![account, id], |row| Ok(user(row))).optional()?.transpose()
}

pub(crate) fn by_email(db: &Connection, account: &str, key: &str) -> Result<Option<User>, Fault> {
    let sql = select!("where account_id = ?1 and email_key = ?2");
    let mut statement = db.prepare_cached(sql)?;
    statement.query_row(params![account, key], |row| Ok(user(row))).optional()?.transpose()
}

pub(crate) fn load(
    db: &Connection,
    account: AccountId,
    needs: &Needs,
    facts: &mut Facts,
) -> Result<(), Fault> {
    let account = account.to_string();
    // Statements are looked up once for all rows: there may be a hundred thousand.
    if !needs.users.is_empty() {
        let mut by_id = db.prepare_cached(BY_ID)?;
        for id in &needs.users {
            if let Some(user) = by_id_with(&mut by_id, &account, &id.text())? {
                facts.users.insert(*id, user);
            }
        }
    }
    if !needs.emails.is_empty() {
        let sql = "select 1 from users where account_id = ?1 and email_key = ?2";
        let mut is_taken = db.prepare_cached(sql)?;
        for key in &needs.emails {
            if is_taken.exists(params![account, key])? {
                facts.emails_taken.insert(key.clone());
            }
        }
    }
    if needs.owners {
        facts.active_owners =
            Some(db.prepare_cached(COUNT_OWNERS)?.query_row(params![account], |row| row.get(0))?);
    }
    Ok(())
}

/// `is_filling`: addresses and names have no index yet, and nothing is counted.
pub(crate) fn store(
    db: &Connection,
    account: AccountId,
    changes: &Changes,
    is_filling: bool,
) -> Result<(), Fault> {
    let account = account.to_string();
    let rows = changes.user_rows();
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
                key,
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
            stretches::sqlite::cut_long_ones(db, &account)?;
        }
    }
    Ok(())
}

/// Only over the epoch that was loaded.
const DELETE: &str = "delete from users
    where account_id = ?1 and created = ?2 and user_id = ?3 and epoch = ?4";

/// Only over the epoch that was loaded.
const UPDATE: &str = "update users set state = ?5, owner = ?6, administrator = ?7, security = ?8,
    epoch = ?9, suspensions = ?10
    where account_id = ?1 and created = ?2 and user_id = ?3 and epoch = ?4";

const INSERT: &str = "insert into users (account_id, created, user_id, email, email_key,
    display_name, state, owner, administrator, security, externally_managed, epoch, suspensions)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";

impl AskSqlite for GetUser {
    type Answer = Result<User, Refusal>;
    const HOLDS_ITS_SNAPSHOT: bool = true;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        let mut statement = db.prepare_cached(BY_ID)?;
        if let Some(id) = self.user {
            let mut rows = statement.query(params![&*self.token.account.text(), &*id.text()])?;
            if let Some(row) = rows.next()? {
                let found = user(row)?;
                let caller = caller_facts(db, &self.token)?;
                return Ok(self.decide(&caller, Some(found)));
            }
        }
        // Nobody: that statement is at its end, and holds nothing any more.
        db.held(|| {
            let caller = caller_facts(db, &self.token)?;
            let found = match self.user {
                Some(id) => by_id_with(&mut statement, &self.token.account.text(), &id.text())?,
                None => None,
            };
            Ok(self.decide(&caller, found))
        })
    }
}

impl AskSqlite for ListUsers {
    type Answer = Result<Page, Refusal>;
    const HOLDS_ITS_SNAPSHOT: bool = true;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        if self.filter == StateFilter::Suspended {
            return self.ask_held(db);
        }
        let mut caller = None;
        let found = self.page(db, |row| {
            // With the first row, whose statement holds the snapshot until the last one.
            if caller.is_none() {
                caller = Some(caller_facts(db, &self.token)?);
            }
            listed(row)
        })?;
        match caller {
            Some(caller) => Ok(self.decide(&caller, found)),
            // Nobody: that statement held nothing to its end.
            None => self.ask_held(db),
        }
    }
}

impl ListUsers {
    fn ask_held(&self, db: &Snapshot<'_>) -> Result<Result<Page, Refusal>, Fault> {
        db.held(|| {
            let caller = caller_facts(db, &self.token)?;
            Ok(self.decide(&caller, self.page(db, listed)?))
        })
    }

    fn page(
        &self,
        db: &Connection,
        read: impl FnMut(&Row<'_>) -> Result<Listed, Fault>,
    ) -> Result<Vec<Listed>, Fault> {
        let begin = self.after.map_or((i64::MIN, String::new()), |after| {
            (after.created.millis(), after.id.to_string())
        });
        page(db, listed_sql, self.filter, self.token.account, begin, self.rows_wanted(), read)
    }
}

fn listed(row: &Row<'_>) -> Result<Listed, Fault> {
    let id = row.get_ref(0)?.as_str()?;
    let state: i16 = row.get(3)?;
    Ok(Listed {
        id: id.parse().map_err(|_| Fault::inconsistent("users", "user_id", id))?,
        texts: Texts::of(row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?),
        state: State::from_row(state).ok_or_else(|| Fault::inconsistent("users", "state", id))?,
        created: Moment::from_millis(row.get(4)?),
        epoch: row.get(5)?,
    })
}

fn page<Shown>(
    db: &Connection,
    sql: fn(StateFilter) -> &'static str,
    filter: StateFilter,
    account: AccountId,
    (created, id): (i64, String),
    limit: i64,
    mut read: impl FnMut(&Row<'_>) -> Result<Shown, Fault>,
) -> Result<Vec<Shown>, Fault> {
    let (sql, account) = (sql(filter), account.text());
    if filter == StateFilter::Suspended {
        let within = stretches::beside(created, &id, false);
        return stretches::sqlite::suspended(db, sql, &account, within, false, limit, read);
    }
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![&*account, created, id, limit])?;
    let mut users = Vec::with_capacity(usize::try_from(limit).unwrap_or_default());
    while let Some(row) = rows.next()? {
        users.push(read(row)?);
    }
    Ok(users)
}

impl AskSqlite for People {
    type Answer = SomePeople;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        let rows = i64::from(self.rows);
        let found = page(db, page_sql, self.state, self.account, self.begin(), rows, user)?;
        Ok(self.decide(found))
    }
}

impl AskSqlite for Person {
    type Answer = Option<User>;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        let account = self.account.to_string();
        match &self.who {
            Named::Id(id) => by_id(db, &account, &id.to_string()),
            Named::Email(email) => by_email(db, &account, &email_key(email)),
        }
    }
}

impl AskSqlite for PeopleWithEmails {
    type Answer = Vec<User>;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        let account = self.account.to_string();
        let mut found = Vec::new();
        for key in &self.keys {
            found.extend(by_email(db, &account, key)?);
        }
        Ok(found)
    }
}

macro_rules! pages {
    ($name:ident, $columns:literal, $all:literal) => {
        const fn $name(filter: StateFilter) -> &'static str {
            macro_rules! page {
                ($state:literal) => {
                    concat!(
                        "select ",
                        $columns,
                        " from users where account_id = ?1 and (created, user_id) > (?2, ?3) ",
                        $state,
                        "order by created, user_id limit ?4"
                    )
                };
            }
            match filter {
                StateFilter::All => page!($all),
                StateFilter::Active => page!("and state = 1 "),
                StateFilter::Suspended => suspended_sql!($columns, "asc"),
            }
        }
    };
}

pages!(
    page_sql,
    "user_id, email, display_name, state, owner, administrator, security, externally_managed, \
     created, epoch, suspensions",
    ""
);
// Who was invited is nobody whom the API knows.
pages!(listed_sql, "user_id, email, display_name, state, created, epoch", "and state <> 3 ");
