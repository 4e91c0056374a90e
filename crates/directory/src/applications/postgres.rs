//! Applications and their live secrets in PostgreSQL.

use std::collections::{HashMap, HashSet};

use futures_util::future::try_join3;
use tokio_postgres::Row;

use super::find::secrets_only_in;
use super::{
    Application, ApplicationShown, FindApplication, ListApplications, LiveSecret, Networks, Scopes,
    SecretDigest, Terms, seen, seen::postgres::Seen, uses,
};
use crate::Fault;
use crate::accounts::postgres::number;
use crate::acting::{Changes, Edit, Needs};
use crate::store::postgres::{AskPostgres, Connection, exactly};
use crate::world::{AccountId, ApplicationId, Moment};

/// The columns of an application, and of a secret behind it.
const APPLICATION_WIDTH: usize = 8;
const SECRET_WIDTH: usize = 6;
/// The columns that [`shown`] reads: both, and the last use of the secret.
pub(super) const SHOWN_WIDTH: usize = APPLICATION_WIDTH + SECRET_WIDTH + 3;

type Loaded = (HashMap<ApplicationId, Application>, HashSet<ApplicationId>, Seen);

pub(crate) async fn load(
    db: &Connection,
    account: AccountId,
    needs: &Needs,
) -> Result<Loaded, Fault> {
    let account = account.to_string();
    try_join3(
        by_ids(db, &account, needs),
        given_out(db, &account, needs),
        seen::postgres::load(db, &account, needs),
    )
    .await
}

async fn given_out(
    db: &Connection,
    account: &str,
    needs: &Needs,
) -> Result<HashSet<ApplicationId>, Fault> {
    if needs.clients.is_empty() {
        return Ok(HashSet::new());
    }
    let ids: Vec<String> = needs.clients.iter().map(ToString::to_string).collect();
    let sql =
        "select application_id from clients where application_id = any($1) and account_id = $2";
    let client = |row: &Row| {
        let id: &str = row.get(0);
        id.parse().map_err(|_| Fault::inconsistent("clients", "application_id", id))
    };
    db.query(sql, &[&ids, &account]).await?.iter().map(client).collect()
}

/// One row per live secret, and one for an application that has none.
async fn by_ids(
    db: &Connection,
    account: &str,
    needs: &Needs,
) -> Result<HashMap<ApplicationId, Application>, Fault> {
    if needs.applications.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<String> = needs.applications.iter().map(ToString::to_string).collect();
    let sql = "select p.application_id, p.name, p.description, p.redirect_url, p.scopes, p.created,
                      p.version, p.made_by, s.secret_id, s.digest, s.label, s.created, s.ends, s.addresses
               from applications p
               left join secrets s on s.account_id = p.account_id and s.application_id = p.application_id
               where p.account_id = $1 and p.application_id = any($2)
               order by p.application_id, s.created, s.secret_id";
    let mut found = HashMap::new();
    for row in db.query(sql, &[&account, &ids]).await? {
        let application = application(&row, 0)?;
        let secret = secret(&row, APPLICATION_WIDTH, application.id)?;
        found.entry(application.id).or_insert(application).secrets.extend(secret);
    }
    Ok(found)
}

/// `from` is where the eight columns of an application begin in the row.
fn application(row: &Row, from: usize) -> Result<Application, Fault> {
    let text: &str = row.get(from);
    let id =
        text.parse().map_err(|_| Fault::inconsistent("applications", "application_id", text))?;
    let made_by = row.get::<_, Option<&str>>(from + 7).map(str::parse).transpose();
    Ok(Application {
        id,
        name: row.get(from + 1),
        description: row.get(from + 2),
        redirect_url: row.get(from + 3),
        scopes: scopes(row.get(from + 4), id)?,
        secrets: Vec::new(),
        created: Moment::from_millis(row.get(from + 5)),
        version: number(row.get(from + 6), "applications", "version")?,
        made_by: made_by.map_err(|_| Fault::inconsistent("applications", "made_by", id))?,
    })
}

