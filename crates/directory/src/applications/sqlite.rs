//! Applications and their live secrets in SQLite.

use rusqlite::{OptionalExtension, Row, params};

use super::find::secrets_only_in;
use super::{
    Application, ApplicationShown, FindApplication, ListApplications, LiveSecret, Networks, Scopes,
    SecretDigest, Terms, Used, seen, uses,
};
use crate::acting::{Changes, Edit, Facts, Needs};
use crate::store::sqlite::{AskSqlite, Connection, Snapshot, exactly_one};
use crate::world::{AccountId, ApplicationId, Moment, SecretId};
use crate::{Fault, accounts};

pub(crate) fn load(
    db: &Connection,
    account: AccountId,
    needs: &Needs,
    facts: &mut Facts,
) -> Result<(), Fault> {
    let account = account.to_string();
    for id in &needs.applications {
        if let Some(found) = one(db, &account, *id)? {
            facts.applications.insert(*id, found);
        }
    }
    seen::sqlite::load(db, &account, needs, facts)?;
    for id in &needs.clients {
        let sql = "select 1 from clients where application_id = ?1 and account_id = ?2";
        if db.prepare_cached(sql)?.exists(params![id.to_string(), account])? {
            facts.clients.insert(*id);
        }
    }
    Ok(())
}

fn one(db: &Connection, account: &str, id: ApplicationId) -> Result<Option<Application>, Fault> {
    let Some(mut found) = row(db, account, id)? else { return Ok(None) };
    found.secrets = secrets(db, account, id)?;
    Ok(Some(found))
}

fn row(db: &Connection, account: &str, id: ApplicationId) -> Result<Option<Application>, Fault> {
    let sql = "select name, description, redirect_url, scopes, created, version, made_by
               from applications
               where account_id = ?1 and application_id = ?2";
    let mut statement = db.prepare_cached(sql)?;
    statement
        .query_row(params![account, id.to_string()], |row| Ok(application(id, row)))
        .optional()?
        .transpose()
}

fn application(id: ApplicationId, row: &Row<'_>) -> Result<Application, Fault> {
    let made_by: Option<String> = row.get(6)?;
    Ok(Application {
        id,
        name: row.get(0)?,
        description: row.get(1)?,
        redirect_url: row.get(2)?,
        scopes: scopes(row.get(3)?, id)?,
        secrets: Vec::new(),
        created: Moment::from_millis(row.get(4)?),
        version: row.get(5)?,
        made_by: made_by
            .map(|id| id.parse())
            .transpose()
            .map_err(|_| Fault::inconsistent("applications", "made_by", id))?,
    })
}

pub(crate) fn scopes(row: i16, id: ApplicationId) -> Result<Scopes, Fault> {
    Scopes::from_row(row).ok_or_else(|| Fault::inconsistent("applications", "scopes", id))
}

fn secrets(db: &Connection, account: &str, id: ApplicationId) -> Result<Vec<LiveSecret>, Fault> {
    let sql = "select secret_id, digest, label, created, ends, addresses from secrets
               where account_id = ?1 and application_id = ?2 order by created, secret_id";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![account, id.to_string()])?;
    let mut secrets = Vec::new();
    while let Some(row) = rows.next()? {
        let secret_id = row.get_ref(0)?.as_str()?;
        secrets.push(LiveSecret {
            id: secret_id.parse().map_err(|_| Fault::inconsistent("secrets", "secret_id", id))?,
            digest: SecretDigest::from_row(row.get(1)?),
            label: row.get(2)?,
            created: Moment::from_millis(row.get(3)?),
            terms: terms(row, 4, id)?,
        });
    }
    Ok(secrets)
}

/// `from` is where the two columns of a secret's terms begin in the row.
pub(crate) fn terms(row: &Row<'_>, from: usize, id: ApplicationId) -> Result<Terms, Fault> {
    let networks = Networks::from_row(row.get_ref(from + 1)?.as_str()?);
    Ok(Terms {
        ends: row.get::<_, Option<i64>>(from)?.map(Moment::from_millis),
        networks: networks.ok_or_else(|| Fault::inconsistent("secrets", "addresses", id))?,
    })
}

pub(crate) fn store(db: &Connection, account: AccountId, changes: &Changes) -> Result<(), Fault> {
    let account = account.to_string();
    for (id, edit) in &changes.applications {
        match (&edit.before, &edit.after) {
            (None, Some(after)) => insert(db, &account, after)?,
            (Some(before), Some(after)) => update(db, &account, before, after)?,
            (Some(before), None) => delete(db, &account, before)?,
            // Came and went in one batch: its id is given out all the same.
            (None, None) => {
                insert_client(db, &account, *id)?;
                continue;
            }
        }
        store_secrets(db, &account, *id, edit)?;
    }
    seen::sqlite::store(db, &account, changes)
}

