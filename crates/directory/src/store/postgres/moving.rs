//! PostgreSQL as one side of a move. Whoever serves it shows in `nodes` and is refused; whoever
//! comes all the same waits at the tables, which are locked for as long as they are read.

use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};

use super::address::Address;
use super::connection::Connection;
use super::migrate;
use super::nodes_alive::nobody_serves;
use super::open::{last_migration, made_by};
use crate::Fault;
use crate::store::migrations;
use crate::store::moving::{Batch, Cell, MOVING, Mark, PROGRESS, Row, Table, noted};

pub(in crate::store) struct Held {
    db: Connection,
    /// A transaction is open that keeps others out.
    is_locked: bool,
}

impl Held {
    pub(in crate::store) async fn source(address: &Address) -> Result<Self, Fault> {
        let db = Connection::open_without_limits(address).await?;
        migrations::newest(last_migration(&db).await?)?;
        Ok(Self { db, is_locked: false })
    }

    pub(in crate::store) async fn target(address: &Address) -> Result<Self, Fault> {
        // Somebody's store is not even brought up to date.
        if made_by(address).await?.as_deref().is_none_or(Mark::is_one) {
            migrate::migrate(address).await?;
        }
        Self::source(address).await
    }

    pub(in crate::store) async fn said(&mut self, name: &str) -> Result<Option<String>, Fault> {
        let rows = self.db.query("select value from meta where name = $1", &[&name]).await?;
        Ok(rows.first().map(|row| row.get(0)))
    }

    pub(in crate::store) async fn tables(&mut self) -> Result<Vec<String>, Fault> {
        let sql = "select table_name::text from information_schema.tables
                   where table_schema = current_schema() and table_type = 'BASE TABLE' order by 1";
        Ok(self.db.query(sql, &[]).await?.iter().map(|row| row.get(0)).collect())
    }

