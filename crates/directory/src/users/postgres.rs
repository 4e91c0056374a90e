//! People in PostgreSQL: rows of a batch, and the questions; those of applications are in `asked.rs`.

mod asked;
mod asked_together;

use futures_util::future::{try_join, try_join3};
use tokio_postgres::Row;

use super::{
    Named, People, PeopleWithEmails, Person, SomePeople, State, StateFilter, User, email_key,
};
use crate::Fault;
use crate::accounts::postgres::number;
use crate::acting::{Changes, EmailKeys, Needs, Users};
use crate::groups::Groups;
use crate::store::postgres::{AskPostgres, Connection, exactly};
use crate::tokens::postgres::person_columns;
use crate::world::{AccountId, Moment};

/// `from` is where the eleven columns of a person begin in the row.
pub(crate) fn user(row: &Row, from: usize) -> Result<User, Fault> {
    let id: &str = row.get(from);
    Ok(User {
        id: id.parse().map_err(|_| Fault::inconsistent("users", "user_id", id))?,
        email: row.get(from + 1),
        display_name: row.get(from + 2),
        state: State::from_row(row.get(from + 3))
            .ok_or_else(|| Fault::inconsistent("users", "state", id))?,
        groups: Groups {
            owner: row.get(from + 4),
            administrator: row.get(from + 5),
            security: row.get(from + 6),
        },
        externally_managed: row.get(from + 7),
        created: Moment::from_millis(row.get(from + 8)),
        epoch: number(row.get(from + 9), "users", "epoch")?,
        suspensions: number(row.get(from + 10), "users", "suspensions")?,
    })
}

/// A statement has five seconds, also on a machine that is busy: what is much is sent in several.
const STATEMENT_MAX_ROWS: usize = 2_000;

/// People who cannot be read, or are looked up under another address than their own.
pub(crate) async fn wrong(db: &Connection) -> Result<Vec<String>, Fault> {
    const TOLD_MAX: usize = 100;
    let sql = concat!(
        "select ",
        person_columns!(),
        ", email_key, account_id from users where (account_id, user_id) > ($1, $2)
         order by account_id, user_id limit $3"
    );
    let (mut after, mut found) = ((String::new(), String::new()), Vec::new());
    loop {
        let limit = i64::try_from(STATEMENT_MAX_ROWS).unwrap_or(i64::MAX);
        let rows = db.query(sql, &[&after.0, &after.1, &limit]).await?;
        let Some(last) = rows.last() else { return Ok(found) };
        after = (last.get(12), last.get(0));
        for row in &rows {
            found.extend(super::wrong(user(row, 0), row.get(11), || row.get(0)));
        }
        if found.len() >= TOLD_MAX {
            return Ok(found);
        }
    }
}

type Loaded = (Users, EmailKeys, Option<u64>);

pub(crate) async fn load(
    db: &Connection,
    account: AccountId,
    needs: &Needs,
) -> Result<Loaded, Fault> {
    let account = account.to_string();
    let (users, emails, owners) = try_join3(
        by_ids(db, &account, needs),
        emails_taken(db, &account, needs),
        active_owners(db, &account, needs),
    )
    .await?;
    Ok((users, emails, owners))
}

async fn by_ids(db: &Connection, account: &str, needs: &Needs) -> Result<Users, Fault> {
    let ids: Vec<String> = needs.users.iter().map(ToString::to_string).collect();
    let sql = concat!(
        "select ",
        person_columns!(),
        " from users where account_id = $1 and user_id = any($2)"
    );
    let mut found = Users::default();
    for ids in ids.chunks(STATEMENT_MAX_ROWS) {
        for row in db.query(sql, &[&account, &ids]).await? {
            let user = user(&row, 0)?;
            found.insert(user.id, user);
        }
    }
    Ok(found)
}

async fn emails_taken(db: &Connection, account: &str, needs: &Needs) -> Result<EmailKeys, Fault> {
    let keys: Vec<&String> = needs.emails.iter().collect();
    let sql = "select email_key from users where account_id = $1 and email_key = any($2)";
    let mut taken = EmailKeys::default();
    for keys in keys.chunks(STATEMENT_MAX_ROWS) {
        taken.extend(db.query(sql, &[&account, &keys]).await?.iter().map(|row| row.get(0)));
    }
    Ok(taken)
}

async fn active_owners(
    db: &Connection,
    account: &str,
    needs: &Needs,
) -> Result<Option<u64>, Fault> {
    if !needs.owners {
        return Ok(None);
    }
    let sql = "select count(*) from users where account_id = $1 and owner and state = 1";
    let count: i64 = db.query(sql, &[&account]).await?.first().map_or(0, |row| row.get(0));
    u64::try_from(count).map(Some).map_err(|_| Fault::inconsistent("users", "owner", count))
}

pub(crate) async fn store(
    db: &Connection,
    account: AccountId,
    changes: &Changes,
) -> Result<(), Fault> {
    let account = account.to_string();
    let rows = changes.user_rows();
    delete(db, &account, &rows.removed).await?;
    let insert = async {
        for users in rows.added.chunks(STATEMENT_MAX_ROWS) {
            insert(db, &account, users).await?;
        }
        Ok(())
    };
    try_join(update(db, &account, &rows.changed), insert).await.map(|_| ())
}

/// Only over the epochs that were loaded.
async fn delete(db: &Connection, account: &str, users: &[&User]) -> Result<(), Fault> {
    if users.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = users.iter().map(|user| user.id.to_string()).collect();
    let before: Vec<i64> = users.iter().map(|user| i64::from(user.epoch)).collect();
    let sql = "delete from users u using unnest($2::text[], $3::bigint[]) w(user_id, before)
               where u.account_id = $1 and u.user_id = w.user_id and u.epoch = w.before";
    let count = db.execute(sql, &[&account, &ids, &before]).await?;
    exactly(count, users.len(), "users", "epoch")
}

