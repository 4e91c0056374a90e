//! What has ended by itself and is in nobody's way is swept out: revocations of tokens that are long
//! dead, sessions that are over, tallies of refusals whose hour is over and that counted nothing.
//! Whoever comes to an account sweeps there too; this is for accounts that nobody comes to.
//!
//! One process at a time, by a lease that nobody gives back: it ends when the next sweep is due. A
//! process that dies midway leaves the rest to whoever is next, which is that long away at most.

use std::time::Duration;

use data_encoding::HEXLOWER;
use tokio::task::JoinHandle;

use super::{Accounts, Database, Store};
use crate::Fault;
use crate::world::AccountId;

/// From one sweep to the next, whichever process it is.
pub const SWEPT_EVERY: Duration = Duration::from_mins(10);
/// How often a process asks whether it is its turn.
const LOOK_EVERY: Duration = Duration::from_mins(1);
const LEASE: &str = "sweep";
/// Rows of a kind at a time: nobody waits long behind them.
pub(crate) const ROWS_MAX: u32 = 500;
const ACCOUNTS_PER_PAGE: u16 = 100;

/// How many rows went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    pub revocations: usize,
    pub sessions: usize,
    pub tallies: usize,
}

impl Swept {
    pub(super) fn and(self, more: Self) -> Self {
        Self {
            revocations: self.revocations + more.revocations,
            sessions: self.sessions + more.sessions,
            tallies: self.tallies + more.tallies,
        }
    }

    /// Or is there more of a kind?
    pub(super) fn may_be_all(self) -> bool {
        let most = self.revocations.max(self.sessions).max(self.tallies);
        most < usize::try_from(ROWS_MAX).unwrap_or(usize::MAX)
    }
}

/// As the driver of PostgreSQL counts them.
pub(crate) fn rows(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

impl Store {
    /// Sweeps all accounts, if it is time and no other process has.
    pub async fn sweep_if_due(&self) -> Result<Option<Swept>, Fault> {
        // Another holder each time, so that this process waits for its turn as others do.
        let holder = HEXLOWER.encode(&self.world().bytes::<16>());
        if !self.lease(LEASE, &holder, SWEPT_EVERY).await? {
            return Ok(None);
        }
        let mut swept = Swept::default();
        loop {
            let tallies = match self.core.database() {
                Database::Sqlite(db) => db.sweep_of_no_account().await?,
                Database::Postgres(db) => db.sweep_of_no_account().await?,
            };
            let some = Swept { tallies, ..Swept::default() };
            swept = swept.and(some);
            if some.may_be_all() {
                break;
            }
        }
        let mut after = None;
        loop {
            let page = self.read(&Accounts { after, limit: ACCOUNTS_PER_PAGE }).await?;
            let accounts: Vec<AccountId> = page.iter().map(|account| account.id).collect();
            let now = self.world().now();
            swept = swept.and(match self.core.database() {
                Database::Sqlite(db) => db.sweep(&accounts, now).await?,
                Database::Postgres(db) => db.sweep(&accounts, now).await?,
            });
            after = page.last().map(|account| account.id);
            if page.len() < usize::from(ACCOUNTS_PER_PAGE) {
                return Ok(Some(swept));
            }
        }
    }

    /// Looks every minute, for as long as the store is open, whether it is time.
    pub fn watch_sweeps(&self) -> JoinHandle<()> {
        let store = self.clone();
        tokio::spawn(async move {
            loop {
                match store.sweep_if_due().await {
                    Ok(Some(swept)) if swept != Swept::default() => {
                        let Swept { revocations, sessions, tallies } = swept;
                        tracing::info!(revocations, sessions, tallies, "what had ended was swept");
                    }
                    Ok(_) => {}
                    Err(fault) => tracing::warn!(%fault, "what had ended was not swept"),
                }
                tokio::time::sleep(LOOK_EVERY).await;
                if store.core.is_open().is_err() {
                    return;
                }
            }
        })
    }
}
