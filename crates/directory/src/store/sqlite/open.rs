//! Opening: the folder and files with their modes, the lock that keeps a second server out, the
//! migrations, the keys, and a check after an unclean end.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use url::Url;

use super::readers::has_table;
use super::restore::UNFINISHED;
use super::serving::Serving;
use super::{Sqlite, filling, migrate, sealed};
use crate::Fault;
use crate::audit::blocks;
use crate::store::core::Core;
use crate::store::{Database, Found, Founding, Lock, Store, moving};
use crate::users::stretches;
use crate::world::World;

const FILE: &str = "rollcall.sqlite";
const LOCK_FILE: &str = "serving.lock";
/// There while a server has the file open; left behind by one that did not end well.
pub(super) const UNCLEAN_FILE: &str = "unclean";
/// Of the writer; a negative size is in KiB. Acts meet a page here and there, and of 100,000 people
/// most of those that they meet; what is not here the machine's own cache has.
pub(super) const CACHE_KIB: i32 = -16_000;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Statements of one connection that stay prepared.
const STATEMENTS_MAX: usize = 100;

/// The folder of one SQLite store.
#[derive(Clone, Debug)]
pub struct Place(PathBuf);

impl Place {
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.0
    }

    pub(super) fn file(&self) -> PathBuf {
        self.0.join(FILE)
    }

    #[must_use]
    pub fn holds_a_store(&self) -> bool {
        self.file().exists()
    }
}

/// Held, it keeps every server out of the folder.
pub(super) fn lock_against_servers(place: &Place) -> Result<File, Fault> {
    let lock = private_file(&place.folder().join(LOCK_FILE))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(Fault::Unusable(format!(
            "{} is being served by another process: stop it, or choose another folder",
            place.folder().display()
        ))),
        Err(TryLockError::Error(error)) => Err(unusable(place.folder(), &error)),
    }
}

/// Opens the store to serve it, making it where there is none. One process at a time.
pub fn open(place: &Place, founding: &Founding, world: World) -> Result<Store, Fault> {
    make_folder(place)?;
    let (serving, was_unclean) = Serving::begin(place)?;
    private_again(place)?;
    make_file(&place.file())?;
    let mut db = connect(place)?;
    if was_unclean {
        check(&db)?;
    }
    bring_up_to_date(&mut db)?;
    let found = found(&mut db, founding, &world)?;
    // Not before all that may refuse the start: nothing was left half then.
    serving.marked()?;
    let sqlite = Sqlite::start(place.clone(), db, world.clone(), Some(serving), Lock::Account)?;
    Ok(Store::of(Database::Sqlite(sqlite), world, found))
}

/// What an older program wrote, and what was broken off by whoever served it before.
pub(super) fn bring_up_to_date(db: &mut Connection) -> Result<(), Fault> {
    migrate::migrate(db)?;
    if filling::is_under_way(db)? {
        filling::end(db)?;
    }
    stretches::sqlite::make_missing(db)?;
    blocks::sqlite::make_missing(db)
}

/// Opens a store that is there, beside the server that may have it open. SQLite's own locks keep
/// the two apart, and a change here holds there on the next call.
pub fn open_beside(place: &Place, founding: &Founding, world: World) -> Result<Store, Fault> {
    open_beside_with(place, founding, world, Lock::Account)
}

pub(crate) fn open_beside_with(
    place: &Place,
    founding: &Founding,
    world: World,
    lock: Lock,
) -> Result<Store, Fault> {
    let mut db = connect_beside(place)?;
    let found = found(&mut db, founding, &world)?;
    let sqlite = Sqlite::start(place.clone(), db, world.clone(), None, lock)?;
    Ok(Store::of(Database::Sqlite(sqlite), world, found))
}

/// The same without its keys, for whoever administers it.
pub(in crate::store) fn open_to_administer(place: &Place, world: World) -> Result<Core, Fault> {
    let db = connect_beside(place)?;
    let sqlite = Sqlite::start(place.clone(), db, world.clone(), None, Lock::Account)?;
    Ok(Core::of(Database::Sqlite(sqlite), world))
}

