//! A batch's transaction on the writer's connection. The futures are always ready.

use rusqlite::{Connection, ErrorCode};

use super::filling::Filling;
use super::serving::Opened;
use crate::accounts::Account;
use crate::acting::{Changes, Facts, Needs, Rows};
use crate::store::Lock;
use crate::users::whereabouts::Whereabouts;
use crate::world::AccountId;
use crate::{Fault, accounts, applications, audit, links, sessions, tokens, users, vaults};

pub(super) struct SqliteRows<'a> {
    pub(super) db: &'a mut Connection,
    pub(super) opened: &'a Opened,
    pub(super) lock: Lock,
    pub(super) whereabouts: &'a Whereabouts,
    pub(super) filling: Option<&'a mut Filling>,
}

impl Rows for SqliteRows<'_> {
    async fn begin(&mut self, account: AccountId) -> Result<Option<Account>, Fault> {
        self.opened.look()?;
        // The whole file is locked, and with it the account's row.
        match self.lock {
            Lock::Account => {
                self.db.prepare_cached("begin immediate")?.execute([])?;
            }
            #[cfg(test)]
            Lock::Nothing => {}
        }
        accounts::sqlite::load(self.db, account)
    }

    async fn load(&mut self, account: AccountId, needs: &Needs) -> Result<Facts, Fault> {
        let mut facts = Facts::default();
        sessions::sqlite::load(self.db, account, needs, &mut facts)?;
        links::sqlite::load(self.db, account, needs, &mut facts)?;
        vaults::sqlite::load(self.db, account, needs, &mut facts)?;
        // These name people; the others are looked up by what the acts asked for and by those.
        let named = needs.names_people().then(|| needs.with_people_of(&facts));
        let needs = named.as_ref().unwrap_or(needs);
        sessions::sqlite::load_passwords(self.db, account, needs, &mut facts)?;
        let sifted = self.filling.as_ref().map(|filling| filling.sifted(account, needs));
        let sought = sifted.as_ref().unwrap_or(needs);
        users::sqlite::load(self.db, self.whereabouts, account, sought, &mut facts)?;
        applications::sqlite::load(self.db, account, needs, &mut facts)?;
        tokens::sqlite::load(self.db, account, needs, &mut facts)?;
        Ok(facts)
    }

    async fn store(&mut self, account: AccountId, changes: &Changes) -> Result<(), Fault> {
        if let Some(row) = &changes.account {
            accounts::sqlite::store(self.db, row, changes.account_is_new)?;
        }
        if let Some(filling) = &mut self.filling {
            filling.tell_of(account, changes);
        }
        users::sqlite::store(self.db, account, changes, self.filling.is_some())?;
        applications::sqlite::store(self.db, account, changes)?;
        tokens::sqlite::store(self.db, account, changes)?;
        sessions::sqlite::store(self.db, account, changes)?;
        links::sqlite::store(self.db, account, changes)?;
        vaults::sqlite::store(self.db, account, changes)?;
        audit::sqlite::store(self.db, account, changes)
    }

    async fn commit(&mut self, _account: AccountId, _changes: &Changes) -> Result<(), Fault> {
        if self.db.is_autocommit() && self.lock != Lock::Account {
            return Ok(());
        }
        // A commit that failed while it synced may be found done after a crash.
        let committed = self.db.prepare_cached("commit")?.execute([]);
        committed.map(|_| ()).map_err(|error| match error.sqlite_error_code() {
            // Its last frame was not written, so nobody will ever find it done.
            Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy) => Fault::from(error),
            _ => Fault::OutcomeUnknown(error.to_string()),
        })
    }

    async fn rollback(&mut self) {
        roll_back(self.db);
    }
}

/// Ends whatever transaction is open.
pub(super) fn roll_back(db: &Connection) {
    if db.is_autocommit() {
        return;
    }
    let rolled_back = db.prepare_cached("rollback").and_then(|mut s| s.execute([]));
    if let Err(error) = rolled_back {
        tracing::error!(%error, "a batch could not be rolled back");
    }
}
