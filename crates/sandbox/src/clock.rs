//! The double's clock: the machine's, moved forward when it is told to, or standing still.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rollcall_directory::world::{Clock, Moment, SystemClock, SystemRandomness, World};
use serde::{Deserialize, Serialize};

pub(crate) mod calls;

/// What the double's time is to the machine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Pace {
    /// So many milliseconds ahead.
    Runs {
        ahead: i64,
    },
    Frozen {
        at: Moment,
    },
}

pub struct SandboxClock {
    machine: SystemClock,
    pace: Mutex<Pace>,
}

impl Default for SandboxClock {
    fn default() -> Self {
        Self { machine: SystemClock, pace: Mutex::new(Pace::Runs { ahead: 0 }) }
    }
}

impl SandboxClock {
    /// A world on this clock; its randomness is the machine's.
    #[must_use]
    pub fn world(self: &Arc<Self>) -> World {
        World { clock: self.clone(), randomness: Arc::new(SystemRandomness) }
    }

    /// How far ahead of the machine's time it may be moved: a hundred years.
    pub const AHEAD_MAX: Duration = Duration::from_secs(100 * 365 * 86_400);

    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.change(|pace, _| match pace {
            Pace::Runs { ahead } => Pace::Runs { ahead: ahead.saturating_add(by) },
            Pace::Frozen { at } => {
                Pace::Frozen { at: Moment::from_millis(at.millis().saturating_add(by)) }
            }
        });
    }

    /// Stands still from here on.
    pub fn freeze(&self) {
        self.change(|pace, machine| Pace::Frozen { at: pace.now(machine) });
    }

    /// Goes on from where it stands.
    pub fn resume(&self) {
        self.change(|pace, machine| Pace::Runs {
            ahead: pace.now(machine).millis().saturating_sub(machine.millis()),
        });
    }

    /// The machine's time again. Backwards for whoever was ahead: what was made meanwhile is then
    /// made in the future, so this belongs to a reset.
    pub fn reset(&self) {
        self.change(|_, _| Pace::Runs { ahead: 0 });
    }

    #[must_use]
    pub fn is_frozen(&self) -> bool {
        matches!(self.pace(), Pace::Frozen { .. })
    }

    /// How far ahead of the machine's time it is now; nothing when it stood still so long that it is behind.
    #[must_use]
    pub fn ahead(&self) -> Duration {
        let machine = self.machine.now();
        self.pace().now(machine).since(machine)
    }

    /// As it was at another time, or in another run.
    pub(crate) fn set(&self, pace: Pace) {
        self.change(|_, _| pace);
    }

    pub(crate) fn pace(&self) -> Pace {
        *self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, to: impl FnOnce(Pace, Moment) -> Pace) {
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        *pace = to(*pace, self.machine.now());
    }
}

impl Pace {
    fn now(self, machine: Moment) -> Moment {
        match self {
            Self::Runs { ahead } => Moment::from_millis(machine.millis().saturating_add(ahead)),
            Self::Frozen { at } => at,
        }
    }
}

impl Clock for SandboxClock {
    fn now(&self) -> Moment {
        self.pace().now(self.machine.now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_still_goes_on_and_moves_ahead() {
        let clock = SandboxClock::default();
        clock.freeze();
        let stood = clock.now();
        clock.advance(Duration::from_secs(900));
        assert_eq!(clock.now().since(stood), Duration::from_secs(900));
        assert!(clock.is_frozen());
        clock.resume();
        assert!(!clock.is_frozen());
        assert!(clock.now() >= stood.plus(Duration::from_secs(900)));
        clock.reset();
        assert!(clock.now() < stood.plus(Duration::from_secs(800)));
    }
}
