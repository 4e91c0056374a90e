//! Vaults in PostgreSQL: rows of a batch.

use std::collections::{BTreeMap, HashMap};

use tokio_postgres::Row;

use super::{Access, Item, Level, SealedItem, SealedVaultKey, Vault};
use crate::Fault;
use crate::accounts::postgres::number;
use crate::acting::{Changes, Edit, Facts, Needs};
use crate::keys::RootKeyId;
use crate::store::postgres::{Connection, exactly};
use crate::world::{AccountId, ItemId, Moment, UserId, VaultId};

pub(crate) async fn load(
    db: &Connection,
    account: AccountId,
    needs: &Needs,
    facts: &mut Facts,
) -> Result<(), Fault> {
    let account = account.to_string();
    if !needs.vaults.is_empty() {
        let ids: Vec<String> = needs.vaults.iter().map(ToString::to_string).collect();
        facts.vaults = by_ids(db, &account, &ids).await?;
        facts.access = accesses(db, &account, &ids).await?;
    }
    if !needs.items.is_empty() {
        facts.items = items(db, &account, needs).await?;
    }
    if needs.vault_count {
        let sql = "select count(*) from vaults where account_id = $1";
        let count = db.query(sql, &[&account]).await?.first().map_or(0, |row| row.get(0));
        facts.vault_count = Some(counted(count)?);
    }
    if needs.root_key {
        facts.root_key = root_key(db).await?;
    }
    Ok(())
}

fn counted(count: i64) -> Result<u64, Fault> {
    u64::try_from(count).map_err(|_| Fault::inconsistent("vaults", "count", count))
}

/// Held to the end of the batch: whoever replaces the root key waits for it, or it for them.
async fn root_key(db: &Connection) -> Result<Option<RootKeyId>, Fault> {
    db.query("select value from meta where name = 'made_by' for share", &[]).await?;
    let rows = db.query("select root_id from mac_keys order by key_id desc limit 1", &[]).await?;
    let id: Option<String> = rows.first().map(|row| row.get(0));
    Ok(id.filter(|id| !id.is_empty()).map(RootKeyId))
}

async fn by_ids(
    db: &Connection,
    account: &str,
    ids: &[String],
) -> Result<HashMap<VaultId, Vault>, Fault> {
    let sql =
        "select v.vault_id, v.name, v.sealed_key, v.root_id, v.created, v.created_by, v.version,
                      (select count(*) from vault_items i
                       where i.account_id = v.account_id and i.vault_id = v.vault_id)
               from vaults v where v.account_id = $1 and v.vault_id = any($2)";
    let rows = db.query(sql, &[&account, &ids]).await?;
    rows.iter().map(|row| vault(row, 0).map(|vault| (vault.id, vault))).collect()
}

/// `from` is where the eight columns of a vault begin in the row.
pub(super) fn vault(row: &Row, from: usize) -> Result<Vault, Fault> {
    let id: &str = row.get(from);
    let broken = |column: &'static str| Fault::inconsistent("vaults", column, id);
    Ok(Vault {
        id: id.parse().map_err(|_| broken("vault_id"))?,
        name: row.get(from + 1),
        key: SealedVaultKey { sealed: row.get(from + 2), root: RootKeyId(row.get(from + 3)) },
        created: Moment::from_millis(row.get(from + 4)),
        created_by: row.get::<_, &str>(from + 5).parse().map_err(|_| broken("created_by"))?,
        version: number(row.get(from + 6), "vaults", "version")?,
        items: counted(row.get(from + 7))?,
    })
}

async fn accesses(
    db: &Connection,
    account: &str,
    ids: &[String],
) -> Result<BTreeMap<(VaultId, UserId), Access>, Fault> {
    let sql = "select vault_id, user_id, level, suspensions, given from vault_access
               where account_id = $1 and vault_id = any($2)";
    let read = |row: &Row| {
        let id: &str = row.get(0);
        let broken = |column: &'static str| Fault::inconsistent("vault_access", column, id);
        let vault = id.parse().map_err(|_| broken("vault_id"))?;
        let user = row.get::<_, &str>(1).parse().map_err(|_| broken("user_id"))?;
        Ok(((vault, user), access(row, 2)?))
    };
    db.query(sql, &[&account, &ids]).await?.iter().map(read).collect()
}

