//! What is kept sealed, in SQLite: the MAC keys, what the server keeps for all its processes, and
//! the leases of work that one process does at a time. Changed under the file's write lock.

use rusqlite::{Connection, Row, TransactionBehavior, params};

use super::open::connect;
use super::readers::has_the_console;
use super::{AskSqlite, Snapshot, Sqlite, exactly_one};
use crate::Fault;
use crate::keys::rotate::KeyFacts;
use crate::keys::{KeyId, RootKeyId, SealedKey};
use crate::store::MacKeys;
use crate::store::key_store::{
    Decide, Kept, KeyChange, KeyRows, KeysFault, SealedRows, VaultKeyRow, VaultKeys,
};
use crate::vaults::SealedVaultKey;
use crate::world::Moment;

pub(super) fn sealed_keys(db: &Connection) -> Result<Vec<SealedKey>, Fault> {
    let sql = "select key_id, sealed, made, root_id from mac_keys order by key_id";
    let mut statement = db.prepare_cached(sql)?;
    let keys = statement.query_map([], sealed_key)?;
    Ok(keys.collect::<Result<_, _>>()?)
}

fn sealed_key(row: &Row<'_>) -> rusqlite::Result<SealedKey> {
    Ok(SealedKey {
        id: KeyId(row.get(0)?),
        sealed: row.get(1)?,
        made: Moment::from_millis(row.get(2)?),
        root: RootKeyId(row.get(3)?),
    })
}

fn kept(db: &Connection) -> Result<Vec<Kept>, Fault> {
    let mut statement =
        db.prepare_cached("select name, sealed, root_id from kept order by name")?;
    let kept = statement.query_map([], |row| {
        Ok(Kept { name: row.get(0)?, sealed: row.get(1)?, root: RootKeyId(row.get(2)?) })
    })?;
    Ok(kept.collect::<Result<_, _>>()?)
}

fn rows(db: &Connection) -> Result<KeyRows, Fault> {
    Ok(KeyRows { keys: sealed_keys(db)?, kept: kept(db)?, vaults: Vec::new() })
}

fn vault_keys(db: &Connection) -> Result<Vec<VaultKeyRow>, Fault> {
    if !has_the_console(db)? {
        return Ok(Vec::new());
    }
    let mut statement =
        db.prepare_cached("select account_id, vault_id, sealed_key, root_id from vaults")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let vault = row.get_ref(1)?.as_str()?;
        let broken = |column: &'static str| Fault::inconsistent("vaults", column, vault);
        found.push(VaultKeyRow {
            account: row.get_ref(0)?.as_str()?.parse().map_err(|_| broken("account_id"))?,
            vault: vault.parse().map_err(|_| broken("vault_id"))?,
            key: SealedVaultKey { sealed: row.get(2)?, root: RootKeyId(row.get(3)?) },
        });
    }
    Ok(found)
}

pub(super) fn put_key(db: &Connection, key: &SealedKey) -> Result<(), Fault> {
    let sql = "insert into mac_keys (key_id, sealed, made, root_id) values (?1, ?2, ?3, ?4)
               on conflict (key_id) do update set sealed = excluded.sealed, root_id = excluded.root_id";
    db.execute(sql, params![key.id.0, key.sealed, key.made.millis(), key.root.0])?;
    Ok(())
}

pub(super) fn store(db: &Connection, change: &KeyChange, now: Moment) -> Result<(), Fault> {
    for KeyId(id) in &change.rotation.dropped {
        db.execute("delete from mac_keys where key_id = ?1", [id])?;
    }
    for key in &change.rotation.put {
        put_key(db, key)?;
    }
    for kept in &change.kept {
        let sql = "insert into kept (name, sealed, root_id, changed) values (?1, ?2, ?3, ?4)
                   on conflict (name) do update set sealed = excluded.sealed,
                   root_id = excluded.root_id, changed = excluded.changed";
        db.execute(sql, params![kept.name, kept.sealed, kept.root.0, now.millis()])?;
    }
    for row in &change.vaults {
        let sql = "update vaults set sealed_key = ?3, root_id = ?4
                   where account_id = ?1 and vault_id = ?2";
        let (account, vault) = (row.account.to_string(), row.vault.to_string());
        let count = db.prepare_cached(sql)?.execute(params![
            account,
            vault,
            row.key.sealed,
            row.key.root.0
        ])?;
        exactly_one(count, "vaults", "vault_id", row.vault)?;
    }
    Ok(())
}

impl Sqlite {
    pub(in crate::store) fn change_keys(
        &self,
        decide: Decide<'_>,
        now: Moment,
    ) -> Result<(), KeysFault> {
        let mut db = connect(self.place())?;
        change(&mut db, decide, now)
    }

    pub(in crate::store) fn lease(
        &self,
        name: &str,
        holder: &str,
        now: Moment,
        ends: Moment,
    ) -> Result<bool, Fault> {
        let db = connect(self.place())?;
        let sql = "insert into leases (name, holder, ends) values (?1, ?2, ?4)
                   on conflict (name) do update set holder = excluded.holder, ends = excluded.ends
                   where leases.holder = excluded.holder or leases.ends <= ?3";
        Ok(db.execute(sql, params![name, holder, now.millis(), ends.millis()])? == 1)
    }
}

/// Reads, decides and writes in one transaction.
pub(super) fn change(
    db: &mut Connection,
    decide: Decide<'_>,
    now: Moment,
) -> Result<(), KeysFault> {
    let transaction =
        db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(Fault::from)?;
    let rows = KeyRows { vaults: vault_keys(&transaction)?, ..rows(&transaction)? };
    let change = decide(&rows)?;
    store(&transaction, &change, now)?;
    transaction.commit().map_err(Fault::from)?;
    Ok(())
}

impl AskSqlite for MacKeys {
    type Answer = Vec<KeyFacts>;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        Ok(sealed_keys(db)?.iter().map(KeyFacts::of).collect())
    }
}

impl AskSqlite for VaultKeys {
    type Answer = Vec<VaultKeyRow>;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        vault_keys(db)
    }
}

impl AskSqlite for SealedRows {
    type Answer = KeyRows;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        rows(db)
    }
}