/// Only what is another now: a secret that stays keeps its row, and its last use.
fn store_secrets(
    db: &Connection,
    account: &str,
    id: ApplicationId,
    edit: &Edit<Application>,
) -> Result<(), Fault> {
    for secret in secrets_only_in(edit.before.as_ref(), edit.after.as_ref()) {
        let sql =
            "delete from secrets where account_id = ?1 and application_id = ?2 and secret_id = ?3";
        let row = params![account, id.to_string(), secret.id.to_string()];
        let count = db.prepare_cached(sql)?.execute(row)?;
        exactly_one(count, "secrets", "secret_id", id)?;
    }
    for secret in secrets_only_in(edit.after.as_ref(), edit.before.as_ref()) {
        insert_secret(db, account, id, secret)?;
    }
    for sql in [
        "delete from secret_uses where account_id = ?1 and application_id = ?2
         and secret_id not in
             (select secret_id from secrets where account_id = ?1 and application_id = ?2)",
        "delete from secrets_seen where account_id = ?1 and application_id = ?2
         and secret_id not in
             (select secret_id from secrets where account_id = ?1 and application_id = ?2)",
    ] {
        db.prepare_cached(sql)?.execute(params![account, id.to_string()])?;
    }
    Ok(())
}

fn insert_client(db: &Connection, account: &str, id: ApplicationId) -> Result<(), Fault> {
    let sql = "insert into clients (application_id, account_id) values (?1, ?2)";
    db.prepare_cached(sql)?.execute(params![id.to_string(), account])?;
    Ok(())
}

fn insert(db: &Connection, account: &str, application: &Application) -> Result<(), Fault> {
    let id = application.id.to_string();
    insert_client(db, account, application.id)?;
    let sql = "insert into applications (account_id, application_id, name, description, redirect_url, scopes, created, version, made_by)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    db.prepare_cached(sql)?.execute(params![
        account,
        id,
        application.name,
        application.description,
        application.redirect_url,
        application.scopes.to_row(),
        application.created.millis(),
        application.version,
        application.made_by.map(|id| id.to_string()),
    ])?;
    Ok(())
}

/// Only over the version that was loaded.
fn update(
    db: &Connection,
    account: &str,
    before: &Application,
    after: &Application,
) -> Result<(), Fault> {
    let sql = "update applications set name = ?4, description = ?5, redirect_url = ?6, scopes = ?7, version = ?8
               where account_id = ?1 and application_id = ?2 and version = ?3";
    let count = db.prepare_cached(sql)?.execute(params![
        account,
        before.id.to_string(),
        before.version,
        after.name,
        after.description,
        after.redirect_url,
        after.scopes.to_row(),
        after.version,
    ])?;
    exactly_one(count, "applications", "version", before.id)
}

fn delete(db: &Connection, account: &str, before: &Application) -> Result<(), Fault> {
    let sql =
        "delete from applications where account_id = ?1 and application_id = ?2 and version = ?3";
    let count =
        db.prepare_cached(sql)?.execute(params![account, before.id.to_string(), before.version])?;
    exactly_one(count, "applications", "version", before.id)
}

fn insert_secret(
    db: &Connection,
    account: &str,
    application: ApplicationId,
    secret: &LiveSecret,
) -> Result<(), Fault> {
    let sql = "insert into secrets (account_id, application_id, secret_id, digest, label, created, ends, addresses)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    db.prepare_cached(sql)?.execute(params![
        account,
        application.to_string(),
        secret.id.to_string(),
        secret.digest.as_bytes(),
        secret.label,
        secret.created.millis(),
        secret.terms.ends.map(Moment::millis),
        secret.terms.networks.to_row(),
    ])?;
    Ok(())
}

impl AskSqlite for ListApplications {
    type Answer = Option<Vec<ApplicationShown>>;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        self.look(db)
    }
}

impl ListApplications {
    pub(super) fn look(&self, db: &Connection) -> Result<Option<Vec<ApplicationShown>>, Fault> {
        if accounts::sqlite::load(db, self.account)?.is_none() {
            return Ok(None);
        }
        let sql = "select application_id from applications
                   where account_id = ?1 and application_id > ?2 order by application_id limit ?3";
        let after = self.after.map(|id| id.to_string()).unwrap_or_default();
        let mut statement = db.prepare_cached(sql)?;
        let mut rows = statement.query(params![self.account.to_string(), after, self.limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let text = row.get_ref(0)?.as_str()?;
            let id = text
                .parse()
                .map_err(|_| Fault::inconsistent("applications", "application_id", text))?;
            found.extend(shown(db, self.account, id)?);
        }
        Ok(Some(found))
    }
}

impl AskSqlite for FindApplication {
    type Answer = Option<ApplicationShown>;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        shown(db, self.account, self.id)
    }
}

pub(super) fn shown(
    db: &Connection,
    account: AccountId,
    id: ApplicationId,
) -> Result<Option<ApplicationShown>, Fault> {
    let Some(application) = one(db, &account.to_string(), id)? else { return Ok(None) };
    let mut shown = ApplicationShown::unused(application);
    let secrets: Vec<SecretId> = shown.application.secrets.iter().map(|secret| secret.id).collect();
    for secret in secrets {
        if let Some(last) = uses::sqlite::load(db, Used { account, application: id, secret })? {
            shown.note(secret, last);
        }
    }
    Ok(Some(shown))
}
