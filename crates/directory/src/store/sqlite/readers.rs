//! Reading: each thread that serves calls keeps a connection of its own with its statements
//! prepared, and answers right there. A hop to another thread would cost more than the answer.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use rusqlite::Connection;

use super::checkpoint::Checkpoints;
use super::filling;
use super::held::HeldSnapshot;
use super::open::{Place, connect_to_read};
use super::serving::{Opened, Serving};
use super::snapshot::{Known, Snapshot, with_known};
use super::writer::{Beside, Writer};
use super::{AskSqlite, texts};
use crate::Fault;
use crate::accounts;
use crate::accounts::Account;
use crate::audit::{self, blocks};
use crate::store::noted::Noted;
use crate::store::orphans::ORPHANS;
use crate::store::{Accounts, Integrity, Lock};
use crate::users::whereabouts::Whereabouts;
use crate::users::{self, stretches};
use crate::world::World;

/// An open SQLite store.
pub struct Sqlite {
    place: Place,
    opened: Arc<Opened>,
    writer: Writer,
    noted: Arc<Noted>,
    whereabouts: Arc<Whereabouts>,
    /// Its number, by which a thread finds its own connection; gone when the store is.
    alive: Arc<u64>,
}

static NEXT: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static READERS: RefCell<Vec<Reader>> = const { RefCell::new(Vec::new()) };
}

struct Reader {
    store: Weak<u64>,
    db: Connection,
    known: Known,
}

impl Sqlite {
    pub(super) fn start(
        place: Place,
        mut db: Connection,
        world: World,
        serving: Option<Serving>,
        lock: Lock,
    ) -> Result<Self, Fault> {
        filling::put_aside_in_memory(&db, true)?;
        let checkpoints = Checkpoints::start(&place, &mut db)?;
        let noted = Arc::new(Noted::default());
        let held = serving.as_ref().map(|_| HeldSnapshot::open(&place)).transpose()?;
        let serving = serving.zip(held);
        let whereabouts = Arc::new(Whereabouts::default());
        let opened = Arc::new(Opened::at(&place)?);
        let beside = Beside {
            opened: Arc::clone(&opened),
            noted: Arc::clone(&noted),
            whereabouts: Arc::clone(&whereabouts),
            filling: None,
        };
        let writer = Writer::start(db, world, checkpoints, serving, lock, beside)?;
        let alive = Arc::new(NEXT.fetch_add(1, Ordering::Relaxed));
        Ok(Self { place, opened, writer, noted, whereabouts, alive })
    }

    pub(in crate::store) fn place(&self) -> &Place {
        &self.place
    }

    pub(super) fn writer(&self) -> &Writer {
        &self.writer
    }

    pub(in crate::store) fn noted(&self) -> &Noted {
        &self.noted
    }

    pub(in crate::store) fn close(&self) {
        self.writer.stop();
    }

    pub(in crate::store) fn read<Q: AskSqlite>(&self, question: &Q) -> Result<Q::Answer, Fault> {
        self.opened.is_there()?;
        READERS.with_borrow_mut(|readers| {
            let mine = |reader: &Reader| reader.store.as_ptr() == Arc::as_ptr(&self.alive);
            let at = match readers.iter().position(mine) {
                Some(at) => at,
                None => {
                    readers.retain(|reader| reader.store.strong_count() > 0);
                    let (store, db) = (Arc::downgrade(&self.alive), connect_to_read(&self.place)?);
                    let known = Known::beside(Arc::clone(&self.whereabouts));
                    readers.push(Reader { store, db, known });
                    readers.len() - 1
                }
            };
            let Reader { db, known, .. } = &readers[at];
            with_known(db, known, question)
        })
    }
}

/// A backup that an older program made has none of its tables yet.
pub(super) fn has_the_console(db: &Connection) -> Result<bool, Fault> {
    has_table(db, "vaults")
}

pub(crate) fn has_table(db: &Connection, name: &str) -> Result<bool, Fault> {
    let sql = "select 1 from sqlite_master where type = 'table' and name = ?1";
    Ok(db.prepare_cached(sql)?.exists([name])?)
}

impl AskSqlite for Integrity {
    type Answer = Vec<String>;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        let found = texts(db, "pragma integrity_check")?;
        if found != ["ok"] {
            return Ok(found);
        }
        if !has_the_console(db)? {
            return Ok(Vec::new());
        }
        let mut found = texts(db, ORPHANS)?;
        // No index any more, so the database's own check does not hold them against the log.
        if has_table(db, "audit_blocks")? {
            found.extend(blocks::sqlite::wrong(db)?);
        }
        if has_table(db, "account_numbers")? {
            found.extend(audit::sqlite::place::of_no_account(db)?);
        }
        // Those of before are made anew.
        if has_table(db, "people")? {
            found.extend(accounts::sqlite::of_no_number(db)?);
            found.extend(users::sqlite::of_no_number(db)?);
            found.extend(users::sqlite::wrong(db)?);
            found.extend(stretches::sqlite::wrong(db)?);
        }
        Ok(found)
    }
}

