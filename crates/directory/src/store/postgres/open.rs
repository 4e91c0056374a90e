//! Opening: the migrations under a lock, the keys.

use super::address::Address;
use super::connection::Connection;
use super::reading::Postgres;
use super::{migrate, sealed};
use crate::Fault;
use crate::store::core::Core;
use crate::store::{Database, Found, Founding, Store, migrations, moving};
use crate::world::World;

/// Opens the store, setting it up where there is none. Any number of processes at a time.
pub async fn open(address: &Address, founding: &Founding, world: World) -> Result<Store, Fault> {
    migrate::migrate(address).await?;
    let found = found(address, founding, &world).await?;
    let postgres = Postgres::start(address.clone(), world.clone());
    Ok(Store::of(Database::Postgres(Box::new(postgres)), world, found))
}

/// The same without its keys, for whoever administers it.
pub(in crate::store) async fn open_to_administer(
    address: &Address,
    world: World,
) -> Result<Core, Fault> {
    let db = Connection::open(address).await?;
    migrations::newest(last_migration(&db).await?)?;
    moving::may_be_opened(meta(&db).await?.as_deref())?;
    let postgres = Postgres::start(address.clone(), world.clone());
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
async fn found(address: &Address, founding: &Founding, world: &World) -> Result<Found, Fault> {
    let db = Connection::open(address).await?;
    db.batch("begin").await?;
    let sql = "insert into meta (name, value) values ('made_by', $1) on conflict (name) do nothing";
    if db.execute(sql, &[&founding.made_by_row()?]).await? == 1 {
        sealed::put_key(&db, &founding.first_sealed_key(world.now())).await?;
    }
    db.commit().await?;
    let made_by = meta(&db).await?.unwrap_or_default();
    founding.recognise(&made_by, &sealed::sealed_keys(&db).await?, world.now())
}
