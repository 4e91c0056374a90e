//! What is kept sealed, in PostgreSQL: the MAC keys, what the server keeps for all its processes,
//! and the leases of work that one process does at a time. Changed under the lock of one row.

use tokio_postgres::Row;

use super::connection::Connection;
use super::reading::has_the_console;
use super::{AskPostgres, Postgres};
use crate::Fault;
use crate::keys::rotate::KeyFacts;
use crate::keys::{KeyId, RootKeyId, SealedKey};
use crate::store::MacKeys;
use crate::store::key_store::{
    Decide, Kept, KeyChange, KeyRows, KeysFault, SealedRows, VaultKeyRow, VaultKeys,
};
use crate::vaults::SealedVaultKey;
use crate::world::Moment;

pub(super) async fn sealed_keys(db: &Connection) -> Result<Vec<SealedKey>, Fault> {
    let sql = "select key_id, sealed, made, root_id from mac_keys order by key_id";
    db.query(sql, &[]).await?.iter().map(sealed_key).collect()
}

fn sealed_key(row: &Row) -> Result<SealedKey, Fault> {
    let id: i64 = row.get(0);
    let id = u32::try_from(id).map_err(|_| Fault::inconsistent("mac_keys", "key_id", id))?;
    Ok(SealedKey {
        id: KeyId(id),
        sealed: row.get(1),
        made: Moment::from_millis(row.get(2)),
        root: RootKeyId(row.get(3)),
    })
}

async fn rows(db: &Connection) -> Result<KeyRows, Fault> {
    let keys = sealed_keys(db).await?;
    let kept = db.query("select name, sealed, root_id from kept order by name", &[]).await?;
    let kept = kept.iter().map(|row| Kept {
        name: row.get(0),
        sealed: row.get(1),
        root: RootKeyId(row.get(2)),
    });
    Ok(KeyRows { keys, kept: kept.collect(), vaults: Vec::new() })
}

async fn vault_keys(db: &Connection) -> Result<Vec<VaultKeyRow>, Fault> {
    if !has_the_console(db).await? {
        return Ok(Vec::new());
    }
    let sql = "select account_id, vault_id, sealed_key, root_id from vaults";
    let row = |row: &Row| {
        let vault: &str = row.get(1);
        let broken = |column: &'static str| Fault::inconsistent("vaults", column, vault);
        Ok(VaultKeyRow {
            account: row.get::<_, &str>(0).parse().map_err(|_| broken("account_id"))?,
            vault: vault.parse().map_err(|_| broken("vault_id"))?,
            key: SealedVaultKey { sealed: row.get(2), root: RootKeyId(row.get(3)) },
        })
    };
    db.query(sql, &[]).await?.iter().map(row).collect()
}

pub(super) async fn put_key(db: &Connection, key: &SealedKey) -> Result<(), Fault> {
    let sql = "insert into mac_keys (key_id, sealed, made, root_id) values ($1, $2, $3, $4)
               on conflict (key_id) do update set sealed = excluded.sealed, root_id = excluded.root_id";
    let made = key.made.millis();
    db.execute(sql, &[&i64::from(key.id.0), &key.sealed, &made, &key.root.0]).await.map(|_| ())
}

pub(super) async fn store(db: &Connection, change: &KeyChange, now: Moment) -> Result<(), Fault> {
    for KeyId(id) in &change.rotation.dropped {
        db.execute("delete from mac_keys where key_id = $1", &[&i64::from(*id)]).await?;
    }
    for key in &change.rotation.put {
        put_key(db, key).await?;
    }
    for kept in &change.kept {
        let sql = "insert into kept (name, sealed, root_id, changed) values ($1, $2, $3, $4)
                   on conflict (name) do update set sealed = excluded.sealed,
                   root_id = excluded.root_id, changed = excluded.changed";
        db.execute(sql, &[&kept.name, &kept.sealed, &kept.root.0, &now.millis()]).await?;
    }
    for row in &change.vaults {
        // A vault that was deleted since it was read: under the account's lock and not under this.
        let sql = "update vaults set sealed_key = $3, root_id = $4
                   where account_id = $1 and vault_id = $2";
        let (account, vault) = (row.account.to_string(), row.vault.to_string());
        db.execute(sql, &[&account, &vault, &row.key.sealed, &row.key.root.0]).await?;
    }
    Ok(())
}

impl Postgres {
    pub(in crate::store) async fn change_keys(
        &self,
        decide: Decide<'_>,
        now: Moment,
    ) -> Result<(), KeysFault> {
        let db = self.writing().await?;
        db.batch("begin isolation level read committed").await?;
        // Whoever founded the database wrote this row; alone in its statement, as for an account.
        db.query("select value from meta where name = 'made_by' for update", &[]).await?;
        let rows = KeyRows { vaults: vault_keys(&db).await?, ..rows(&db).await? };
        let change = decide(&rows)?;
        store(&db, &change, now).await?;
        db.commit().await?;
        Ok(())
    }

    pub(in crate::store) async fn lease(
        &self,
        name: &str,
        holder: &str,
        now: Moment,
        ends: Moment,
    ) -> Result<bool, Fault> {
        let db = self.writing().await?;
        let sql = "insert into leases (name, holder, ends) values ($1, $2, $4)
                   on conflict (name) do update set holder = excluded.holder, ends = excluded.ends
                   where leases.holder = excluded.holder or leases.ends <= $3";
        let (now, ends) = (now.millis(), ends.millis());
        Ok(db.committed(db.execute(sql, &[&name, &holder, &now, &ends])).await? == 1)
    }
}

impl AskPostgres for MacKeys {
    type Reply = Vec<KeyFacts>;

    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        Ok(sealed_keys(db).await?.iter().map(KeyFacts::of).collect())
    }
}

impl AskPostgres for VaultKeys {
    type Reply = Vec<VaultKeyRow>;

    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        vault_keys(db).await
    }
}

impl AskPostgres for SealedRows {
    type Reply = KeyRows;

    /// Two statements: what changes both does so in one transaction, and a mixture of before and
    /// after does not open, which is looked at again two seconds later.
    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        rows(db).await
    }
}
