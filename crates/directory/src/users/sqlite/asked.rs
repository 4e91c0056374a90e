//! What is asked of people in SQLite: for one of them, a page of them, some by their addresses.

use rusqlite::{Row, ToSql, params};

use super::{BY_EMAIL, BY_ID, BY_PLACE, by_email, by_id, one, user};
use crate::Fault;
use crate::accounts::sqlite::number;
use crate::acting::Refusal;
use crate::store::sqlite::{AskSqlite, Connection, Snapshot};
use crate::tokens::sqlite::caller_facts;
use crate::users::list::Texts;
use crate::users::stretches::{self, sqlite::suspended_sql};
use crate::users::{
    GetUser, ListUsers, Listed, Named, Page, People, PeopleWithEmails, Person, SomePeople, State,
    StateFilter, User, email_key,
};
use crate::world::Moment;

impl AskSqlite for GetUser {
    type Answer = Result<User, Refusal>;
    const HOLDS_ITS_SNAPSHOT: bool = true;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        let (account, whereabouts) = (self.token.account, db.whereabouts());
        if let (Some(id), Some(number)) = (self.user, db.number_before(account)) {
            if let Some(at) = whereabouts.created(account, id)
                && let Some(told) =
                    self.told_with(db, number, BY_PLACE, params![number, at.millis(), &*id.text()])?
            {
                return Ok(told);
            }
            if let Some(told) = self.told_with(db, number, BY_ID, params![number, &*id.text()])? {
                if let Ok(user) = &told {
                    whereabouts.note(account, id, user.created);
                }
                return Ok(told);
            }
        }
        // Nobody: that statement is at its end, and holds nothing any more.
        db.held(|| {
            let caller = caller_facts(db, &self.token)?;
            let found = match (self.user, db.number(account)?) {
                (Some(id), Some(number)) => {
                    one(&mut *db.prepare_cached(BY_ID)?, params![number, &*id.text()])?
                }
                _ => None,
            };
            Ok(self.decide(&caller, found))
        })
    }
}

impl GetUser {
    /// The answer where that statement finds somebody, all within the snapshot that it holds.
    fn told_with(
        &self,
        db: &Snapshot<'_>,
        number: i64,
        sql: &str,
        key: &[&dyn ToSql],
    ) -> Result<Option<Result<User, Refusal>>, Fault> {
        let mut statement = db.prepare_cached(sql)?;
        let mut rows = statement.query(key)?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let found = user(row)?;
        let caller = caller_facts(db, &self.token)?;
        let is_of_the_account = db.number(self.token.account)? == Some(number);
        Ok(is_of_the_account.then(|| self.decide(&caller, Some(found))))
    }
}

impl AskSqlite for ListUsers {
    type Answer = Result<Page, Refusal>;
    const HOLDS_ITS_SNAPSHOT: bool = true;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        let number = match self.filter {
            StateFilter::Suspended => None,
            StateFilter::All | StateFilter::Active => db.number_before(self.token.account),
        };
        let told = number.map(|number| self.told_of(db, number)).transpose()?.flatten();
        match told {
            Some(told) => Ok(told),
            None => self.ask_held(db),
        }
    }
}

impl ListUsers {
    /// The answer where anybody is found of this number and it is the account's, all within the
    /// snapshot that the statement holds until its last row.
    fn told_of(
        &self,
        db: &Snapshot<'_>,
        number: i64,
    ) -> Result<Option<Result<Page, Refusal>>, Fault> {
        let mut caller = None;
        let found = self.page(db, number, |row| {
            if caller.is_none() {
                let is_of_the_account = db.number(self.token.account)? == Some(number);
                caller = Some((caller_facts(db, &self.token)?, is_of_the_account));
            }
            listed(row)
        })?;
        Ok(match caller {
            Some((caller, true)) => Some(self.decide(&caller, found)),
            // Nobody, and that statement held nothing to its end; or somebody of another account.
            Some((_, false)) | None => None,
        })
    }

    fn ask_held(&self, db: &Snapshot<'_>) -> Result<Result<Page, Refusal>, Fault> {
        db.held(|| {
            let caller = caller_facts(db, &self.token)?;
            let found = match db.number(self.token.account)? {
                Some(number) => self.page(db, number, listed)?,
                None => Vec::new(),
            };
            Ok(self.decide(&caller, found))
        })
    }

    fn page(
        &self,
        db: &Connection,
        number: i64,
        read: impl FnMut(&Row<'_>) -> Result<Listed, Fault>,
    ) -> Result<Vec<Listed>, Fault> {
        let begin = self.after.map_or((i64::MIN, String::new()), |after| {
            (after.created.millis(), after.id.to_string())
        });
        page(db, listed_sql, self.filter, number, begin, self.rows_wanted(), read)
    }
}

fn listed(row: &Row<'_>) -> Result<Listed, Fault> {
    let id = row.get_ref(0)?.as_str()?;
    let state: i16 = row.get(3)?;
    Ok(Listed {
        id: id.parse().map_err(|_| Fault::inconsistent("users", "user_id", id))?,
        texts: Texts::of(id, row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?),
        state: State::from_row(state).ok_or_else(|| Fault::inconsistent("users", "state", id))?,
        created: Moment::from_millis(row.get(4)?),
    })
}

fn page<Shown>(
    db: &Connection,
    sql: fn(StateFilter) -> &'static str,
    filter: StateFilter,
    account: i64,
    (created, id): (i64, String),
    limit: i64,
    mut read: impl FnMut(&Row<'_>) -> Result<Shown, Fault>,
) -> Result<Vec<Shown>, Fault> {
    let sql = sql(filter);
    if filter == StateFilter::Suspended {
        let within = stretches::beside(created, &id, false);
        return stretches::sqlite::suspended(db, sql, account, within, false, limit, read);
    }
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![account, created, id, limit])?;
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
        let found = match number(db, &self.account.text())? {
            Some(account) => page(db, page_sql, self.state, account, self.begin(), rows, user)?,
            None => Vec::new(),
        };
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
        let Some(account) = number(db, &self.account.text())? else { return Ok(Vec::new()) };
        let mut by_email = db.prepare_cached(BY_EMAIL)?;
        let mut found = Vec::new();
        for key in &self.keys {
            found.extend(one(&mut by_email, params![account, key])?);
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
                        " from people where account = ?1 and (created, user_id) > (?2, ?3) ",
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
pages!(listed_sql, "user_id, email, display_name, state, created", "and state <> 3 ");
