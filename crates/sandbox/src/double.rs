//! A running double, whole: the store and who was put in it, its clock, its faults, its journal.

use std::sync::Arc;

use rollcall_directory::store::Store;

use crate::accounts::Accounts;
use crate::clock::SandboxClock;
use crate::control_api::ControlToken;
use crate::copies::Copies;
use crate::faults::{Faults, Listed, SetBy};
use crate::journal::{Journal, Known};
use crate::scenario;
use crate::seed::{Seed, SeedAccount};

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
        let (accounts, copies) = (Accounts::default(), Copies::default());
        let double =
            Self { store, seed, clock, faults, journal, known, control_token, accounts, copies };
        double.faults.begin_again(double.faults_of_the_seed());
        Arc::new(double)
    }

    /// Those of the seed and of its scenario people, which have met nobody yet.
    pub(crate) fn faults_of_the_seed(&self) -> Vec<Listed> {
        let of_scenarios = self.seed.accounts.iter().flat_map(scenario::faults);
        let of_scenarios = of_scenarios.map(|fault| Listed::new(fault, SetBy::Scenario));
        let of_seed = self.seed.faults.iter().map(|fault| Listed::new(fault.clone(), SetBy::Seed));
        of_seed.chain(of_scenarios).collect()
    }

    /// The scenario people of an account that was made just now have their bad days too.
    pub(crate) fn rehearse(&self, account: &SeedAccount) {
        for fault in scenario::faults(account) {
            self.faults.add(fault, SetBy::Scenario);
        }
    }
}
