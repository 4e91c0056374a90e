//! A batch's transaction on a connection that no other batch uses meanwhile: lock, facts, writes,
//! commit, each one flight; the statements of a flight are sent together.

use futures_util::future::{try_join, try_join4};

use super::address::Address;
use super::connection::Connection;
use super::fence::Fence;
use crate::accounts::{self, Account};
use crate::acting::{Changes, Facts, Needs, Rows, first_act};
use crate::store::Lock;
use crate::world::AccountId;
use crate::{Fault, applications, audit, links, sessions, tokens, users, vaults};

pub(super) struct PostgresRows<'a> {
    pub(super) db: Connection,
    address: &'a Address,
    lock: Lock,
    fence: &'a Fence,
    /// There is an account, so its row was locked. That is a write, so that even a commit without a
    /// change waits for the standby; PostgreSQL answers one that wrote nothing at once.
    has_written: bool,
}

impl<'a> PostgresRows<'a> {
    pub(super) fn new(db: Connection, address: &'a Address, lock: Lock, fence: &'a Fence) -> Self {
        Self { db, address, lock, fence, has_written: false }
    }
}

impl Rows for PostgresRows<'_> {
    async fn begin(&mut self, account: AccountId) -> Result<Option<Account>, Fault> {
        if !self.db.is_good() {
            self.db = Connection::open(self.address).await?;
        }
        self.fence.may_act(&self.db).await?;
        let begin = self.db.batch("begin isolation level read committed");
        // Alone in its statement: facts read together with the wait would be from before it.
        let lock = accounts::postgres::load(&self.db, account, self.lock);
        let ((), account) = try_join(begin, lock).await?;
        self.has_written = account.is_some();
        Ok(account)
    }

    async fn load(&mut self, account: AccountId, needs: &Needs) -> Result<Facts, Fault> {
        let mut facts = Facts::default();
        (facts.sessions, facts.links) = try_join(
            sessions::postgres::load(&self.db, account, needs),
            links::postgres::load(&self.db, account, needs),
        )
        .await?;
        vaults::postgres::load(&self.db, account, needs, &mut facts).await?;
        // These name people; the others are looked up by what the acts asked for and by those.
        let named = needs.names_people().then(|| needs.with_people_of(&facts));
        let needs = named.as_ref().unwrap_or(needs);
        let (users, applications, tokens, passwords) = try_join4(
            users::postgres::load(&self.db, account, needs),
            applications::postgres::load(&self.db, account, needs),
            tokens::postgres::load(&self.db, account, needs),
            sessions::postgres::load_passwords(&self.db, account, needs),
        )
        .await?;
        facts.passwords = passwords;
        (facts.users, facts.emails_taken, facts.active_owners) = users;
        (facts.applications, facts.clients, facts.seen) = applications;
        (facts.revoked, facts.tallies) = tokens;
        Ok(facts)
    }

    async fn store(&mut self, account: AccountId, changes: &Changes) -> Result<(), Fault> {
        if let (true, Some(row)) = (changes.account_is_new, &changes.account) {
            accounts::postgres::insert(&self.db, row).await?;
        }
        let row = async {
            match &changes.account {
                Some(row) if !changes.account_is_new => {
                    accounts::postgres::update(&self.db, row).await
                }
                Some(_) | None => Ok(()),
            }
        };
        let (users, others) = (
            users::postgres::store(&self.db, account, changes),
            applications::postgres::store(&self.db, account, changes),
        );
        let credentials = async {
            tokens::postgres::store(&self.db, account, changes).await?;
            sessions::postgres::store(&self.db, account, changes).await?;
            links::postgres::store(&self.db, account, changes).await?;
            vaults::postgres::store(&self.db, account, changes).await
        };
        let written = try_join4(row, users, others, credentials);
        try_join(written, audit::postgres::store(&self.db, account, changes)).await.map(|_| ())
    }

    async fn commit(&mut self, account: AccountId, changes: &Changes) -> Result<(), Fault> {
        let committed = tokio::select! {
            committed = self.db.commit() => committed,
            // Never cancelled: only not waited for, and then looked for where it would be.
            () = self.fence.moved(&self.db) => {
                self.db.spoil();
                Err(Fault::OutcomeUnknown("another server is the primary now".to_owned()))
            }
        };
        let fault = match committed {
            Ok(()) if self.has_written || !changes.is_empty() => return Ok(()),
            // This commit has proved nothing.
            Ok(()) => return self.fence.admit(&self.db).await,
            Err(fault) => fault,
        };
        match self.look(account, changes).await {
            Ok(true) => Ok(()),
            // A new account has no row to lock, so the look did not wait for anybody.
            Ok(false) if changes.account_is_new => Err(fault),
            Ok(false) => {
                Err(Fault::Unavailable("the database went away; nothing was changed".to_owned()))
            }
            Err(_) => Err(fault),
        }
    }

    async fn rollback(&mut self) {
        // An error has spoilt the connection: it is closed, and the server rolls back.
        if self.db.is_good() && self.db.batch("rollback").await.is_err() {
            self.db.spoil();
        }
    }
}

impl PostgresRows<'_> {
    /// Was a commit done whose answer never came? Asked on a new connection under the account's
    /// lock, which the lost transaction held to its end, and committed itself: on a cluster that
    /// commit waits for the standby too, and with it proves the first.
    async fn look(&self, account: AccountId, changes: &Changes) -> Result<bool, Fault> {
        let Some((seq, act)) = first_act(changes) else { return Ok(false) };
        let db = Connection::open(self.address).await?;
        self.fence.may_act(&db).await?;
        db.batch("begin isolation level read committed").await?;
        accounts::postgres::load(&db, account, Lock::Account).await?;
        let done = audit::postgres::is_there(&db, account, seq, act).await?;
        db.commit().await?;
        Ok(done)
    }
}