/// `from` is where its six columns begin, behind the application's.
fn secret(row: &Row, from: usize, application: ApplicationId) -> Result<Option<LiveSecret>, Fault> {
    let Some(id) = row.get::<_, Option<&str>>(from) else { return Ok(None) };
    let broken = |column: &'static str| Fault::inconsistent("secrets", column, application);
    let digest = row.get::<_, &[u8]>(from + 1).try_into().map_err(|_| broken("digest"))?;
    Ok(Some(LiveSecret {
        id: id.parse().map_err(|_| broken("secret_id"))?,
        digest: SecretDigest::from_row(digest),
        label: row.get(from + 2),
        created: Moment::from_millis(row.get(from + 3)),
        terms: terms(row.get(from + 4), row.get(from + 5), application)?,
    }))
}

pub(crate) fn terms(ends: Option<i64>, networks: &str, id: ApplicationId) -> Result<Terms, Fault> {
    let networks = Networks::from_row(networks);
    Ok(Terms {
        ends: ends.map(Moment::from_millis),
        networks: networks.ok_or_else(|| Fault::inconsistent("secrets", "addresses", id))?,
    })
}

pub(crate) fn scopes(row: i16, id: ApplicationId) -> Result<Scopes, Fault> {
    Scopes::from_row(row).ok_or_else(|| Fault::inconsistent("applications", "scopes", id))
}

/// Applications change rarely: one after the other, by plain statements.
pub(crate) async fn store(
    db: &Connection,
    account: AccountId,
    changes: &Changes,
) -> Result<(), Fault> {
    let account = account.to_string();
    for (id, edit) in &changes.applications {
        match (&edit.before, &edit.after) {
            (None, Some(after)) => insert(db, &account, after).await?,
            (Some(before), Some(after)) => update(db, &account, before, after).await?,
            (Some(before), None) => delete(db, &account, before).await?,
            // Came and went in one batch: its id is given out all the same.
            (None, None) => {
                insert_client(db, &account, *id).await?;
                continue;
            }
        }
        store_secrets(db, &account, *id, edit).await?;
    }
    seen::postgres::store(db, &account, changes).await
}

/// Only what is another now: a secret that stays keeps its row, and its last use.
async fn store_secrets(
    db: &Connection,
    account: &str,
    id: ApplicationId,
    edit: &Edit<Application>,
) -> Result<(), Fault> {
    let text = id.to_string();
    for secret in secrets_only_in(edit.before.as_ref(), edit.after.as_ref()) {
        let sql =
            "delete from secrets where account_id = $1 and application_id = $2 and secret_id = $3";
        let count = db.execute(sql, &[&account, &text, &secret.id.to_string()]).await?;
        exactly(count, 1, "secrets", "secret_id")?;
    }
    for secret in secrets_only_in(edit.after.as_ref(), edit.before.as_ref()) {
        insert_secret(db, account, id, secret).await?;
    }
    for sql in [
        "delete from secret_uses where account_id = $1 and application_id = $2
         and secret_id not in
             (select secret_id from secrets where account_id = $1 and application_id = $2)",
        "delete from secrets_seen where account_id = $1 and application_id = $2
         and secret_id not in
             (select secret_id from secrets where account_id = $1 and application_id = $2)",
    ] {
        db.execute(sql, &[&account, &text]).await?;
    }
    Ok(())
}

async fn insert_client(db: &Connection, account: &str, id: ApplicationId) -> Result<(), Fault> {
    let sql = "insert into clients (application_id, account_id) values ($1, $2)";
    let count = db.execute(sql, &[&id.to_string(), &account]).await?;
    exactly(count, 1, "clients", "application_id")
}

async fn insert(db: &Connection, account: &str, application: &Application) -> Result<(), Fault> {
    let id = application.id.to_string();
    insert_client(db, account, application.id).await?;
    let sql = "insert into applications (account_id, application_id, name, description, redirect_url, scopes, created, version, made_by)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let count = db
        .execute(
            sql,
            &[
                &account,
                &id,
                &application.name,
                &application.description,
                &application.redirect_url,
                &application.scopes.to_row(),
                &application.created.millis(),
                &i64::from(application.version),
                &application.made_by.map(|id| id.to_string()),
            ],
        )
        .await?;
    exactly(count, 1, "applications", "application_id")
}