/// Only over the epochs that were loaded.
async fn update(db: &Connection, account: &str, users: &[(&User, &User)]) -> Result<(), Fault> {
    if users.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = users.iter().map(|(_, user)| user.id.to_string()).collect();
    let before: Vec<i64> = users.iter().map(|(before, _)| i64::from(before.epoch)).collect();
    let after: Vec<i64> = users.iter().map(|(_, user)| i64::from(user.epoch)).collect();
    let suspensions: Vec<i64> = users.iter().map(|(_, user)| i64::from(user.suspensions)).collect();
    let state: Vec<i16> = users.iter().map(|(_, user)| user.state.to_row()).collect();
    let owner: Vec<bool> = users.iter().map(|(_, user)| user.groups.owner).collect();
    let administrator: Vec<bool> =
        users.iter().map(|(_, user)| user.groups.administrator).collect();
    let security: Vec<bool> = users.iter().map(|(_, user)| user.groups.security).collect();
    let sql =
        "update users u set state = w.state, owner = w.owner, administrator = w.administrator,
                      security = w.security, epoch = w.after, suspensions = w.suspensions
               from unnest($2::text[], $3::bigint[], $4::bigint[], $5::smallint[], $6::boolean[],
                           $7::boolean[], $8::boolean[], $9::bigint[])
                    w(user_id, before, after, state, owner, administrator, security,
                      suspensions)
               where u.account_id = $1 and u.user_id = w.user_id and u.epoch = w.before";
    let count = db
        .execute(
            sql,
            &[
                &account,
                &ids,
                &before,
                &after,
                &state,
                &owner,
                &administrator,
                &security,
                &suspensions,
            ],
        )
        .await?;
    exactly(count, users.len(), "users", "epoch")
}

async fn insert(db: &Connection, account: &str, users: &[&User]) -> Result<(), Fault> {
    let created: Vec<i64> = users.iter().map(|user| user.created.millis()).collect();
    let ids: Vec<String> = users.iter().map(|user| user.id.to_string()).collect();
    let emails: Vec<&str> = users.iter().map(|user| user.email.as_str()).collect();
    let keys: Vec<String> = users.iter().map(|user| email_key(&user.email)).collect();
    let names: Vec<&str> = users.iter().map(|user| user.display_name.as_str()).collect();
    let state: Vec<i16> = users.iter().map(|user| user.state.to_row()).collect();
    let owner: Vec<bool> = users.iter().map(|user| user.groups.owner).collect();
    let administrator: Vec<bool> = users.iter().map(|user| user.groups.administrator).collect();
    let security: Vec<bool> = users.iter().map(|user| user.groups.security).collect();
    let external: Vec<bool> = users.iter().map(|user| user.externally_managed).collect();
    let epoch: Vec<i64> = users.iter().map(|user| i64::from(user.epoch)).collect();
    let suspensions: Vec<i64> = users.iter().map(|user| i64::from(user.suspensions)).collect();
    let sql = "insert into users (account_id, created, user_id, email, email_key, display_name, state,
                      owner, administrator, security, externally_managed, epoch, suspensions)
               select $1, w.* from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[],
                      $7::smallint[], $8::boolean[], $9::boolean[], $10::boolean[], $11::boolean[],
                      $12::bigint[], $13::bigint[]) w";
    let count = db
        .execute(
            sql,
            &[
                &account,
                &created,
                &ids,
                &emails,
                &keys,
                &names,
                &state,
                &owner,
                &administrator,
                &security,
                &external,
                &epoch,
                &suspensions,
            ],
        )
        .await?;
    exactly(count, users.len(), "users", "user_id")
}

impl AskPostgres for People {
    type Reply = SomePeople;

    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        let (created, id) = self.begin();
        let keys: (String, i64) = (self.account.to_string(), i64::from(self.rows));
        let rows = db.query(browse_sql(self.state), &[&keys.0, &created, &id, &keys.1]).await?;
        Ok(self.decide(rows.iter().map(|row| user(row, 0)).collect::<Result<_, _>>()?))
    }
}

const fn browse_sql(state: StateFilter) -> &'static str {
    macro_rules! page {
        ($state:literal) => {
            concat!(
                "select ",
                person_columns!(),
                " from users where account_id = $1 and (created, user_id) > ($2, $3) ",
                $state,
                "order by created, user_id limit $4"
            )
        };
    }
    match state {
        StateFilter::All => page!(""),
        StateFilter::Active => page!("and state = 1 "),
        StateFilter::Suspended => page!("and state = 2 "),
    }
}

impl AskPostgres for Person {
    type Reply = Option<User>;

    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        let account = self.account.to_string();
        let found = match &self.who {
            Named::Id(id) => {
                let sql = concat!(
                    "select ",
                    person_columns!(),
                    " from users where account_id = $1 and user_id = $2"
                );
                db.query(sql, &[&account, &id.to_string()]).await?
            }
            Named::Email(email) => with_emails(db, &account, &[email_key(email)]).await?,
        };
        found.first().map(|row| user(row, 0)).transpose()
    }
}

impl AskPostgres for PeopleWithEmails {
    type Reply = Vec<User>;

    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        let rows = with_emails(db, &self.account.to_string(), &self.keys).await?;
        rows.iter().map(|row| user(row, 0)).collect()
    }
}

async fn with_emails(db: &Connection, account: &str, keys: &[String]) -> Result<Vec<Row>, Fault> {
    let sql = concat!(
        "select ",
        person_columns!(),
        " from users where account_id = $1 and email_key = any($2)"
    );
    db.query(sql, &[&account, &keys]).await
}
