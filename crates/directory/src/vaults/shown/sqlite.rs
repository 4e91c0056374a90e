//! Vaults for the console, in SQLite.

use rusqlite::{OptionalExtension, params};

use super::{ItemsFound, ItemsOf, OneItem, OwnVault, OwnVaults, VaultFound};
use crate::paging::At;
use crate::sessions::Visit;
use crate::store::sqlite::Connection;
use crate::vaults::Access;
use crate::vaults::sqlite::{self as rows, select_items};
use crate::world::{ItemId, VaultId};
use crate::{Fault, users};

/// Whose session it is.
macro_rules! visitor {
    () => {
        "(select user_id from sessions where account_id = ?1 and session = ?2)"
    };
}

pub(super) fn own(db: &Connection, visit: &Visit) -> Result<Vec<(OwnVault, Access)>, Fault> {
    let sql = concat!(
        "select v.name, v.sealed_key, v.root_id, v.created, v.created_by, v.version,
                (select count(*) from vault_items i
                 where i.account_id = v.account_id and i.vault_id = v.vault_id),
                h.level, h.suspensions, h.given, v.vault_id,
                (select count(*) from vault_access o
                 where o.account_id = v.account_id and o.vault_id = v.vault_id)
         from vault_access h
         join vaults v on v.account_id = h.account_id and v.vault_id = h.vault_id
         where h.account_id = ?1 and h.user_id = ",
        visitor!(),
        " order by v.name, v.vault_id limit ?3"
    );
    let mut statement = db.prepare_cached(sql)?;
    let keys = params![visit.account.to_string(), visit.session.as_bytes(), OwnVaults::VAULTS_MAX];
    let mut found_rows = statement.query(keys)?;
    let mut found = Vec::new();
    while let Some(row) = found_rows.next()? {
        let id = row.get_ref(10)?.as_str()?;
        let id = id.parse().map_err(|_| Fault::inconsistent("vaults", "vault_id", id))?;
        let (vault, access) = (rows::vault(id, row)?, rows::access(row, 7, id)?);
        found.push((OwnVault { vault, level: access.level, people: row.get(11)? }, access));
    }
    Ok(found)
}

pub(super) fn one(
    id: VaultId,
    db: &Connection,
    visit: &Visit,
) -> Result<Option<VaultFound>, Fault> {
    let account = visit.account.to_string();
    let Some(vault) = rows::by_id(db, &account, id)? else { return Ok(None) };
    let mut people = Vec::new();
    for (user, access) in rows::accesses(db, &account, id)? {
        let user = users::sqlite::by_id(db, &account, &user.text())?;
        people.extend(user.map(|user| (user, access)));
    }
    Ok(Some(VaultFound { vault, people }))
}

fn own_access(db: &Connection, visit: &Visit, id: VaultId) -> Result<Option<Access>, Fault> {
    let sql = concat!(
        "select level, suspensions, given from vault_access
         where account_id = ?1 and vault_id = ?3 and user_id = ",
        visitor!()
    );
    let mut statement = db.prepare_cached(sql)?;
    let keys = params![visit.account.to_string(), visit.session.as_bytes(), id.to_string()];
    statement.query_row(keys, |row| Ok(rows::access(row, 0, id))).optional()?.transpose()
}

pub(super) fn items(asked: &ItemsOf, db: &Connection, visit: &Visit) -> Result<ItemsFound, Fault> {
    let account = visit.account.to_string();
    let Some(vault) = rows::by_id(db, &account, asked.vault)? else { return Ok(None) };
    let access = own_access(db, visit, asked.vault)?;
    let sql = if asked.at.is_before() {
        select_items!(
            "where account_id = ?1 and vault_id = ?2 and item_id < ?3 order by item_id desc limit ?4"
        )
    } else {
        select_items!(
            "where account_id = ?1 and vault_id = ?2 and item_id > ?3 order by item_id limit ?4"
        )
    };
    let key = asked.at.key().map(|id| id.to_string()).unwrap_or_default();
    let limit = At::<ItemId>::rows_wanted(asked.size);
    let mut statement = db.prepare_cached(sql)?;
    let mut found_rows = statement.query(params![account, asked.vault.to_string(), key, limit])?;
    let mut items = Vec::new();
    while let Some(row) = found_rows.next()? {
        items.push(rows::read_item(row)?);
    }
    Ok(Some((vault, access, items)))
}

pub(super) fn item(asked: &OneItem, db: &Connection, visit: &Visit) -> Result<ItemsFound, Fault> {
    let account = visit.account.to_string();
    let Some(vault) = rows::by_id(db, &account, asked.vault)? else { return Ok(None) };
    let access = own_access(db, visit, asked.vault)?;
    let item = rows::item(db, &account, (asked.vault, asked.item))?;
    Ok(Some((vault, access, item.into_iter().collect())))
}
