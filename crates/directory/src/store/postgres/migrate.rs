//! Runs the migrations on PostgreSQL. One row is locked by a connection of its own meanwhile, so
//! that nodes which start together wait for the first.

use refinery_core::Migration;
use refinery_core::traits::r#async::{AsyncMigrate, AsyncQuery, AsyncTransaction};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio_postgres::Client;

use super::address::Address;
use super::connection::Connection;
use crate::Fault;
use crate::store::migrations;

pub(super) async fn migrate(address: &Address) -> Result<(), Fault> {
    let lock = lock(address).await?;
    let mut db = Connection::open_without_limits(address).await?;
    migrations::postgres()?
        .run_async(&mut Migrating(db.client()))
        .await
        .map_err(|error| migrations::fault(&error))?;
    // A row lock is a write: where no standby answers this waits, and not for ever.
    lock.commit().await
}

async fn lock(address: &Address) -> Result<Connection, Fault> {
    // Two that make the table at once: one of them fails, and finds it there the second time.
    for attempt in 0..3 {
        let db = Connection::open_without_limits(address).await?;
        let made = db
            .batch(
                "create table if not exists rollcall_migrating (id integer primary key);
                 insert into rollcall_migrating values (1) on conflict (id) do nothing;",
            )
            .await;
        match made {
            Ok(()) => {
                db.batch("set lock_timeout = '60s'; begin; select id from rollcall_migrating where id = 1 for update")
                    .await?;
                return Ok(db);
            }
            Err(fault) if attempt == 2 => return Err(fault),
            Err(_) => {}
        }
    }
    Err(Fault::Busy("the migrations' lock was not to be had".to_owned()))
}

struct Migrating<'c>(&'c mut Client);

impl AsyncTransaction for Migrating<'_> {
    type Error = tokio_postgres::Error;

    async fn execute<'a, T: Iterator<Item = &'a str> + Send + 'a>(
        &'a mut self,
        queries: T,
    ) -> Result<usize, Self::Error> {
        let transaction = self.0.transaction().await?;
        let mut count = 0;
        for query in queries {
            transaction.batch_execute(query).await?;
            count += 1;
        }
        transaction.commit().await?;
        Ok(count)
    }
}

impl AsyncQuery<Vec<Migration>> for Migrating<'_> {
    async fn query<'a>(&'a mut self, query: &'a str) -> Result<Vec<Migration>, Self::Error> {
        let rows = self.0.query(query, &[]).await?;
        // What does not read is left out, and then missed: the run stops rather than guesses.
        Ok(rows.iter().filter_map(applied).collect())
    }
}

fn applied(row: &tokio_postgres::Row) -> Option<Migration> {
    let applied = OffsetDateTime::parse(row.try_get(2).ok()?, &Rfc3339).ok()?;
    let checksum = row.try_get::<_, &str>(3).ok()?.parse().ok()?;
    Some(Migration::applied(row.try_get(0).ok()?, row.try_get(1).ok()?, applied, checksum))
}

impl AsyncMigrate for Migrating<'_> {}