fn connect_beside(place: &Place) -> Result<Connection, Fault> {
    if !place.holds_a_store() {
        return Err(Fault::Unusable(format!("{} holds no store", place.folder().display())));
    }
    let db = connect(place)?;
    // Never changed under a server that may be running.
    migrate::up_to_date(&db)?;
    moving::may_be_opened(meta(&db)?.as_deref())?;
    if filling::is_under_way(&db)? {
        return Err(Fault::Busy(
            "people are being put into this store: try again when its server listens, or start \
             it again where that broke off"
                .to_owned(),
        ));
    }
    Ok(db)
}

/// What a store says made it, without opening it for anything else.
pub fn made_by(place: &Place) -> Result<Option<String>, Fault> {
    if !place.holds_a_store() {
        return Ok(None);
    }
    let db = connect(place)?;
    if !has_table(&db, "meta")? {
        return Ok(None);
    }
    meta(&db)
}

/// A connection that only looks, at a store that this program knows how to read.
pub(in crate::store) fn inspect(place: &Place) -> Result<Connection, Fault> {
    if !place.holds_a_store() {
        return Err(Fault::Unusable(format!("{} holds no store", place.folder().display())));
    }
    let db = connect_to_read(place).and_then(|db| migrate::known(&db).map(|()| db));
    match db {
        Err(Fault::Unavailable(_)) => inspect_read_only(place),
        other => other,
    }
}

/// A cleanly closed copy on a medium that nobody can write to: SQLite is told that it will not
/// change, and then needs no log beside it.
fn inspect_read_only(place: &Place) -> Result<Connection, Fault> {
    let file = place.file();
    if fs::metadata(place.folder().join(format!("{FILE}-wal"))).is_ok_and(|log| log.len() > 0) {
        return Err(Fault::Unusable(format!(
            "{}: its write-ahead log cannot be opened here; copy both to where they can be written",
            file.display()
        )));
    }
    look_at_file(&file)
}

/// A file that has no log beside it and that nobody writes to, such as a backup.
pub(in crate::store) fn look_at_file(file: &Path) -> Result<Connection, Fault> {
    let not_a_path = |()| Fault::Unusable(format!("{}: not a path", file.display()));
    let absolute = std::path::absolute(file).map_err(|error| unusable(file, &error))?;
    fs::metadata(&absolute).map_err(|error| unusable(file, &error))?;
    let mut address = Url::from_file_path(absolute).map_err(not_a_path)?;
    address.set_query(Some("immutable=1"));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(address.as_str(), flags)?;
    settle(&db)?;
    migrate::known(&db)?;
    Ok(db)
}

/// A folder with something else in it is somebody's own: its mode is not ours to change, and a
/// store that others can list is not ours to make.
pub(super) fn make_folder(place: &Place) -> Result<(), Fault> {
    let folder = place.folder();
    // Our own marks may be there without a store, where a first start was broken off.
    let has_others = has_others_than(folder, &[LOCK_FILE, UNCLEAN_FILE]);
    if has_others && !place.holds_a_store() {
        return Err(Fault::Unusable(format!(
            "{} has something in it that is not a store: name a new or an empty folder",
            folder.display()
        )));
    }
    make_private(folder)
}

/// For a restore, which never overwrites. What another one left that was broken off is in nobody's way.
pub(super) fn make_empty_folder(place: &Place) -> Result<(), Fault> {
    let folder = place.folder();
    let journal = format!("{UNFINISHED}-journal");
    if has_others_than(folder, &[LOCK_FILE, UNCLEAN_FILE, UNFINISHED, &journal]) {
        return Err(Fault::Unusable(format!(
            "{} has something in it: a backup is restored into a new or an empty folder",
            folder.display()
        )));
    }
    make_private(folder)
}

fn has_others_than(folder: &Path, ours: &[&str]) -> bool {
    let is_ours = |name: &std::ffi::OsStr| ours.iter().any(|known| name == *known);
    fs::read_dir(folder)
        .is_ok_and(|entries| entries.flatten().any(|entry| !is_ours(&entry.file_name())))
}

fn make_private(folder: &Path) -> Result<(), Fault> {
    let is_new = !folder.exists();
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .and_then(|()| fs::set_permissions(folder, Permissions::from_mode(0o700)))
        .map_err(|error| unusable(folder, &error))?;
    if is_new { sync_names(folder) } else { Ok(()) }
}

