//! Vaults for the console, in PostgreSQL.

use tokio_postgres::Row;

use super::{ItemsFound, ItemsOf, OneItem, OwnVault, OwnVaults, VaultFound};
use crate::paging::At;
use crate::sessions::postgres::{VISIT_WIDTH, visit_facts, visit_sql};
use crate::sessions::{Visit, VisitFacts};
use crate::store::postgres::Connection;
use crate::vaults::Access;
use crate::vaults::postgres as rows;
use crate::world::{ItemId, VaultId};
use crate::{Fault, users};

const VAULT_WIDTH: usize = 8;
const ACCESS_WIDTH: usize = 3;
/// Where the columns of a vault, of an access and of what is behind it begin.
const VAULT: usize = VISIT_WIDTH;
const ACCESS: usize = VAULT + VAULT_WIDTH;
const BEHIND: usize = ACCESS + ACCESS_WIDTH;

macro_rules! vault_columns {
    () => {
        "w.vault_id, w.name, w.sealed_key, w.root_id, w.created, w.created_by, w.version,
         (select count(*) from vault_items c
          where c.account_id = w.account_id and c.vault_id = w.vault_id) as items,
         h.level, h.suspensions as given_under, h.given"
    };
}

fn there(row: &&Row) -> bool {
    row.get::<_, Option<&str>>(VAULT).is_some()
}

pub(super) async fn own(
    db: &Connection,
    visit: &Visit,
) -> Result<(VisitFacts, Vec<(OwnVault, Access)>), Fault> {
    let sql = visit_sql!(
        "select ",
        vault_columns!(),
        ", (select count(*) from vault_access o
            where o.account_id = w.account_id and o.vault_id = w.vault_id) as people
         from vault_access h
         join vaults w on w.account_id = h.account_id and w.vault_id = h.vault_id
         where h.account_id = $1 and h.user_id = s.user_id
         order by w.name collate \"C\", w.vault_id limit $3";
        " order by p.name collate \"C\", p.vault_id"
    );
    let (account, session) = (visit.account.to_string(), visit.session.as_bytes().as_slice());
    let rows = db.query(sql, &[&account, &session, &i64::from(OwnVaults::VAULTS_MAX)]).await?;
    let found = rows.iter().filter(there).map(|row| {
        let (vault, access) = (rows::vault(row, VAULT)?, rows::access(row, ACCESS)?);
        let people: i64 = row.get(BEHIND);
        let people = u64::try_from(people)
            .map_err(|_| Fault::inconsistent("vault_access", "count", people))?;
        Ok((OwnVault { vault, level: access.level, people }, access))
    });
    let found = found.collect::<Result<Vec<_>, Fault>>()?;
    Ok((visit_facts(&rows, visit)?, found))
}

pub(super) async fn one(
    id: VaultId,
    db: &Connection,
    visit: &Visit,
) -> Result<(VisitFacts, Option<VaultFound>), Fault> {
    let sql = visit_sql!(
        "select ",
        vault_columns!(),
        ", u.user_id, u.email, u.display_name, u.state, u.owner, u.administrator, u.security,
           u.externally_managed, u.created as came, u.epoch, u.suspensions
         from vaults w
         left join vault_access h on h.account_id = w.account_id and h.vault_id = w.vault_id
         left join users u on u.account_id = h.account_id and u.user_id = h.user_id
         where w.account_id = $1 and w.vault_id = $3"
    );
    let (account, session) = (visit.account.to_string(), visit.session.as_bytes().as_slice());
    let rows = db.query(sql, &[&account, &session, &id.to_string()]).await?;
    let facts = visit_facts(&rows, visit)?;
    let Some(first) = rows.iter().find(there) else { return Ok((facts, None)) };
    let vault = rows::vault(first, VAULT)?;
    let mut people = Vec::new();
    for row in &rows {
        if row.get::<_, Option<&str>>(BEHIND).is_some() {
            people.push((users::postgres::user(row, BEHIND)?, rows::access(row, ACCESS)?));
        }
    }
    Ok((facts, Some(VaultFound { vault, people })))
}

/// The vault, the visitor's own access to it, and items: `$3` the vault.
macro_rules! items_sql {
    ($items:literal, $order:literal) => {
        visit_sql!(
            "select ",
            vault_columns!(),
            ", i.item_id, i.version as item_version, i.sealed_key as item_key, i.overview,
               i.details, i.application_id, i.secret_id, i.created as item_created, i.changed,
               i.changed_by
             from vaults w
             left join vault_access h on h.account_id = w.account_id
                 and h.vault_id = w.vault_id and h.user_id = s.user_id
             left join lateral (select * from vault_items
                 where account_id = w.account_id and vault_id = w.vault_id ",
            $items,
            ") i on true where w.account_id = $1 and w.vault_id = $3";
            $order
        )
    };
}

fn found(rows: &[Row]) -> Result<ItemsFound, Fault> {
    let Some(first) = rows.iter().find(there) else { return Ok(None) };
    let vault = rows::vault(first, VAULT)?;
    let access = match first.get::<_, Option<i16>>(ACCESS) {
        Some(_) => Some(rows::access(first, ACCESS)?),
        None => None,
    };
    let is_item = |row: &&Row| row.get::<_, Option<&str>>(BEHIND).is_some();
    let items = rows.iter().filter(is_item).map(|row| rows::item(row, BEHIND));
    Ok(Some((vault, access, items.collect::<Result<_, _>>()?)))
}

pub(super) async fn items(
    asked: &ItemsOf,
    db: &Connection,
    visit: &Visit,
) -> Result<(VisitFacts, ItemsFound), Fault> {
    let sql = if asked.at.is_before() {
        items_sql!(
            "and item_id collate \"C\" < $4 order by item_id collate \"C\" desc limit $5",
            " order by p.item_id collate \"C\" desc"
        )
    } else {
        items_sql!(
            "and item_id collate \"C\" > $4 order by item_id collate \"C\" limit $5",
            " order by p.item_id collate \"C\""
        )
    };
    let (account, session) = (visit.account.to_string(), visit.session.as_bytes().as_slice());
    let key = asked.at.key().map(|id| id.to_string()).unwrap_or_default();
    let limit = At::<ItemId>::rows_wanted(asked.size);
    let rows = db.query(sql, &[&account, &session, &asked.vault.to_string(), &key, &limit]).await?;
    Ok((visit_facts(&rows, visit)?, found(&rows)?))
}

pub(super) async fn item(
    asked: &OneItem,
    db: &Connection,
    visit: &Visit,
) -> Result<(VisitFacts, ItemsFound), Fault> {
    let sql = items_sql!("and item_id = $4", "");
    let (account, session) = (visit.account.to_string(), visit.session.as_bytes().as_slice());
    let keys = (asked.vault.to_string(), asked.item.to_string());
    let rows = db.query(sql, &[&account, &session, &keys.0, &keys.1]).await?;
    Ok((visit_facts(&rows, visit)?, found(&rows)?))
}
