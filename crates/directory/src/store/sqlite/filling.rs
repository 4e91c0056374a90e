//! Many people put into a store that has nobody: the indexes that cover all of them are built at
//! the end, each in its own order, which takes a third of the time that they take one person at a
//! time, and so are the counts of the suspended. Until then memory says who may be there. A store
//! whose filling broke off gets its indexes when it is opened to be served, and is not opened beside.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hash};

use foldhash::quality::RandomState;
use rusqlite::Connection;

use super::open::CACHE_KIB;
use crate::Fault;
use crate::acting::{Changes, Needs};
use crate::users::{email_key, stretches};
use crate::world::AccountId;

/// As the migrations make them.
const INDEXES: [(&str, &str); 3] = [
    ("people_by_id", "create unique index if not exists people_by_id on people (account, user_id)"),
    (
        "people_by_email",
        "create unique index if not exists people_by_email on people (account, ifnull(email_key, email))",
    ),
    (
        "people_by_name",
        "create index if not exists people_by_name on people (account, lower(display_name), user_id)",
    ),
];

const CACHE_WHILE_FILLING_KIB: i32 = -256_000;
/// What the writer's statements put aside. Adding somebody sets off a trigger, and must be able to undo
/// both alone: what one row splits in five trees is soon more than the 64 KiB that SQLite keeps in
/// memory by itself, and then a file gets the seven pages of each later row of the transaction.
/// An index of everybody is sorted in files.
pub(super) fn put_aside_in_memory(db: &Connection, in_memory: bool) -> Result<(), Fault> {
    Ok(db.pragma_update(None, "temp_store", if in_memory { "memory" } else { "default" })?)
}

/// That sort while an index is built.
const SORTERS: u8 = 2;

/// Whom it was told of since it began, by a hash: whoever is not in it is not in the store.
pub(super) struct Filling {
    told_of: HashSet<u64, RandomState>,
}

impl Filling {
    /// `None`: somebody is there already, and the indexes stay.
    pub(super) fn begin(db: &mut Connection) -> Result<Option<Self>, Fault> {
        let transaction = db.transaction()?;
        if transaction.prepare("select 1 from people limit 1")?.exists([])? {
            return Ok(None);
        }
        for (name, _) in INDEXES {
            transaction.execute_batch(&format!("drop index if exists {name}"))?;
        }
        stretches::sqlite::stop_counting(&transaction)?;
        transaction.commit()?;
        put_aside_in_memory(db, false)?;
        db.pragma_update(None, "cache_size", CACHE_WHILE_FILLING_KIB)?;
        Ok(Some(Self { told_of: HashSet::default() }))
    }

    /// Of the people who are needed, those who may be there: each costs a look at everybody.
    pub(super) fn sifted(&self, account: AccountId, needs: &Needs) -> Needs {
        let mut sifted = Needs::default();
        sifted.users(needs.users.iter().copied().filter(|id| self.may_hold(account, id)));
        sifted.emails(needs.emails.iter().filter(|key| self.may_hold(account, key)).cloned());
        sifted.owners = needs.owners;
        sifted
    }

    /// Before they are stored, so that nobody is missed whatever becomes of the batch.
    pub(super) fn tell_of(&mut self, account: AccountId, changes: &Changes) {
        for user in changes.user_rows().added {
            self.told_of.insert(self.hash(account, user.id));
            self.told_of.insert(self.hash(account, email_key(&user.email)));
        }
    }

    fn may_hold(&self, account: AccountId, key: impl Hash) -> bool {
        self.told_of.contains(&self.hash(account, key))
    }

    fn hash(&self, account: AccountId, key: impl Hash) -> u64 {
        self.told_of.hasher().hash_one((account, key))
    }
}

/// Builds the indexes that are missing, and gives back what memory that took.
pub(super) fn end(db: &mut Connection) -> Result<(), Fault> {
    // SQLite sorts pieces of the cache's size, each on a thread of its own; what fits into one piece is
    // sorted by the thread that waits for it.
    db.pragma_update(None, "cache_size", CACHE_KIB)?;
    db.pragma_update(None, "threads", SORTERS)?;
    let transaction = db.transaction()?;
    for (_, sql) in INDEXES {
        transaction.execute_batch(sql)?;
    }
    stretches::sqlite::count_again(&transaction)?;
    transaction.commit()?;
    stretches::sqlite::make_missing(db)?;
    db.pragma_update(None, "threads", 0)?;
    put_aside_in_memory(db, true)?;
    Ok(db.execute_batch("pragma shrink_memory")?)
}

/// It was begun, and not ended.
pub(super) fn is_under_way(db: &Connection) -> Result<bool, Fault> {
    let mut is_there =
        db.prepare("select 1 from sqlite_schema where type = 'index' and name = ?1")?;
    for (name, _) in INDEXES {
        if !is_there.exists([name])? {
            return Ok(true);
        }
    }
    Ok(false)
}