    pub(in crate::store) async fn columns(&mut self, table: &Table) -> Result<Vec<String>, Fault> {
        let sql = "select column_name::text from information_schema.columns
                   where table_schema = current_schema() and table_name = $1
                   order by column_name collate \"C\"";
        let rows = self.db.query(sql, &[&table.name]).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// Pages go in the order of the database's own index, whatever its collation is.
    pub(in crate::store) async fn page(
        &mut self,
        table: &Table,
        columns: &[String],
        after: Option<&Row>,
        limit: usize,
    ) -> Result<Vec<Row>, Fault> {
        let (names, key) = (columns.join(", "), table.key.join(", "));
        let behind = after.map_or(String::new(), |after| {
            let places: Vec<String> = (1..=after.len()).map(|place| format!("${place}")).collect();
            format!("where ({key}) > ({})", places.join(", "))
        });
        let sql =
            format!("select {names} from {} {behind} order by {key} limit {limit}", table.name);
        let client = self.db.client();
        let statement = client.prepare(&sql).await?;
        let keys = after.into_iter().flatten().zip(statement.params());
        let keys = keys.map(|(cell, kind)| value(cell, kind)).collect::<Result<Vec<_>, _>>()?;
        let params: Vec<&(dyn ToSql + Sync)> = keys.iter().map(|key| &**key as _).collect();
        let rows = client.query(&statement, &params).await?;
        rows.iter().map(cells).collect()
    }

    /// The rows and where the target stands with them, in one transaction.
    pub(in crate::store) async fn put(&mut self, batch: &Batch<'_>) -> Result<(), Fault> {
        self.db.batch("begin").await?;
        let sql = "update meta set value = $3 where name = $1 and value = $2";
        let (before, after) = (noted(batch.before)?, noted(batch.after)?);
        if self.db.execute(sql, &[&PROGRESS, &before, &after]).await? != 1 {
            return Err(Fault::Busy("another process fills the same store".to_owned()));
        }
        if !batch.rows.is_empty() {
            self.copy(batch).await?;
        }
        self.db.commit().await
    }

    async fn copy(&mut self, batch: &Batch<'_>) -> Result<(), Fault> {
        let (names, table) = (batch.columns.join(", "), batch.table.name);
        let client = self.db.client();
        let statement = client.prepare(&format!("select {names} from {table} limit 0")).await?;
        let kinds: Vec<Type> =
            statement.columns().iter().map(|column| column.type_().clone()).collect();
        let sql = format!("copy {table} ({names}) from stdin binary");
        let writer = BinaryCopyInWriter::new(client.copy_in(&sql).await?, &kinds);
        let mut writer = std::pin::pin!(writer);
        for row in batch.rows {
            let row = row.iter().zip(&kinds).map(|(cell, kind)| value(cell, kind));
            let row = row.collect::<Result<Vec<_>, _>>()?;
            writer.as_mut().write_raw(row.iter().map(|cell| &**cell as &dyn ToSql)).await?;
        }
        let written = writer.finish().await?;
        super::exactly(written, batch.rows.len(), table, "rows")
    }

    /// Commits, if others were kept out.
    pub(in crate::store) async fn say(
        &mut self,
        words: &[(&str, Option<&str>)],
    ) -> Result<(), Fault> {
        if !self.is_locked {
            self.db.batch("begin").await?;
        }
        self.is_locked = false;
        for (name, value) in words {
            match value {
                Some(value) => {
                    let sql = "insert into meta (name, value) values ($1, $2)
                               on conflict (name) do update set value = excluded.value";
                    self.db.execute(sql, &[name, value]).await?
                }
                None => self.db.execute("delete from meta where name = $1", &[name]).await?,
            };
        }
        self.db.commit().await
    }

    /// Every write waits at these locks, and so does another move; reads do not.
    pub(in crate::store) async fn keep_others_out(&mut self) -> Result<(), Fault> {
        lock_all(&self.db).await?;
        self.is_locked = true;
        Ok(())
    }

    pub(in crate::store) async fn is_served_by_nobody(&mut self) -> Result<(), Fault> {
        nobody_serves(&self.db).await
    }

    /// The planner is told what is there now; it would find out by itself some time later.
    pub(in crate::store) async fn filled(&mut self) -> Result<(), Fault> {
        for table in MOVING {
            self.db.batch(&format!("analyze {}", table.name)).await?;
        }
        Ok(())
    }
}

/// Begins a transaction that alone may write what a store is, until its end.
pub(super) async fn lock_all(db: &Connection) -> Result<(), Fault> {
    let names: Vec<&str> = MOVING.iter().map(|table| table.name).collect();
    let names = names.join(", ");
    db.batch(&format!(
        "begin isolation level read committed; lock table {names}, meta in share row exclusive mode"
    ))
    .await
    .map_err(|fault| match fault {
        Fault::Busy(_) => Fault::Busy(
            "somebody writes to this database, or moves it: stop every node and command first"
                .to_owned(),
        ),
        other => other,
    })
}

fn cells(row: &tokio_postgres::Row) -> Result<Row, Fault> {
    let cell = |(at, column): (usize, &tokio_postgres::Column)| {
        let cell = match *column.type_() {
            Type::BOOL => row.get::<_, Option<bool>>(at).map(|is| Cell::Number(is.into())),
            Type::INT2 => row.get::<_, Option<i16>>(at).map(|it| Cell::Number(it.into())),
            Type::INT4 => row.get::<_, Option<i32>>(at).map(|it| Cell::Number(it.into())),
            Type::INT8 => row.get::<_, Option<i64>>(at).map(Cell::Number),
            Type::TEXT => row.get::<_, Option<String>>(at).map(Cell::Text),
            Type::BYTEA => row.get::<_, Option<Vec<u8>>>(at).map(Cell::Bytes),
            _ => return Err(unknown(column.type_())),
        };
        Ok(cell.unwrap_or(Cell::Null))
    };
    row.columns().iter().enumerate().map(cell).collect()
}

type Param = Box<dyn ToSql + Sync + Send>;

fn value(cell: &Cell, kind: &Type) -> Result<Param, Fault> {
    let small = |_| Fault::Statement(format!("a number too large for {kind}"));
    Ok(match (cell, kind) {
        (Cell::Null, &Type::BOOL) => Box::new(None::<bool>),
        (Cell::Null, &Type::INT2) => Box::new(None::<i16>),
        (Cell::Null, &Type::INT4) => Box::new(None::<i32>),
        (Cell::Null, &Type::INT8) => Box::new(None::<i64>),
        (Cell::Null, &Type::TEXT) => Box::new(None::<String>),
        (Cell::Null, &Type::BYTEA) => Box::new(None::<Vec<u8>>),
        (Cell::Number(0), &Type::BOOL) => Box::new(false),
        (Cell::Number(1), &Type::BOOL) => Box::new(true),
        (Cell::Number(it), &Type::INT2) => Box::new(i16::try_from(*it).map_err(small)?),
        (Cell::Number(it), &Type::INT4) => Box::new(i32::try_from(*it).map_err(small)?),
        (Cell::Number(it), &Type::INT8) => Box::new(*it),
        (Cell::Text(text), &Type::TEXT) => Box::new(text.clone()),
        (Cell::Bytes(bytes), &Type::BYTEA) => Box::new(bytes.clone()),
        _ => return Err(unknown(kind)),
    })
}

fn unknown(kind: &Type) -> Fault {
    Fault::Statement(format!("a value that a column of type {kind} does not take"))
}
