//! A snapshot that the server holds open while nothing is written. Among the connections of one
//! process SQLite counts who shares a lock: a read that finds the lock of its snapshot held already
//! takes it and gives it back in memory, and not by two calls to the kernel, which are a tenth of a
//! token's time. Every read looks for the newest snapshot all the same, whoever wrote it: where that
//! is a newer one than this, it takes a lock of its own.

use std::cell::Cell;

use rusqlite::Connection;

use super::open::{Place, connect_to_read};
use crate::Fault;

/// It reads one row.
const CACHE_KIB: i32 = -64;

pub(super) struct HeldSnapshot {
    db: Connection,
    /// By the writer's connection, on which it changes when anybody else has committed.
    version: Cell<Option<i64>>,
}

impl HeldSnapshot {
    pub(super) fn open(place: &Place) -> Result<Self, Fault> {
        let db = connect_to_read(place)?;
        db.pragma_update(None, "cache_size", CACHE_KIB)?;
        Ok(Self { db, version: Cell::new(None) })
    }

    /// The newest one; but none while another process writes, such as an import, whose log could not be
    /// begun anew. Without it reads only cost more.
    pub(super) fn hold(&self, writer: &Connection) {
        self.release();
        if let Err(error) = self.try_to_hold(writer) {
            tracing::debug!(%error, "no snapshot is held");
            self.release();
        }
    }

    fn try_to_hold(&self, writer: &Connection) -> rusqlite::Result<()> {
        let mut version = writer.prepare_cached("pragma data_version")?;
        let version = version.query_row([], |row| row.get(0))?;
        if self.version.replace(Some(version)).is_some_and(|before| before != version) {
            return Ok(());
        }
        self.db.prepare_cached("begin deferred")?.execute([])?;
        // The first read takes the snapshot.
        self.db.prepare_cached("select 1 from meta limit 1")?.query_row([], |_| Ok(()))
    }

    /// A log whose last frames nobody reads can be begun anew, and a checkpoint may move all of it.
    pub(super) fn release(&self) {
        if self.db.is_autocommit() {
            return;
        }
        let ended = self.db.prepare_cached("rollback").and_then(|mut end| end.execute([]));
        if let Err(error) = ended {
            tracing::warn!(%error, "a snapshot is held longer than it should be");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::an_empty_file;
    use crate::store::sqlite::open::connect;

    fn set_up() -> (tempfile::TempDir, Place, Connection, HeldSnapshot) {
        let (folder, place, db) = an_empty_file();
        db.busy_timeout(std::time::Duration::ZERO).unwrap();
        db.execute_batch("create table meta (name text); insert into meta values ('one')").unwrap();
        let held = HeldSnapshot::open(&place).unwrap();
        (folder, place, db, held)
    }

    /// Whether the log is all moved into the file, and whether it could be begun anew.
    fn moved(db: &Connection) -> (bool, bool) {
        db.query_row("pragma wal_checkpoint(truncate)", [], |row| {
            let (is_blocked, pages, moved): (bool, i32, i32) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok((pages == moved, !is_blocked))
        })
        .unwrap()
    }

    fn pages_of_the_log(place: &Place) -> u64 {
        let log = place.folder().join("rollcall.sqlite-wal");
        std::fs::metadata(log).unwrap().len() / 4096
    }

    #[test]
    fn it_is_not_held_while_another_process_writes() {
        let (_folder, place, db, held) = set_up();
        let other = connect(&place).unwrap();
        for n in 0..3 {
            db.execute("update meta set name = 'ours'", []).unwrap();
            held.hold(&db);
            assert_eq!(moved(&db), (true, false), "nobody else writes");
            other.execute("update meta set name = ?1", [n]).unwrap();
            held.hold(&db);
            assert_eq!(moved(&db), (true, true), "somebody else does");
        }
    }

    #[test]
    fn it_is_held_until_it_is_released_and_the_log_does_not_grow_by_it() {
        let (_folder, place, db, held) = set_up();
        held.hold(&db);
        assert_eq!(moved(&db), (true, false), "it is the newest, and it is held");
        held.release();
        assert_eq!(moved(&db), (true, true));
        // As a server does: a change, now and then a checkpoint, and held in between.
        for n in 0..3_000 {
            db.execute("update meta set name = ?1", [n]).unwrap();
            held.release();
            if n % 100 == 0 {
                db.query_row("pragma wal_checkpoint(passive)", [], |_| Ok(())).unwrap();
            }
            held.hold(&db);
        }
        assert!(pages_of_the_log(&place) < 150, "{} pages", pages_of_the_log(&place));
    }
}
