//! Opening: the migrations under a lock, the keys.

use std::time::Duration;

use super::address::Address;
use super::beats::Node;
use super::connection::Connection;
use super::reading::Postgres;
use super::{AskPostgres, migrate, sealed};
use crate::Fault;
use crate::keys::SealedKey;
use crate::store::core::Core;
use crate::store::{Database, Found, Founding, Lock, Store, migrations, moving};
use crate::world::World;

/// Longer than a proof lives and a new timeline settles: a node may be started within a fail-over.
const FIRST_PROOF_WITHIN: Duration = Duration::from_secs(10);

/// Opens the store, setting it up where there is none. Any number of processes at a time.
pub async fn open(address: &Address, founding: &Founding, world: World) -> Result<Store, Fault> {
    migrate::migrate(address).await?;
    found(address, founding, &world).await?;
    let postgres = Postgres::start(address, world.clone(), Lock::Account, Node::serving());
    match recognise(&postgres, founding, &world).await {
        Ok(found) => Ok(Store::of(Database::Postgres(Box::new(postgres)), world, found)),
        Err(fault) => {
            postgres.close().await;
            Err(fault)
        }
    }
}

/// What was read of a database counts when it is shown that its server is the primary.
async fn recognise(
    postgres: &Postgres,
    founding: &Founding,
    world: &World,
) -> Result<Found, Fault> {
    postgres.first_proof(FIRST_PROOF_WITHIN).await?;
    if let Some(why) = postgres.is_unfit() {
        return Err(Fault::Unusable(why.to_owned()));
    }
    let (made_by, keys) = postgres.read(&FoundedBy).await?;
    founding.recognise(&made_by.unwrap_or_default(), &keys, world.now())
}

/// The question: who founded this, and under which keys?
struct FoundedBy;

impl AskPostgres for FoundedBy {
    type Reply = (Option<String>, Vec<SealedKey>);

    async fn ask(&self, db: &Connection) -> Result<Self::Reply, Fault> {
        Ok((meta(db).await?, sealed::sealed_keys(db).await?))
    }
}

/// The same without its keys, for whoever administers it.
pub(in crate::store) async fn open_to_administer(
    address: &Address,
    world: World,
) -> Result<Core, Fault> {
    let db = Connection::open(address).await?;
    migrations::newest(last_migration(&db).await?)?;
    moving::may_be_opened(meta(&db).await?.as_deref())?;
    let postgres = Postgres::start(address, world.clone(), Lock::Account, Node::administering());
    Ok(Core::of(Database::Postgres(Box::new(postgres)), world))
}

pub(super) async fn last_migration(db: &Connection) -> Result<i64, Fault> {
    let last = db.query("select max(version)::bigint from rollcall_migrations", &[]).await;
    let last =
        last.map_err(|_| Fault::Unusable("this is not a database of rollcall".to_owned()))?;
    let last = last.first().map_or(0, |row| row.get(0));
    migrations::known(last)?;
    Ok(last)
}

/// What a store says made it; `None` where there is none.
pub async fn made_by(address: &Address) -> Result<Option<String>, Fault> {
    let db = Connection::open(address).await?;
    let sql = "select count(*) from information_schema.tables where table_schema = current_schema() and table_name = 'meta'";
    let tables: i64 = db.query(sql, &[]).await?.first().map_or(0, |row| row.get(0));
    if tables == 0 { Ok(None) } else { meta(&db).await }
}

/// A connection that only looks, without a limit on its time.
pub(in crate::store) async fn inspect(address: &Address) -> Result<Connection, Fault> {
    let db = Connection::open_without_limits(address).await?;
    last_migration(&db).await?;
    db.batch("set default_transaction_read_only = on").await?;
    Ok(db)
}

async fn meta(db: &Connection) -> Result<Option<String>, Fault> {
    let rows = db.query("select value from meta where name = 'made_by'", &[]).await?;
    Ok(rows.first().map(|row| row.get(0)))
}

/// Whoever comes first founds it; the others find what is there.
async fn found(address: &Address, founding: &Founding, world: &World) -> Result<(), Fault> {
    let db = Connection::open(address).await?;
    db.batch("begin").await?;
    let sql = "insert into meta (name, value) values ('made_by', $1) on conflict (name) do nothing";
    if db.execute(sql, &[&founding.made_by_row()?]).await? == 1 {
        sealed::put_key(&db, &founding.first_sealed_key(world.now())).await?;
        if let Some(timeline) = db.server().timeline {
            // A database that begins here has no earlier primary that could be stale.
            let sql = "insert into timelines (timeline, seen) values ($1, 'epoch')
                       on conflict (timeline) do update set seen = excluded.seen";
            db.execute(sql, &[&i64::from(timeline)]).await?;
        }
    }
    db.commit().await
}
