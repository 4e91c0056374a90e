//! Opening: the address, the migrations under a lock, the keys.

use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

use super::connection::Connection;
use super::migrate;
use super::reading::Postgres;
use crate::Fault;
use crate::keys::{KeyId, KeyRing, SealedKey};
use crate::store::{Database, Founding, MadeBy, Store, migrations};
use crate::world::{Moment, World};

const DEAD_AFTER: Duration = Duration::from_secs(5);

/// Where the database is, as a `postgres://` address or `key=value` pairs.
#[derive(Clone)]
pub struct Address(Config);

#[cfg(test)]
impl Address {
    pub(crate) fn from_config(config: Config) -> Self {
        Self(config)
    }
}

impl std::str::FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut config: Config =
            text.parse().map_err(|error| format!("not a PostgreSQL address: {error}"))?;
        // `prefer`, the default, means: without, where the server offers none. TLS is not built yet.
        if config.get_ssl_mode() == SslMode::Require {
            return Err("TLS to PostgreSQL is not built yet: use a socket or a loopback address without sslmode=require".to_owned());
        }
        config.ssl_mode(SslMode::Disable).application_name("rollcall");
        // A machine that is gone is noticed in seconds, not in the two hours of the default.
        config.keepalives_idle(DEAD_AFTER).tcp_user_timeout(DEAD_AFTER);
        Ok(Self(config))
    }
}

/// Opens the store, setting it up where there is none. Any number of processes at a time.
pub async fn open(address: &Address, founding: &Founding, world: World) -> Result<Store, Fault> {
    let Address(config) = address;
    migrate::migrate(config).await?;
    let (keys, made_by) = found(config, founding, &world).await?;
    let postgres = Postgres::start(config.clone(), world.clone());
    Ok(Store::of(Database::Postgres(Box::new(postgres)), world, keys, made_by))
}

/// What a store says made it; `None` where there is none.
pub async fn made_by(address: &Address) -> Result<Option<String>, Fault> {
    let db = Connection::open(&address.0).await?;
    let sql = "select count(*) from information_schema.tables where table_schema = current_schema() and table_name = 'meta'";
    let tables: i64 = db.query(sql, &[]).await?.first().map_or(0, |row| row.get(0));
    if tables == 0 { Ok(None) } else { meta(&db).await }
}

/// A connection that only looks, without a limit on its time.
pub(in crate::store) async fn inspect(address: &Address) -> Result<Connection, Fault> {
    let db = Connection::open_without_limits(&address.0).await?;
    let last = db.query("select max(version)::bigint from rollcall_migrations", &[]).await;
    let last =
        last.map_err(|_| Fault::Unusable("this is not a database of rollcall".to_owned()))?;
    migrations::known(last.first().map_or(0, |row| row.get(0)))?;
    db.batch("set default_transaction_read_only = on").await?;
    Ok(db)
}

async fn meta(db: &Connection) -> Result<Option<String>, Fault> {
    let rows = db.query("select value from meta where name = 'made_by'", &[]).await?;
    Ok(rows.first().map(|row| row.get(0)))
}

/// Whoever comes first founds it; the others find what is there.
async fn found(
    config: &Config,
    founding: &Founding,
    world: &World,
) -> Result<(KeyRing, MadeBy), Fault> {
    let db = Connection::open(config).await?;
    db.batch("begin").await?;
    let sql = "insert into meta (name, value) values ('made_by', $1) on conflict (name) do nothing";
    if db.execute(sql, &[&founding.made_by_row()?]).await? == 1 {
        let key = founding.first_sealed_key(world.now());
        let sql = "insert into mac_keys (key_id, sealed, made) values ($1, $2, $3)";
        db.execute(sql, &[&i64::from(key.id.0), &key.sealed, &key.made.millis()]).await?;
    }
    db.commit().await?;
    let made_by = meta(&db).await?.unwrap_or_default();
    let mut sealed = Vec::new();
    for row in db.query("select key_id, sealed, made from mac_keys", &[]).await? {
        let id = u32::try_from(row.get::<_, i64>(0))
            .map_err(|_| Fault::inconsistent("mac_keys", "key_id", row.get::<_, i64>(0)))?;
        let made = Moment::from_millis(row.get(2));
        sealed.push(SealedKey { id: KeyId(id), sealed: row.get(1), made });
    }
    founding.recognise(&made_by, &sealed)
}
