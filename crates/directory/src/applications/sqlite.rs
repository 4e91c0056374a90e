//! Applications and their live secrets in SQLite.

use rusqlite::{OptionalExtension, Row, params};

use super::{Application, LiveSecret, Scopes, SecretDigest};
use crate::Fault;
use crate::acting::{Changes, Facts, Needs};
use crate::store::sqlite::{Connection, exactly_one};
use crate::world::{AccountId, ApplicationId, Moment};

pub(crate) fn load(
    db: &Connection,
    account: AccountId,
    needs: &Needs,
    facts: &mut Facts,
) -> Result<(), Fault> {
    let account = account.to_string();
    for id in &needs.applications {
        if let Some(mut found) = row(db, &account, *id)? {
            found.secrets = secrets(db, &account, *id)?;
            facts.applications.insert(*id, found);
        }
    }
    for id in &needs.clients {
        let sql = "select 1 from clients where application_id = ?1 and account_id = ?2";
        if db.prepare_cached(sql)?.exists(params![id.to_string(), account])? {
            facts.clients.insert(*id);
        }
    }
    Ok(())
}

fn row(db: &Connection, account: &str, id: ApplicationId) -> Result<Option<Application>, Fault> {
    let sql = "select name, description, redirect_url, scopes, created, version from applications
               where account_id = ?1 and application_id = ?2";
    let mut statement = db.prepare_cached(sql)?;
    statement
        .query_row(params![account, id.to_string()], |row| Ok(application(id, row)))
        .optional()?
        .transpose()
}

fn application(id: ApplicationId, row: &Row<'_>) -> Result<Application, Fault> {
    Ok(Application {
        id,
        name: row.get(0)?,
        description: row.get(1)?,
        redirect_url: row.get(2)?,
        scopes: scopes(row.get(3)?, id)?,
        secrets: Vec::new(),
        created: Moment::from_millis(row.get(4)?),
        version: row.get(5)?,
    })
}

pub(crate) fn scopes(row: i16, id: ApplicationId) -> Result<Scopes, Fault> {
    Scopes::from_row(row).ok_or_else(|| Fault::inconsistent("applications", "scopes", id))
}

fn secrets(db: &Connection, account: &str, id: ApplicationId) -> Result<Vec<LiveSecret>, Fault> {
    let sql = "select secret_id, digest, label, created from secrets
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
        });
    }
    Ok(secrets)
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
        let all = "delete from secrets where account_id = ?1 and application_id = ?2";
        db.prepare_cached(all)?.execute(params![account, id.to_string()])?;
        for secret in edit.after.iter().flat_map(|after| &after.secrets) {
            insert_secret(db, &account, *id, secret)?;
        }
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
    let sql = "insert into applications (account_id, application_id, name, description, redirect_url, scopes, created, version)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    db.prepare_cached(sql)?.execute(params![
        account,
        id,
        application.name,
        application.description,
        application.redirect_url,
        application.scopes.to_row(),
        application.created.millis(),
        application.version,
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
    let sql = "insert into secrets (account_id, application_id, secret_id, digest, label, created)
               values (?1, ?2, ?3, ?4, ?5, ?6)";
    db.prepare_cached(sql)?.execute(params![
        account,
        application.to_string(),
        secret.id.to_string(),
        secret.digest.as_bytes(),
        secret.label,
        secret.created.millis(),
    ])?;
    Ok(())
}