/// `from` is where the three columns of an access begin in the row.
pub(super) fn access(row: &Row, from: usize) -> Result<Access, Fault> {
    let level: i16 = row.get(from);
    Ok(Access {
        level: Level::from_row(level)
            .ok_or_else(|| Fault::inconsistent("vault_access", "level", level))?,
        suspensions: number(row.get(from + 1), "vault_access", "suspensions")?,
        given: Moment::from_millis(row.get(from + 2)),
    })
}

async fn items(
    db: &Connection,
    account: &str,
    needs: &Needs,
) -> Result<HashMap<(VaultId, ItemId), Item>, Fault> {
    let vaults: Vec<String> = needs.items.iter().map(|(vault, _)| vault.to_string()).collect();
    let ids: Vec<String> = needs.items.iter().map(|(_, item)| item.to_string()).collect();
    let sql = "select i.vault_id, i.item_id, i.version, i.sealed_key, i.overview, i.details,
                      i.application_id, i.secret_id, i.created, i.changed, i.changed_by
               from unnest($2::text[], $3::text[]) w(vault_id, item_id)
               join vault_items i on i.account_id = $1 and i.vault_id = w.vault_id
                   and i.item_id = w.item_id";
    let read = |row: &Row| {
        let vault: &str = row.get(0);
        let broken = |_| Fault::inconsistent("vault_items", "vault_id", vault);
        let item = item(row, 1)?;
        Ok(((vault.parse().map_err(broken)?, item.id), item))
    };
    db.query(sql, &[&account, &vaults, &ids]).await?.iter().map(read).collect()
}

/// `from` is where the ten columns of an item begin in the row.
pub(super) fn item(row: &Row, from: usize) -> Result<Item, Fault> {
    let id: &str = row.get(from);
    let broken = |column: &'static str| Fault::inconsistent("vault_items", column, id);
    let application = row.get::<_, Option<&str>>(from + 5).map(str::parse).transpose();
    let secret = row.get::<_, Option<&str>>(from + 6).map(str::parse).transpose();
    let application = application.map_err(|_| broken("application_id"))?;
    Ok(Item {
        id: id.parse().map_err(|_| broken("item_id"))?,
        version: number(row.get(from + 1), "vault_items", "version")?,
        sealed: SealedItem {
            key: row.get(from + 2),
            overview: row.get(from + 3),
            details: row.get(from + 4),
        },
        secret: application.zip(secret.map_err(|_| broken("secret_id"))?),
        created: Moment::from_millis(row.get(from + 7)),
        changed: Moment::from_millis(row.get(from + 8)),
        changed_by: row.get::<_, &str>(from + 9).parse().map_err(|_| broken("changed_by"))?,
    })
}

/// Vaults change rarely: one after the other, by plain statements.
pub(crate) async fn store(
    db: &Connection,
    account: AccountId,
    changes: &Changes,
) -> Result<(), Fault> {
    let account = account.to_string();
    for user in &changes.users_removed {
        let sql = "delete from vault_access where account_id = $1 and user_id = $2";
        db.execute(sql, &[&account, &user.to_string()]).await?;
    }
    for vault in &changes.vaults_deleted {
        for sql in [
            "delete from vault_items where account_id = $1 and vault_id = $2",
            "delete from vault_access where account_id = $1 and vault_id = $2",
        ] {
            db.execute(sql, &[&account, &vault.to_string()]).await?;
        }
    }
    for (id, edit) in &changes.vaults {
        store_vault(db, &account, *id, edit).await?;
    }
    for (key, edit) in &changes.access {
        store_access(db, &account, *key, edit).await?;
    }
    for (key, edit) in &changes.items {
        store_item(db, &account, *key, edit).await?;
    }
    Ok(())
}

