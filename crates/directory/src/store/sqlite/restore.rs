//! A store made of a backup. The world has gone on since the backup, so nothing that was issued
//! before may work on it: every epoch is raised and the MAC keys are replaced, with a record in
//! each account's log, in one transaction. All of it happens in a file of another name, which
//! becomes the store at the very end: broken off anywhere, it leaves nothing that opens.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::open::{
    Place, lock_against_servers, look_at_file, make_empty_folder, meta, remove_if_there, unusable,
};
use super::{backup, migrate, sealed};
use crate::acting::Caller;
use crate::audit::{Entry, Line};
use crate::keys::{KeyRing, RootKey, RootKeyError, rotate};
use crate::store::key_store::{KeyChange, KeysFault};
use crate::store::{Inspector, MadeBy};
use crate::world::{AccountId, ActId, World};
use crate::{Fault, accounts, audit};

/// What the store is called until it is one.
pub(super) const UNFINISHED: &str = "restoring.unfinished";

/// A restore that has done its work and waits to be looked at; dropped, it leaves nothing.
#[derive(Debug)]
pub struct Restoring {
    place: Place,
    unfinished: PathBuf,
    _lock: File,
    kept: bool,
    restored: Restored,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    pub accounts: u64,
    pub people: u64,
}

impl Restoring {
    /// Into a place that is empty or not there. One of the root keys must open the backup's keys.
    pub fn begin(
        from: &Path,
        place: &Place,
        roots: &[RootKey],
        world: &World,
    ) -> Result<Self, KeysFault> {
        backup::stands_alone(from)?;
        let backup = look_at_file(from)?;
        made_by_serve(&backup)?;
        drop(backup);
        let digest = backup::digest_of(from)?;
        make_empty_folder(place)?;
        let lock = lock_against_servers(place)?;
        let unfinished = place.folder().join(UNFINISHED);
        let mut restoring = Self {
            place: place.clone(),
            unfinished,
            _lock: lock,
            kept: false,
            restored: Restored { accounts: 0, people: 0 },
        };
        copy_file(from, &restoring.unfinished)?;
        restoring.restored = make_anew(&restoring.unfinished, &digest, roots, world)?;
        Ok(restoring)
    }

    /// What is there now, to be checked before it is the store.
    pub fn look(&self) -> Result<Inspector, Fault> {
        look_at_file(&self.unfinished).map(Inspector::Sqlite)
    }

    /// Now it is the store.
    pub fn finish(mut self) -> Result<Restored, Fault> {
        let folder = self.place.folder();
        File::open(&self.unfinished)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&self.unfinished, self.place.file()))
            .and_then(|()| File::open(folder)?.sync_all())
            .map_err(|error| unusable(folder, &error))?;
        self.kept = true;
        Ok(self.restored)
    }
}

impl Drop for Restoring {
    fn drop(&mut self) {
        if !self.kept {
            let mut journal = self.unfinished.clone().into_os_string();
            journal.push("-journal");
            let _ = fs::remove_file(&self.unfinished);
            let _ = fs::remove_file(journal);
        }
    }
}

fn made_by_serve(db: &Connection) -> Result<(), Fault> {
    let made_by = meta(db)?.map(|text| MadeBy::read(&text)).transpose()?;
    match made_by {
        Some(MadeBy::Serve) => Ok(()),
        Some(MadeBy::Dev { .. }) => Err(Fault::Unusable(
            "this is a copy of what dev made: dev seeds it again, and nothing is to be restored"
                .to_owned(),
        )),
        None => Err(Fault::Unusable("this is not a backup of rollcall".to_owned())),
    }
}

fn copy_file(from: &Path, to: &Path) -> Result<(), Fault> {
    // What a restore left that was broken off; its lock is ours now.
    remove_if_there(to).map_err(|error| unusable(to, &error))?;
    let mut source = File::open(from).map_err(|error| unusable(from, &error))?;
    let target = File::options().write(true).create_new(true).mode(0o600).open(to);
    target
        .and_then(|mut target| {
            io::copy(&mut source, &mut target)?;
            target.flush()
        })
        .map_err(|error| unusable(to, &error))
}

fn make_anew(
    file: &Path,
    digest: &str,
    roots: &[RootKey],
    world: &World,
) -> Result<Restored, KeysFault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut db = Connection::open_with_flags(file, flags).map_err(Fault::from)?;
    db.pragma_update(None, "synchronous", "full").map_err(Fault::from)?;
    // A backup of an older version comes up to date here, as a served store does at its start.
    migrate::migrate(&mut db)?;
    let transaction =
        db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(Fault::from)?;
    let keys = sealed::sealed_keys(&transaction)?;
    let opens = |root: &&RootKey| KeyRing::open(root, &keys, world.now()).is_ok();
    let root = roots.iter().find(opens).ok_or(RootKeyError)?;
    let rotation = rotate::replace(&keys, root, world);
    sealed::store(&transaction, &KeyChange { rotation, ..KeyChange::default() }, world.now())?;
    let restored = raise_epochs(&transaction, digest, world)?;
    transaction.commit().map_err(Fault::from)?;
    db.close().map_err(|(_, error)| Fault::from(error))?;
    Ok(restored)
}

fn raise_epochs(db: &Connection, digest: &str, world: &World) -> Result<Restored, Fault> {
    let people = db.execute("update people set epoch = epoch + 1", [])?;
    let accounts = db.execute("update accounts set epoch = epoch + 1", [])?;
    // Dead by the epochs already; of another store's cookies and links nothing needs to be kept.
    db.execute_batch("delete from sessions; delete from links")?;
    // Whoever held one held it over another store.
    db.execute("delete from leases", [])?;
    let mut after = String::new();
    let next = "select account_id from accounts where account_id > ?1 order by account_id limit 1";
    loop {
        let found = db.prepare_cached(next)?.query_row([&after], |row| row.get(0));
        let text: String = match found {
            Ok(text) => text,
            Err(rusqlite::Error::QueryReturnedNoRows) => break,
            Err(error) => return Err(error.into()),
        };
        let id = text.parse().map_err(|_| Fault::inconsistent("accounts", "account_id", &text))?;
        record(db, id, digest, world)?;
        after = text;
    }
    Ok(Restored { accounts: accounts as u64, people: people as u64 })
}

fn record(db: &Connection, id: AccountId, digest: &str, world: &World) -> Result<(), Fault> {
    let Some(mut account) = accounts::sqlite::load(db, id)? else {
        return Err(Fault::inconsistent("accounts", "account_id", id));
    };
    let sql = "select count(*) from users where account_id = ?1";
    let people = db.prepare_cached(sql)?.query_row([id.to_string()], |row| row.get(0))?;
    let entry = Entry::Restored { backup: digest.to_owned(), epoch: account.epoch, people };
    let act = ActId::from_bytes(world.bytes());
    let line = Line { account: id, act, at: world.now(), by: Caller::Operator, entry };
    let chained = account.head.chain(line);
    audit::sqlite::insert(db, id, &[chained])?;
    accounts::sqlite::store(db, &account, false)
}