/// A copy or a backup may have come back readable for others. Modes are set by name: see below.
fn private_again(place: &Place) -> Result<(), Fault> {
    let log = |end: &str| place.folder().join(format!("{FILE}{end}"));
    for path in [place.folder().join(LOCK_FILE), log(""), log("-wal"), log("-shm")] {
        match fs::set_permissions(&path, Permissions::from_mode(0o600)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(unusable(&path, &error));
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// Only where there is none: opening and closing a file that SQLite has open in this process would
/// drop the locks that SQLite believes it holds.
pub(super) fn make_file(path: &Path) -> Result<(), Fault> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(unusable(path, &error)),
    }
}

/// SQLite syncs its own folder; that the folder is there must outlive a power loss too.
fn sync_names(folder: &Path) -> Result<(), Fault> {
    let absolute = std::path::absolute(folder).map_err(|error| unusable(folder, &error))?;
    for above in absolute.ancestors().skip(1) {
        let synced = File::open(above).and_then(|above| above.sync_all());
        // One that may not be read was not made by us.
        if synced.is_err() {
            break;
        }
    }
    Ok(())
}

/// SQLite gives its write-ahead log the mode of the file itself.
pub(super) fn private_file(path: &Path) -> Result<File, Fault> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(|error| unusable(path, &error))
}

pub(super) fn remove_if_there(path: &Path) -> io::Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

pub(super) fn unusable(path: &Path, error: &io::Error) -> Fault {
    Fault::Unusable(format!("{}: {error}", path.display()))
}

/// A connection that may write.
pub(super) fn connect(place: &Place) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(place.file(), flags)?;
    settle(&db)?;
    let mode: String = db.query_row("pragma journal_mode = wal", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(Fault::Unusable(format!(
            "SQLite cannot keep a write-ahead log here ({mode}): is this a network file system?"
        )));
    }
    db.pragma_update(None, "synchronous", "full")?;
    // Checkpoints are made off the path of the answers: see checkpoint.rs.
    db.pragma_update(None, "wal_autocheckpoint", 0)?;
    db.pragma_update(None, "cache_size", CACHE_KIB)?;
    Ok(db)
}

/// A connection that cannot write.
pub(super) fn connect_to_read(place: &Place) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(place.file(), flags)?;
    settle(&db)?;
    db.pragma_update(None, "query_only", true)?;
    db.pragma_update(None, "cache_size", -reader_cache_kib())?;
    Ok(db)
}

/// Each thread that serves has one, and they share what there is. 32 MB hold 100,000 people, who need
/// not be fetched again.
fn reader_cache_kib() -> i64 {
    const ALL_KIB: i64 = 48_000;
    const ONE_MIN_KIB: i64 = 8_000;
    const ONE_MAX_KIB: i64 = 32_000;
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = i64::try_from(threads).unwrap_or(i64::MAX);
    (ALL_KIB / threads).clamp(ONE_MIN_KIB, ONE_MAX_KIB)
}

fn settle(db: &Connection) -> Result<(), Fault> {
    db.busy_timeout(BUSY_TIMEOUT)?;
    // Without it SQLite plans a held statement again at every bind, once it was analysed.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    Ok(())
}

fn check(db: &Connection) -> Result<(), Fault> {
    tracing::warn!("the last server of this folder did not end well: checking the database");
    let found: String = db.query_row("pragma quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" {
        Ok(())
    } else {
        Err(Fault::Unusable(format!("the database is damaged: {found}")))
    }
}

pub(super) fn meta(db: &Connection) -> Result<Option<String>, Fault> {
    let sql = "select value from meta where name = 'made_by'";
    Ok(db.query_row(sql, [], |row| row.get(0)).optional()?)
}

fn found(db: &mut Connection, founding: &Founding, world: &World) -> Result<Found, Fault> {
    let transaction = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    if meta(&transaction)?.is_none() {
        sealed::put_key(&transaction, &founding.first_sealed_key(world.now()))?;
        let sql = "insert into meta (name, value) values ('made_by', ?1)";
        transaction.execute(sql, [founding.made_by_row()?])?;
    }
    let made_by = meta(&transaction)?.unwrap_or_default();
    let keys = sealed::sealed_keys(&transaction)?;
    transaction.commit()?;
    founding.recognise(&made_by, &keys, world.now())
}