/// Never its key, once it is there: that is changed under another lock, when the root key is.
async fn store_vault(
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
                       values ($1, $2, $3, $4, $5, $6, $7, $8)";
            db.execute(
                sql,
                &[
                    &account,
                    &text,
                    &after.name,
                    &after.key.sealed,
                    &after.key.root.0,
                    &after.created.millis(),
                    &after.created_by.to_string(),
                    &i64::from(after.version),
                ],
            )
            .await?
        }
        (Some(before), Some(after)) => {
            let sql = "update vaults set name = $4, version = $5
                       where account_id = $1 and vault_id = $2 and version = $3";
            let versions = (i64::from(before.version), i64::from(after.version));
            db.execute(sql, &[&account, &text, &versions.0, &after.name, &versions.1]).await?
        }
        (Some(before), None) => {
            let sql = "delete from vaults where account_id = $1 and vault_id = $2 and version = $3";
            db.execute(sql, &[&account, &text, &i64::from(before.version)]).await?
        }
    };
    exactly(count, 1, "vaults", "version")
}

/// Only over what was loaded.
async fn store_access(
    db: &Connection,
    account: &str,
    (vault, user): (VaultId, UserId),
    edit: &Edit<Access>,
) -> Result<(), Fault> {
    let (vault, user) = (vault.to_string(), user.to_string());
    let columns = |access: &Access| {
        (access.level.to_row(), i64::from(access.suspensions), access.given.millis())
    };
    let count = match (edit.before.as_ref().map(columns), edit.after.as_ref().map(columns)) {
        (None, None) => return Ok(()),
        (None, Some((level, suspensions, given))) => {
            let sql = "insert into vault_access (account_id, vault_id, user_id, level, suspensions, given)
                       values ($1, $2, $3, $4, $5, $6)";
            db.execute(sql, &[&account, &vault, &user, &level, &suspensions, &given]).await?
        }
        (Some(before), Some((level, suspensions, given))) => {
            let sql = "update vault_access set level = $6, suspensions = $7, given = $8
                       where account_id = $1 and vault_id = $2 and user_id = $3
                       and level = $4 and suspensions = $5";
            db.execute(
                sql,
                &[&account, &vault, &user, &before.0, &before.1, &level, &suspensions, &given],
            )
            .await?
        }
        (Some(before), None) => {
            let sql = "delete from vault_access
                       where account_id = $1 and vault_id = $2 and user_id = $3
                       and level = $4 and suspensions = $5";
            db.execute(sql, &[&account, &vault, &user, &before.0, &before.1]).await?
        }
    };
    exactly(count, 1, "vault_access", "user_id")
}

/// Only over the version that was loaded.
async fn store_item(
    db: &Connection,
    account: &str,
    (vault, id): (VaultId, ItemId),
    edit: &Edit<Item>,
) -> Result<(), Fault> {
    let (vault, id) = (vault.to_string(), id.to_string());
    if let Some(before) = &edit.before {
        let sql = "delete from vault_items
                   where account_id = $1 and vault_id = $2 and item_id = $3 and version = $4";
        let count = db.execute(sql, &[&account, &vault, &id, &i64::from(before.version)]).await?;
        exactly(count, 1, "vault_items", "version")?;
    }
    let Some(after) = &edit.after else { return Ok(()) };
    let sql = "insert into vault_items (account_id, vault_id, item_id, version, sealed_key, overview, details,
                   application_id, secret_id, created, changed, changed_by)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let count = db
        .execute(
            sql,
            &[
                &account,
                &vault,
                &id,
                &i64::from(after.version),
                &after.sealed.key,
                &after.sealed.overview,
                &after.sealed.details,
                &after.secret.map(|(application, _)| application.to_string()),
                &after.secret.map(|(_, secret)| secret.to_string()),
                &after.created.millis(),
                &after.changed.millis(),
                &after.changed_by.to_string(),
            ],
        )
        .await?;
    exactly(count, 1, "vault_items", "item_id")
}
