//! A database that PostgreSQL itself brought back from a backup, or to a moment of the past, made
//! safe: what a restore does for an embedded store, in one transaction, before anybody serves it.

use super::address::Address;
use super::connection::Connection;
use super::moving::lock_all;
use super::nodes_alive::nobody_serves;
use super::open::{last_migration, made_by};
use super::sealed;
use crate::acting::{Caller, Changes};
use crate::audit::{Entry, Line};
use crate::keys::{KeyRing, RootKey, RootKeyError, rotate};
use crate::store::key_store::{KeyChange, KeysFault};
use crate::store::{Lock, MadeBy};
use crate::world::{AccountId, ActId, World};
use crate::{Fault, accounts, audit};

/// What was made safe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    pub accounts: u64,
    pub people: u64,
    /// Which state of the cluster it was, as the records say it: timeline and place in its log.
    pub state: String,
}

/// Every epoch is raised, the MAC keys are replaced, sessions, links and leases are gone, and each
/// account's log says so. One of the root keys must open the present keys.
pub async fn made_safe(
    address: &Address,
    roots: &[RootKey],
    world: &World,
) -> Result<Recovered, KeysFault> {
    let said = made_by(address).await?;
    let said = said.ok_or_else(|| Fault::Unusable("there is no store in this database".to_owned()));
    if let MadeBy::Dev { .. } = MadeBy::read(&said?)? {
        let words = "this is what dev made: dev seeds it again, and nothing is to be made safe";
        return Err(Fault::Unusable(words.to_owned()).into());
    }
    let db = Connection::open_without_limits(address).await?;
    crate::store::migrations::newest(last_migration(&db).await?)?;
    nobody_serves(&db).await?;
    let state = state(&db).await?;
    lock_all(&db).await?;
    let keys = sealed::sealed_keys(&db).await?;
    let opens = |root: &&RootKey| KeyRing::open(root, &keys, world.now()).is_ok();
    let root = roots.iter().find(opens).ok_or(RootKeyError)?;
    let change =
        KeyChange { rotation: rotate::replace(&keys, root, world), ..KeyChange::default() };
    sealed::store(&db, &change, world.now()).await?;
    let people = db.execute("update users set epoch = epoch + 1", &[]).await?;
    let accounts = db.execute("update accounts set epoch = epoch + 1", &[]).await?;
    // Dead by the epochs already; those of another past need not be kept. And whoever held a lease
    // or beat as a node did so over another database.
    db.batch("delete from sessions; delete from links; delete from leases; delete from nodes")
        .await?;
    let mut after = String::new();
    loop {
        let page = accounts::postgres::list(&db, &after, 1_000).await?;
        for account in &page {
            record(&db, account.id, &state, world).await?;
        }
        match page.last() {
            Some(last) => after = last.id.to_string(),
            None => break,
        }
    }
    nobody_serves(&db).await?;
    db.commit().await?;
    Ok(Recovered { accounts, people, state })
}

/// A new timeline begins with each recovery, so that two that are made of one backup differ.
async fn state(db: &Connection) -> Result<String, Fault> {
    let sql = "select pg_walfile_name(pg_current_wal_lsn()), pg_current_wal_lsn()::text";
    let rows = db.query(sql, &[]).await?;
    let row = rows.first().ok_or_else(|| Fault::Unavailable("no answer".to_owned()))?;
    let (file, place): (&str, &str) = (row.get(0), row.get(1));
    // The first eight digits of a file of the log are its timeline.
    let timeline = file.get(..8).unwrap_or(file).trim_start_matches('0');
    Ok(format!("postgresql timeline {timeline} at {place}"))
}

async fn record(db: &Connection, id: AccountId, state: &str, world: &World) -> Result<(), Fault> {
    let Some(mut account) = accounts::postgres::load(db, id, Lock::Account).await? else {
        return Err(Fault::inconsistent("accounts", "account_id", id));
    };
    let sql = "select count(*) from users where account_id = $1";
    let people: i64 = db.query(sql, &[&id.to_string()]).await?.first().map_or(0, |row| row.get(0));
    let people =
        u64::try_from(people).map_err(|_| Fault::inconsistent("users", "count", people))?;
    let entry = Entry::Restored { backup: state.to_owned(), epoch: account.epoch, people };
    let act = ActId::from_bytes(world.bytes());
    let line = Line { account: id, act, at: world.now(), by: Caller::Operator, entry };
    let chained = account.head.chain(line);
    let mut changes = Changes::at(world.now());
    changes.records.push(chained);
    audit::postgres::store(db, id, &changes).await?;
    accounts::postgres::update(db, &account).await
}
