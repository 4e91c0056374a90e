//! The exam: a connector's own command against each bad day of a closed list, every time on a
//! double of its own. Here is what happens in each ([`Scenario`]), where it happens ([`Stage`]) and
//! what it shows ([`judge`], which is pure); who starts the command is the command line.

mod faults;
mod judge;
mod people;
mod scenario;
mod stage;

use std::collections::BTreeMap;
use std::time::Duration;

use rollcall_directory::users::State;

pub use judge::judge;
pub use scenario::{Scenario, Task};
pub use stage::{Stage, StageError};

use crate::journal::Exchange;

/// One scenario after its command has ended.
#[derive(Clone, Debug)]
pub struct Played {
    pub scenario: Scenario,
    pub ended: Ended,
    pub took: Duration,
    pub exchanges: Vec<Exchange>,
    pub facts: Facts,
}

/// How the command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// As a shell has it: the code, or 128 and the signal.
    By(i32),
    /// By us, with all that it had started.
    TimeLimit,
}

/// The account, before and after.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Who was to be acted on.
    pub target: String,
    pub before: BTreeMap<String, State>,
    pub after: BTreeMap<String, State>,
}

impl Ended {
    #[must_use]
    pub fn is_well(self) -> bool {
        self == Self::By(0)
    }
}

impl Facts {
    fn is_done(&self, task: Task) -> bool {
        let wanted = match task {
            Task::List => return true,
            Task::Suspend { .. } => State::Suspended,
            Task::Reactivate => State::Active,
        };
        self.after.get(&self.target) == Some(&wanted)
    }

    /// Who is not as they were, the target left out.
    fn others_touched(&self) -> usize {
        let others = self.after.iter().filter(|(id, _)| **id != self.target);
        others.filter(|(id, state)| self.before.get(*id) != Some(*state)).count()
    }
}
