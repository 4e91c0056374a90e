//! A SQLite store as one side of a move: its folder locked against servers, its file against
//! whoever writes beside one.

use std::fs::File;

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, OptionalExtension, ToSql, params_from_iter};

use super::open::{Place, connect, lock_against_servers, made_by, make_file, make_folder};
use super::{migrate, texts};
use crate::Fault;
use crate::audit::sqlite::place;
use crate::store::moving::{Batch, Cell, Mark, PROGRESS, Row, Table, noted};
use crate::users;
use crate::users::sqlite::moved;

/// So many pages of the log before SQLite brings them into the file: nobody else does it here.
const CHECKPOINT_PAGES: i64 = 4_000;

/// Its records have places, which are of this database alone.
const LOG: &str = "audit";
/// A view here: people have the number of their account.
const PEOPLE: &str = "users";

pub(in crate::store) struct Held {
    db: Connection,
    _lock: File,
}

impl Held {
    pub(in crate::store) fn source(place: &Place) -> Result<Self, Fault> {
        if !place.holds_a_store() {
            return Err(Fault::Unusable(format!("{} holds no store", place.folder().display())));
        }
        let lock = lock_against_servers(place)?;
        let db = connect(place)?;
        migrate::up_to_date(&db)?;
        // Read by way of the accounts' numbers, they would stay behind, and not be missed.
        let left_out = [users::sqlite::of_no_number(&db)?, place::of_no_account(&db)?].concat();
        if let Some(first) = left_out.first() {
            return Err(Fault::Unusable(format!(
                "not all of this store can be moved ({first}): `rollcall admin integrity` says what is wrong with it"
            )));
        }
        Ok(Self { db, _lock: lock })
    }

    pub(in crate::store) fn target(place: &Place) -> Result<Self, Fault> {
        let said = made_by(place)?;
        make_folder(place)?;
        let lock = lock_against_servers(place)?;
        make_file(&place.file())?;
        let mut db = connect(place)?;
        // Somebody's store is not even brought up to date.
        match said.as_deref().is_none_or(Mark::is_one) {
            true => migrate::migrate(&mut db)?,
            false => migrate::up_to_date(&db)?,
        }
        db.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        Ok(Self { db, _lock: lock })
    }

    pub(in crate::store) fn said(&mut self, name: &str) -> Result<Option<String>, Fault> {
        let sql = "select value from meta where name = ?1";
        Ok(self.db.query_row(sql, [name], |row| row.get(0)).optional()?)
    }

    pub(in crate::store) fn tables(&mut self) -> Result<Vec<String>, Fault> {
        let sql = "select name from sqlite_schema where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\' order by name";
        texts(&self.db, sql)
    }

    pub(in crate::store) fn columns(&mut self, table: &Table) -> Result<Vec<String>, Fault> {
        // Those that are read from others too: the other database keeps them.
        let sql = "select name from pragma_table_xinfo(?1)
                   where hidden in (0, 2) and (?1, name) <> ('audit', 'place') order by name";
        let mut statement = self.db.prepare(sql)?;
        let names = statement.query_map([table.name], |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    }

    pub(in crate::store) fn page(
        &mut self,
        table: &Table,
        columns: &[String],
        after: Option<&Row>,
        limit: usize,
    ) -> Result<Vec<Row>, Fault> {
        let (names, key) = (columns.join(", "), table.key.join(", "));
        let (sql, before_all) = match table.name {
            LOG => {
                (place::page_sql(columns, limit), vec![Cell::Text(String::new()), Cell::Number(0)])
            }
            PEOPLE => {
                let first =
                    vec![Cell::Text(String::new()), Cell::Number(0), Cell::Text(String::new())];
                (moved::page_sql(columns, limit), first)
            }
            name => {
                let behind = after.map_or(String::new(), |after| {
                    let places = vec!["?"; after.len()].join(", ");
                    format!("where ({key}) > ({places})")
                });
                let sql =
                    format!("select {names} from {name} {behind} order by {key} limit {limit}");
                (sql, Row::new())
            }
        };
        let after = after.unwrap_or(&before_all);
        let mut statement = self.db.prepare_cached(&sql)?;
        let row = |row: &rusqlite::Row<'_>| {
            (0..columns.len()).map(|at| cell(row.get_ref(at)?)).collect::<rusqlite::Result<Row>>()
        };
        let rows = statement.query_map(params_from_iter(after), row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The rows and where the target stands with them, in one transaction.
    pub(in crate::store) fn put(&mut self, batch: &Batch<'_>) -> Result<(), Fault> {
        let transaction = self.db.transaction()?;
        let places = vec!["?"; batch.columns.len()].join(", ");
        let names = batch.columns.join(", ");
        let sql = match batch.table.name {
            LOG => place::insert_sql(batch.columns),
            PEOPLE => moved::insert_sql(batch.columns),
            name => format!("insert into {name} ({names}) values ({places})"),
        };
        {
            let mut statement = transaction.prepare_cached(&sql)?;
            for row in batch.rows {
                if statement.execute(params_from_iter(row))? != 1 {
                    return Err(Fault::Unusable(format!(
                        "a row of {} is of an account that is not there: `rollcall admin \
                         integrity` of the store that is moved says which",
                        batch.table.name
                    )));
                }
            }
        }
        let sql = "update meta set value = ?3 where name = ?1 and value = ?2";
        let words = (PROGRESS, noted(batch.before)?, noted(batch.after)?);
        if transaction.execute(sql, words)? != 1 {
            return Err(Fault::Busy("another process fills the same store".to_owned()));
        }
        Ok(transaction.commit()?)
    }

    /// Commits, if others were kept out.
    pub(in crate::store) fn say(&mut self, words: &[(&str, Option<&str>)]) -> Result<(), Fault> {
        if self.db.is_autocommit() {
            self.db.execute_batch("begin immediate")?;
        }
        for (name, value) in words {
            match value {
                Some(value) => self.db.execute(
                    "insert into meta (name, value) values (?1, ?2)
                     on conflict (name) do update set value = excluded.value",
                    (name, value),
                )?,
                None => self.db.execute("delete from meta where name = ?1", [name])?,
            };
        }
        Ok(self.db.execute_batch("commit")?)
    }

    /// SQLite has one writer at a time: us, by a transaction that stays open.
    pub(in crate::store) fn keep_others_out(&mut self) -> Result<(), Fault> {
        Ok(self.db.execute_batch("begin immediate")?)
    }

    pub(in crate::store) fn filled(&mut self) -> Result<(), Fault> {
        Ok(self.db.execute_batch("pragma wal_checkpoint(truncate)")?)
    }
}

fn cell(value: ValueRef<'_>) -> rusqlite::Result<Cell> {
    Ok(match value.try_into()? {
        Value::Null => Cell::Null,
        Value::Integer(number) => Cell::Number(number),
        Value::Text(text) => Cell::Text(text),
        Value::Blob(bytes) => Cell::Bytes(bytes),
        // No column of ours has one.
        Value::Real(_) => return Err(rusqlite::Error::InvalidQuery),
    })
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Number(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
