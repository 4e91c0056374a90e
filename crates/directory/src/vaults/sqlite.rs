//! Vaults in SQLite: rows of a batch.

use rusqlite::{OptionalExtension, Row, params};

use super::{Access, Item, Level, SealedItem, SealedVaultKey, Vault};
use crate::Fault;
use crate::acting::{Changes, Edit, Facts, Needs};
use crate::keys::RootKeyId;
use crate::store::sqlite::{Connection, exactly_one};
use crate::world::{AccountId, ItemId, Moment, UserId, VaultId};

pub(crate) fn load(
    db: &Connection,
    account: AccountId,
    needs: &Needs,
    facts: &mut Facts,
) -> Result<(), Fault> {
    let account = account.to_string();
    for id in &needs.vaults {
        facts.vaults.extend(by_id(db, &account, *id)?.map(|vault| (*id, vault)));
        for (user, access) in accesses(db, &account, *id)? {
            facts.access.insert((*id, user), access);
        }
    }
    for key in &needs.items {
        facts.items.extend(item(db, &account, *key)?.map(|item| (*key, item)));
    }
    if needs.vault_count {
        let sql = "select count(*) from vaults where account_id = ?1";
        let count = db.prepare_cached(sql)?.query_row([&account], |row| row.get(0))?;
        facts.vault_count = Some(count);
    }
    if needs.root_key {
        facts.root_key = root_key(db)?;
    }
    Ok(())
}

/// `None`: sealed before this was noted.
fn root_key(db: &Connection) -> Result<Option<RootKeyId>, Fault> {
    let sql = "select root_id from mac_keys order by key_id desc limit 1";
    let id: Option<String> = db.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
    Ok(id.filter(|id| !id.is_empty()).map(RootKeyId))
}

pub(super) fn by_id(db: &Connection, account: &str, id: VaultId) -> Result<Option<Vault>, Fault> {
    let sql = "select v.name, v.sealed_key, v.root_id, v.created, v.created_by, v.version,
                      (select count(*) from vault_items i
                       where i.account_id = v.account_id and i.vault_id = v.vault_id)
               from vaults v where v.account_id = ?1 and v.vault_id = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let found = statement.query_row(params![account, id.to_string()], |row| Ok(vault(id, row)));
    found.optional()?.transpose()
}

pub(super) fn vault(id: VaultId, row: &Row<'_>) -> Result<Vault, Fault> {
    let created_by = row.get_ref(4)?.as_str()?.parse();
    Ok(Vault {
        id,
        name: row.get(0)?,
        key: SealedVaultKey { sealed: row.get(1)?, root: RootKeyId(row.get(2)?) },
        created: Moment::from_millis(row.get(3)?),
        created_by: created_by.map_err(|_| Fault::inconsistent("vaults", "created_by", id))?,
        version: row.get(5)?,
        items: row.get(6)?,
    })
}

pub(super) fn accesses(
    db: &Connection,
    account: &str,
    id: VaultId,
) -> Result<Vec<(UserId, Access)>, Fault> {
    let sql = "select user_id, level, suspensions, given from vault_access
               where account_id = ?1 and vault_id = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![account, id.to_string()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let broken = |column: &'static str| Fault::inconsistent("vault_access", column, id);
        let user = row.get_ref(0)?.as_str()?.parse().map_err(|_| broken("user_id"))?;
        found.push((user, access(row, 1, id)?));
    }
    Ok(found)
}

/// `from` is where the three columns of an access begin in the row.
pub(super) fn access(row: &Row<'_>, from: usize, id: VaultId) -> Result<Access, Fault> {
    let level = Level::from_row(row.get(from)?);
    Ok(Access {
        level: level.ok_or_else(|| Fault::inconsistent("vault_access", "level", id))?,
        suspensions: row.get(from + 1)?,
        given: Moment::from_millis(row.get(from + 2)?),
    })
}

macro_rules! select_items {
    ($rest:literal) => {
        concat!(
            "select item_id, version, sealed_key, overview, details, application_id, secret_id, ",
            "created, changed, changed_by from vault_items ",
            $rest
        )
    };
}
pub(super) use select_items;

pub(super) fn item(
    db: &Connection,
    account: &str,
    (vault, id): (VaultId, ItemId),
) -> Result<Option<Item>, Fault> {
    let sql = select_items!("where account_id = ?1 and vault_id = ?2 and item_id = ?3");
    let keys = params![account, vault.to_string(), id.to_string()];
    let mut statement = db.prepare_cached(sql)?;
    statement.query_row(keys, |row| Ok(read_item(row))).optional()?.transpose()
}

pub(super) fn read_item(row: &Row<'_>) -> Result<Item, Fault> {
    let id = row.get_ref(0)?.as_str()?;
    let broken = |column: &'static str| Fault::inconsistent("vault_items", column, id);
    let application = row.get::<_, Option<String>>(5)?.map(|id| id.parse()).transpose();
    let secret = row.get::<_, Option<String>>(6)?.map(|id| id.parse()).transpose();
    let application = application.map_err(|_| broken("application_id"))?;
    Ok(Item {
        id: id.parse().map_err(|_| broken("item_id"))?,
        version: row.get(1)?,
        sealed: SealedItem { key: row.get(2)?, overview: row.get(3)?, details: row.get(4)? },
        secret: application.zip(secret.map_err(|_| broken("secret_id"))?),
        created: Moment::from_millis(row.get(7)?),
        changed: Moment::from_millis(row.get(8)?),
        changed_by: row.get_ref(9)?.as_str()?.parse().map_err(|_| broken("changed_by"))?,
    })
}