/// Only over the version that was loaded.
async fn update(
    db: &Connection,
    account: &str,
    before: &Application,
    after: &Application,
) -> Result<(), Fault> {
    let sql = "update applications set name = $4, description = $5, redirect_url = $6, scopes = $7, version = $8
               where account_id = $1 and application_id = $2 and version = $3";
    let count = db
        .execute(
            sql,
            &[
                &account,
                &before.id.to_string(),
                &i64::from(before.version),
                &after.name,
                &after.description,
                &after.redirect_url,
                &after.scopes.to_row(),
                &i64::from(after.version),
            ],
        )
        .await?;
    exactly(count, 1, "applications", "version")
}

async fn delete(db: &Connection, account: &str, before: &Application) -> Result<(), Fault> {
    let sql =
        "delete from applications where account_id = $1 and application_id = $2 and version = $3";
    let count =
        db.execute(sql, &[&account, &before.id.to_string(), &i64::from(before.version)]).await?;
    exactly(count, 1, "applications", "version")
}

async fn insert_secret(
    db: &Connection,
    account: &str,
    application: ApplicationId,
    secret: &LiveSecret,
) -> Result<(), Fault> {
    let sql = "insert into secrets (account_id, application_id, secret_id, digest, label, created, ends, addresses)
               values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let count = db
        .execute(
            sql,
            &[
                &account,
                &application.to_string(),
                &secret.id.to_string(),
                &secret.digest.as_bytes().as_slice(),
                &secret.label,
                &secret.created.millis(),
                &secret.terms.ends.map(Moment::millis),
                &secret.terms.networks.to_row(),
            ],
        )
        .await?;
    exactly(count, 1, "secrets", "secret_id")
}

/// Rows of [`by_ids`], and behind their fourteen columns the last use of the secret.
macro_rules! shown_sql {
    ($applications:literal) => {
        concat!(
            "select p.application_id, p.name, p.description, p.redirect_url, p.scopes, p.created,
                    p.version, p.made_by, s.secret_id, s.digest, s.label, s.created, s.ends, s.addresses,
                    u.at, u.address, u.agent
             from accounts a
             left join lateral (select * from applications where account_id = a.account_id ",
            $applications,
            ") p on true
             left join secrets s on s.account_id = a.account_id
                 and s.application_id = p.application_id
             left join secret_uses u on u.account_id = a.account_id
                 and u.application_id = s.application_id and u.secret_id = s.secret_id
             where a.account_id = $1
             order by p.application_id, s.created, s.secret_id"
        )
    };
}

/// `None`: no account. A row without an application is the account's own.
pub(super) fn shown(rows: &[Row], from: usize) -> Result<Option<Vec<ApplicationShown>>, Fault> {
    if rows.is_empty() {
        return Ok(None);
    }
    let mut found: Vec<ApplicationShown> = Vec::new();
    for row in rows {
        if row.get::<_, Option<&str>>(from).is_none() {
            continue;
        }
        let application = application(row, from)?;
        let id = application.id;
        if found.last().is_none_or(|last| last.application.id != id) {
            found.push(ApplicationShown::unused(application));
        }
        let secret = secret(row, from + APPLICATION_WIDTH, id)?;
        let (Some(shown), Some(secret)) = (found.last_mut(), secret) else { continue };
        let uses = from + APPLICATION_WIDTH + SECRET_WIDTH;
        if let Some(last) = uses::postgres::read(row, uses, id)? {
            shown.note(secret.id, last);
        }
        shown.application.secrets.push(secret);
    }
    Ok(Some(found))
}

impl AskPostgres for ListApplications {
    type Reply = Option<Vec<ApplicationShown>>;

    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        let sql = shown_sql!("and application_id > $2 order by application_id limit $3");
        let after = self.after.map(|id| id.to_string()).unwrap_or_default();
        let limit = i64::from(self.limit);
        shown(&db.query(sql, &[&self.account.to_string(), &after, &limit]).await?, 0)
    }
}

impl AskPostgres for FindApplication {
    type Reply = Option<ApplicationShown>;

    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        let sql = shown_sql!("and application_id = $2");
        let rows = db.query(sql, &[&self.account.to_string(), &self.id.to_string()]).await?;
        Ok(shown(&rows, 0)?.and_then(|found| found.into_iter().next()))
    }
}
