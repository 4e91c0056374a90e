//! Time, chance and ids: passed down from `main`, never read from a global. A test states the
//! time and the chance; a run with the same seed and the same calls is the same run.

mod clock;
mod ids;
mod moment;
mod randomness;

use std::sync::Arc;

pub use clock::{Clock, ManualClock, SystemClock};
pub use ids::{
    AccountId, ActId, ApplicationId, IdError, ItemId, SecretId, TokenId, UserId, VaultId,
};
pub use moment::Moment;
pub use randomness::{Randomness, ReplayedRandomness, SystemRandomness};

/// What a process may know of the outside: the time and chance.
#[derive(Clone)]
pub struct World {
    pub clock: Arc<dyn Clock>,
    pub randomness: Arc<dyn Randomness>,
}

impl World {
    /// The machine's own clock and randomness.
    #[must_use]
    pub fn system() -> Self {
        Self { clock: Arc::new(SystemClock), randomness: Arc::new(SystemRandomness) }
    }

    #[must_use]
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.randomness.fill(&mut bytes);
        bytes
    }
}