pub(crate) fn store(db: &Connection, account: AccountId, changes: &Changes) -> Result<(), Fault> {
    let account = account.to_string();
    for user in &changes.users_removed {
        let sql = "delete from vault_access where account_id = ?1 and user_id = ?2";
        db.prepare_cached(sql)?.execute(params![account, user.to_string()])?;
    }
    for vault in &changes.vaults_deleted {
        for sql in [
            "delete from vault_items where account_id = ?1 and vault_id = ?2",
            "delete from vault_access where account_id = ?1 and vault_id = ?2",
        ] {
            db.prepare_cached(sql)?.execute(params![account, vault.to_string()])?;
        }
    }
    for (id, edit) in &changes.vaults {
        store_vault(db, &account, *id, edit)?;
    }
    for (key, edit) in &changes.access {
        store_access(db, &account, *key, edit)?;
    }
    for (key, edit) in &changes.items {
        store_item(db, &account, *key, edit)?;
    }
    Ok(())
}

/// Never its key, once it is there: that is changed under another lock, when the root key is.
fn store_vault(
    db: &Connection,
    account: &str,
    id: VaultId,
    edit: &Edit<Vault>,
) -> Result<(), Fault> {
    let text = id.to_string();
    let count = match (&edit.before, &edit.after) {
        (None, None) => return Ok(()),
        (None, Some(after)) => {
            let sql = "insert into vaults (account_id, vault_id, name, sealed_key, root_id, created, created_by, version)
                       values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
            db.prepare_cached(sql)?.execute(params![
                account,
                text,
                after.name,
                after.key.sealed,
                after.key.root.0,
                after.created.millis(),
                after.created_by.to_string(),
                after.version,
            ])?
        }
        (Some(before), Some(after)) => {
            let sql = "update vaults set name = ?4, version = ?5
                       where account_id = ?1 and vault_id = ?2 and version = ?3";
            let row = params![account, text, before.version, after.name, after.version];
            db.prepare_cached(sql)?.execute(row)?
        }
        (Some(before), None) => {
            let sql = "delete from vaults where account_id = ?1 and vault_id = ?2 and version = ?3";
            db.prepare_cached(sql)?.execute(params![account, text, before.version])?
        }
    };
    exactly_one(count, "vaults", "version", id)
}

/// Only over what was loaded.
fn store_access(
    db: &Connection,
    account: &str,
    (vault, user): (VaultId, UserId),
    edit: &Edit<Access>,
) -> Result<(), Fault> {
    let keys = (vault.to_string(), user.to_string());
    let count = match (edit.before, edit.after) {
        (None, None) => return Ok(()),
        (None, Some(after)) => {
            let sql = "insert into vault_access (account_id, vault_id, user_id, level, suspensions, given)
                       values (?1, ?2, ?3, ?4, ?5, ?6)";
            db.prepare_cached(sql)?.execute(params![
                account,
                keys.0,
                keys.1,
                after.level.to_row(),
                after.suspensions,
                after.given.millis(),
            ])?
        }
        (Some(before), Some(after)) => {
            let sql = "update vault_access set level = ?6, suspensions = ?7, given = ?8
                       where account_id = ?1 and vault_id = ?2 and user_id = ?3
                       and level = ?4 and suspensions = ?5";
            db.prepare_cached(sql)?.execute(params![
                account,
                keys.0,
                keys.1,
                before.level.to_row(),
                before.suspensions,
                after.level.to_row(),
                after.suspensions,
                after.given.millis(),
            ])?
        }
        (Some(before), None) => {
            let sql = "delete from vault_access
                       where account_id = ?1 and vault_id = ?2 and user_id = ?3
                       and level = ?4 and suspensions = ?5";
            let row = params![account, keys.0, keys.1, before.level.to_row(), before.suspensions];
            db.prepare_cached(sql)?.execute(row)?
        }
    };
    exactly_one(count, "vault_access", "user_id", vault)
}

/// Only over the version that was loaded.
fn store_item(
    db: &Connection,
    account: &str,
    (vault, id): (VaultId, ItemId),
    edit: &Edit<Item>,
) -> Result<(), Fault> {
    let keys = (vault.to_string(), id.to_string());
    if let Some(before) = &edit.before {
        let sql = "delete from vault_items
                   where account_id = ?1 and vault_id = ?2 and item_id = ?3 and version = ?4";
        let row = params![account, keys.0, keys.1, before.version];
        let count = db.prepare_cached(sql)?.execute(row)?;
        exactly_one(count, "vault_items", "version", id)?;
    }
    let Some(after) = &edit.after else { return Ok(()) };
    let sql = "insert into vault_items (account_id, vault_id, item_id, version, sealed_key, overview, details,
                   application_id, secret_id, created, changed, changed_by)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    db.prepare_cached(sql)?.execute(params![
        account,
        keys.0,
        keys.1,
        after.version,
        after.sealed.key,
        after.sealed.overview,
        after.sealed.details,
        after.secret.map(|(application, _)| application.to_string()),
        after.secret.map(|(_, secret)| secret.to_string()),
        after.created.millis(),
        after.changed.millis(),
        after.changed_by.to_string(),
    ])?;
    Ok(())
}
