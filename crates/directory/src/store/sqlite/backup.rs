//! A copy of a store while it is served, page by page out of one snapshot, by SQLite's own backup.
//! The snapshot is held from the first page to the last: without it, every act would make the copy
//! begin again. Meanwhile the writer goes on, and its log cannot be taken up again; so nothing
//! waits here, and the log grows by what is written while the file is read once.
//! `vacuum into` would hold the same snapshot for longer, since it builds the tables anew.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use data_encoding::HEXLOWER;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::open::{Place, connect_to_read, meta, unusable};
use crate::Fault;
use crate::store::moving;

/// 4 MiB, between two looks at how far it is.
const PAGES_AT_A_TIME: i32 = 1_024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    pub pages: u64,
    pub of_pages: u64,
}

/// Copies the store into `to`, an empty file that is there already, with its own mode. Synced when
/// this returns. One file that needs no log beside it.
pub fn copy(place: &Place, to: &Path, told: &mut dyn FnMut(Copied)) -> Result<(), Fault> {
    if !place.holds_a_store() {
        return Err(Fault::Unusable(format!("{} holds no store", place.folder().display())));
    }
    let from = connect_to_read(place)?;
    super::migrate::known(&from)?;
    // What was moved is of the past: a copy of it would be restored by nobody.
    moving::may_be_opened(meta(&from)?.as_deref())?;
    from.execute_batch("begin deferred; select count(*) from meta")?;
    let mut target = without_a_log(to)?;
    {
        let backup = Backup::new(&from, &mut target)?;
        loop {
            let step = backup.step(PAGES_AT_A_TIME)?;
            let progress = backup.progress();
            let number = |pages: i32| u64::try_from(pages).unwrap_or_default();
            let of_pages = number(progress.pagecount);
            told(Copied { pages: of_pages - number(progress.remaining).min(of_pages), of_pages });
            match step {
                StepResult::Done => break,
                StepResult::More => {}
                // The source is read within a snapshot, and nobody else knows the target.
                _ => return Err(Fault::Busy("a page could not be locked".to_owned())),
            }
        }
    }
    from.execute_batch("rollback")?;
    target.close().map_err(|(_, error)| error)?;
    // The first page said that there is a log: it is a file for itself.
    let target = without_a_log(to)?;
    let mode: String = target.query_row("pragma journal_mode = delete", [], |row| row.get(0))?;
    if mode != "delete" {
        return Err(Fault::Unusable(format!("the copy stays in the mode {mode}")));
    }
    target.close().map_err(|(_, error)| error)?;
    File::open(to).and_then(|file| file.sync_all()).map_err(|error| unusable(to, &error))
}

/// Not synced page by page: whoever makes the file syncs it as a whole.
fn without_a_log(file: &Path) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(file, flags)?;
    db.pragma_update(None, "synchronous", "off")?;
    Ok(db)
}

/// Refuses a store's own file: what was answered last may be in the log beside it, or in one that
/// was left behind, and a file that is looked at alone would be found whole without it.
pub(in crate::store) fn stands_alone(file: &Path) -> Result<(), Fault> {
    let mut head = [0; 20];
    let read = File::open(file).and_then(|mut file| file.read_exact(&mut head));
    match read {
        // Shorter than a database: told of by whoever opens it.
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(()),
        Err(error) => return Err(unusable(file, &error)),
        Ok(()) => {}
    }
    // Its formats for writing and reading: 2 is with a write-ahead log.
    match head[18..20] {
        [1, 1] => Ok(()),
        _ if !head.starts_with(b"SQLite format 3\0") => Ok(()),
        _ => Err(Fault::Unusable(format!(
            "{} is a store's own file and not a backup: acts may be in the log beside it. Put it \
             and its log into a folder under their own names, and make a backup of that folder: \
             rollcall admin backup --data DIR --to FILE",
            file.display()
        ))),
    }
}

/// SHA-256 of a file, in hexadecimal digits.
pub fn digest_of(file: &Path) -> Result<String, Fault> {
    let mut context = Context::new(&SHA256);
    let mut source = File::open(file).map_err(|error| unusable(file, &error))?;
    let mut stretch = vec![0; 256 * 1024];
    loop {
        match source.read(&mut stretch).map_err(|error| unusable(file, &error))? {
            0 => return Ok(HEXLOWER.encode(context.finish().as_ref())),
            length => context.update(&stretch[..length]),
        }
    }
}
