//! A running double, whole: the store and who was put in it, its clock, its faults, its journal.

use std::sync::Arc;

use rollcall_directory::store::Store;

use crate::accounts::Accounts;
use crate::clock::SandboxClock;
use crate::control_api::ControlToken;
use crate::copies::Copies;
use crate::faults::Faults;
use crate::journal::{Journal, Known};
use crate::seed::Seed;

pub struct Double {
    pub store: Store,
    pub seed: Seed,
    pub clock: Arc<SandboxClock>,
    pub faults: Faults,
    pub journal: Arc<Journal>,
    /// Which credentials are of this double: what else comes is somebody's real one.
    pub known: Arc<Known>,
    /// Who may speak to `/sandbox/v1`.
    pub control_token: ControlToken,
    /// Those that were made while it runs.
    pub accounts: Accounts,
    /// What it can go back to.
    pub copies: Copies,
}

impl Double {
    /// `clock`: the one that the store's world asks.
    #[must_use]
    pub fn new(store: Store, seed: Seed, clock: Arc<SandboxClock>) -> Arc<Self> {
        let control_token = ControlToken::from_random(&store.world().bytes());
        let known = Arc::new(Known::of(&seed));
        let (faults, journal) = (Faults::default(), Arc::default());
        let (accounts, copies) = (Accounts::default(), Copies::with(faults.all()));
        Arc::new(Self {
            store,
            seed,
            clock,
            faults,
            journal,
            known,
            control_token,
            accounts,
            copies,
        })
    }
}
