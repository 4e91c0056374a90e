//! Copies of a store in schemas beside it, and one of them put back, each in one transaction. No batch
//! of this process runs meanwhile; what others do waits at the tables.

use super::Postgres;
use super::connection::Connection;
use crate::Fault;
use crate::store::copies::{CopyName, KeptCopy};
use crate::world::Moment;

/// A schema's name has 63 bytes at most.
const SCHEMA: &str = "rollcall_copy_";
const _: () = assert!(SCHEMA.len() + CopyName::LENGTH_MAX <= 63);

impl CopyName {
    /// With its quotes: no name has one in it.
    fn schema(&self) -> String {
        format!("\"{SCHEMA}{self}\"")
    }
}

/// All that the store is, in the order of the names; what says how far it was migrated, who serves it and
/// from which timeline stays as it is.
async fn tables(db: &Connection) -> Result<Vec<String>, Fault> {
    let sql = "select table_name::text from information_schema.tables
               where table_schema = current_schema() and table_type = 'BASE TABLE'
               and table_name not in ('rollcall_migrating', 'rollcall_migrations', 'nodes', 'timelines') order by 1";
    Ok(db.query(sql, &[]).await?.iter().map(|row| row.get(0)).collect())
}

async fn is_there(db: &Connection, name: &CopyName) -> Result<bool, Fault> {
    let sql = "select 1 from information_schema.schemata where schema_name = $1";
    Ok(!db.query(sql, &[&format!("{SCHEMA}{name}")]).await?.is_empty())
}

impl Postgres {
    pub(in crate::store) async fn keep_copy(
        &self,
        name: &CopyName,
        about: &str,
        made: Moment,
    ) -> Result<(), Fault> {
        let db = Connection::open_without_limits(self.address()).await?;
        let schema = name.schema();
        db.batch("begin isolation level repeatable read").await?;
        let mut sql = format!("drop schema if exists {schema} cascade; create schema {schema};");
        for table in tables(&db).await? {
            sql.push_str(&format!("create table {schema}.\"{table}\" as table \"{table}\";"));
        }
        sql.push_str(&format!("create table {schema}.\"{ABOUT}\" (made bigint, about text);"));
        db.batch(&sql).await?;
        let sql = format!("insert into {schema}.\"{ABOUT}\" values ($1, $2)");
        db.execute_once(&sql, &[&made.millis(), &about]).await?;
        db.commit().await
    }

    pub(in crate::store) async fn put_back(&self, name: &CopyName) -> Result<bool, Fault> {
        let db = Connection::open_without_limits(self.address()).await?;
        if !is_there(&db, name).await? {
            return Ok(false);
        }
        let _writing = self.noted().writing.lock().await;
        let _turns = self.batcher().every_turn().await?;
        let (schema, tables) = (name.schema(), tables(&db).await?);
        let names: Vec<String> = tables.iter().map(|table| format!("\"{table}\"")).collect();
        let mut sql = format!("truncate {};", names.join(", "));
        for table in &names {
            sql.push_str(&format!("insert into {table} select * from {schema}.{table};"));
        }
        db.batch("begin").await?;
        db.batch(&sql).await?;
        db.commit().await?;
        // Of a time that is now forgotten.
        drop((self.noted().uses.take(), self.noted().visits.take()));
        Ok(true)
    }

    pub(in crate::store) async fn copies(&self) -> Result<Vec<KeptCopy>, Fault> {
        let db = Connection::open_without_limits(self.address()).await?;
        let sql = "select n.nspname::text, coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
                   from pg_namespace n left join pg_class c on c.relnamespace = n.oid and c.relkind = 'r'
                   where starts_with(n.nspname::text, 'rollcall_copy_') group by 1 order by 1";
        let mut found = Vec::new();
        for row in db.query(sql, &[]).await? {
            let schema: &str = row.get(0);
            let name = schema.strip_prefix(SCHEMA).and_then(|name| name.parse::<CopyName>().ok());
            let Some(name) = name else { continue };
            let sql = format!("select made, about from {}.\"{ABOUT}\"", name.schema());
            let Some((made, about)) = db
                .query_once(&sql)
                .await?
                .first()
                .map(|row| (Moment::from_millis(row.get(0)), row.get::<_, String>(1)))
            else {
                continue;
            };
            let bytes = u64::try_from(row.get::<_, i64>(1)).unwrap_or_default();
            found.push(KeptCopy { name, about, made, bytes });
        }
        Ok(found)
    }

    pub(in crate::store) async fn drop_copy(&self, name: &CopyName) -> Result<bool, Fault> {
        let db = Connection::open_without_limits(self.address()).await?;
        let there = is_there(&db, name).await?;
        if there {
            db.batch(&format!("drop schema {} cascade", name.schema())).await?;
        }
        Ok(there)
    }
}

/// No table of the store has this name.
const ABOUT: &str = "about this copy";