impl AskSqlite for Accounts {
    type Answer = Vec<Account>;

    fn ask(&self, db: &Snapshot<'_>) -> Result<Self::Answer, Fault> {
        let after = self.after.map(|id| id.to_string()).unwrap_or_default();
        let mut statement = db.prepare_cached(
            "select account_id from accounts where account_id > ?1 order by account_id limit ?2",
        )?;
        let mut rows = statement.query(rusqlite::params![after, self.limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let text = row.get_ref(0)?.as_str()?;
            let id =
                text.parse().map_err(|_| Fault::inconsistent("accounts", "account_id", text))?;
            found.extend(accounts::sqlite::load(db, id)?);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use crate::store::sqlite::an_empty_file;
    use crate::store::sqlite::filling;
    use crate::store::sqlite::open::connect_to_read;

    /// Without `ENABLE_QPSG` an analysed database plans a held statement again at every bind,
    /// which costs two thirds of the speed of a list.
    #[test]
    fn a_held_statement_is_not_planned_again() {
        let (_folder, place, db) = an_empty_file();
        db.execute_batch("create table t (a text, b integer, primary key (a, b)) without rowid")
            .unwrap();
        for n in 0..1000 {
            db.execute("insert into t values (?1, ?2)", (format!("{}", n % 3), n)).unwrap();
        }
        db.execute_batch("analyze").unwrap();
        let reader = connect_to_read(&place).unwrap();
        let mut held = reader.prepare("select b from t where a = ?1 and b > ?2 limit 5").unwrap();
        for n in 0..100 {
            let mut rows = held.query((format!("{}", n % 3), n * 7)).unwrap();
            while rows.next().unwrap().is_some() {}
        }
        assert_eq!(held.get_status(StatementStatus::RePrepare), 0);
    }

    /// Built with a `SQLITE_STMTJRNL_SPILL` of more than SQLite writes at once (128 KiB less one byte),
    /// such a statement ends with "disk is full".
    #[test]
    fn a_statement_that_changes_many_pages_can_be_undone_by_itself() {
        let (_folder, _, db) = an_empty_file();
        db.execute_batch(
            "create table t (a integer unique, b text);
             insert into t select value, hex(zeroblob(500)) from (
                 with recursive n(value) as (select 1 union all select value + 1 from n
                                             where value < 20000) select value from n);
             begin; insert into t values (0, '')",
        )
        .unwrap();
        // Each row moves to the place of another, so that it may fail at any of them.
        let moved = db.execute("update t set a = -a, b = b || 'x' where a > 0", []).unwrap();
        assert_eq!(moved, 20_000);
        let clash =
            db.execute("update t set a = iif(a = -19999, -20000, a), b = '' where a < 0", []);
        assert!(clash.is_err());
        let there: (i64, i64) = db
            .query_row("select count(*), sum(b like '%x') from t", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        assert_eq!(there, (20_001, 20_000));
    }

    /// See [`filling::put_aside_in_memory`].
    #[test]
    fn a_writer_puts_aside_in_memory_except_while_it_fills() {
        let (_folder, _, mut db) = an_empty_file();
        crate::store::sqlite::migrate::migrate(&mut db).unwrap();
        let in_memory = |db: &rusqlite::Connection| {
            db.query_row("pragma temp_store", [], |row| Ok(row.get::<_, i64>(0)? == 2)).unwrap()
        };
        filling::put_aside_in_memory(&db, true).unwrap();
        assert!(in_memory(&db));
        assert!(filling::Filling::begin(&mut db).unwrap().is_some());
        assert!(!in_memory(&db));
        filling::end(&mut db).unwrap();
        assert!(in_memory(&db));
    }

    /// In every batch, under the lock: it must not cost more where there are more people.
    #[test]
    fn owners_are_counted_without_looking_at_everybody() {
        let (_folder, _, mut db) = an_empty_file();
        crate::store::sqlite::migrate::migrate(&mut db).unwrap();
        let sql = "insert into people values (7, ?1, ?2, ?2, null, '', 1, ?3, 0, 0, 0, 1, 0)";
        for n in 0..1000 {
            db.execute(sql, (n, format!("{n}"), n < 3)).unwrap();
        }
        let mut count = db.prepare(crate::users::sqlite::COUNT_OWNERS).unwrap();
        let owners: u64 = count.query_row([7], |row| row.get(0)).unwrap();
        assert_eq!(owners, 3);
        let steps = count.get_status(StatementStatus::VmStep);
        assert!(steps < 60, "{steps} steps for three owners");
    }
}
