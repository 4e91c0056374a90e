//! Bad days, as data: which calls they meet, how often, and what then happens. Choosing is pure
//! ([`Faults::choose`], given numbers drawn by the caller); playing is the front's.

pub(crate) mod calls;
mod fault;
mod flaw;
mod named;
mod standing;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

pub use fault::{Effect, Fault, OPERATIONS, Page, PageOf, When};
pub use flaw::Flaw;
use standing::Standing;

/// How many the control API may set: whoever sets more has forgotten to take some out.
pub const SET_MAX: usize = 1_000;

/// What a call is, as far as faults ask. Account and person only where the call's credentials are
/// of that account: strangers get the server's own refusal, fault or no fault.
#[derive(Clone, Debug, Default)]
pub struct Asked<'a> {
    /// The operation id of the route: `ListUsers`.
    pub operation: &'a str,
    pub account: Option<&'a str>,
    pub user: Option<&'a str>,
    pub client_id: Option<&'a str>,
    /// Which access token it comes with.
    pub token: Option<[u8; 16]>,
    /// A list, asked for with a page token.
    pub is_later_page: bool,
}

impl Asked<'_> {
    fn is_list(&self) -> bool {
        self.operation == "ListUsers"
    }
}

/// Who set a fault: that decides what brings it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetBy {
    /// Gone after a reset.
    ControlApi,
    Seed,
    Scenario,
}

/// A fault, and how it has fared since it was set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    #[serde(flatten)]
    pub fault: Fault,
    pub set_by: SetBy,
    /// So many calls that it fits have come.
    pub asked: u32,
    /// So many of them it has met.
    pub met: u32,
}

impl Listed {
    /// One that nothing has come to yet.
    #[must_use]
    pub const fn new(fault: Fault, set_by: SetBy) -> Self {
        Self { fault, set_by, asked: 0, met: 0 }
    }
}

/// What meets one call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chosen {
    /// The first one in order that is in turn.
    pub fault: Option<Fault>,
    /// Of a list: all that say how somebody is on it. They go together with any other.
    pub on_list: Vec<Fault>,
}

#[derive(Default)]
pub struct Faults {
    /// In the order in which they are asked.
    set: Mutex<Vec<Standing>>,
}

impl Faults {
    pub fn add(&self, fault: Fault, set_by: SetBy) {
        insert(&mut self.set(), Listed::new(fault, set_by));
    }

    /// `false`: there are too many already, and it was not set.
    #[must_use]
    pub fn add_by_control_api(&self, fault: Fault) -> bool {
        let mut set = self.set();
        let others = set.iter().filter(|one| one.set_by() == SetBy::ControlApi).count();
        if others < SET_MAX {
            insert(&mut set, Listed::new(fault, SetBy::ControlApi));
        }
        others < SET_MAX
    }

    /// Takes out all that the closure says; how many.
    pub fn remove(&self, is_out: impl Fn(&Fault, SetBy) -> bool) -> usize {
        let mut set = self.set();
        let before = set.len();
        set.retain(|one| !is_out(one.fault(), one.set_by()));
        before - set.len()
    }

    /// These, as they had fared, in place of what is there.
    pub fn begin_again(&self, faults: Vec<Listed>) {
        let mut set = self.set();
        set.clear();
        faults.into_iter().for_each(|fault| insert(&mut set, fault));
    }

    #[must_use]
    pub fn all(&self) -> Vec<Listed> {
        self.set().iter().map(Standing::listed).collect()
    }

    /// What meets this call. `draw`: from 0 up to and without 1, anew each time.
    pub fn choose(&self, asked: &Asked<'_>, mut draw: impl FnMut() -> f64) -> Chosen {
        let mut chosen = Chosen::default();
        for one in self.set().iter_mut() {
            // Who is on a list in which state is one thing, and what becomes of the list another.
            if asked.is_list() && one.fault().effect.changes_lists() {
                chosen.on_list.extend(one.meets(asked, &mut draw));
            } else if chosen.fault.is_none() {
                chosen.fault = one.meets(asked, &mut draw);
            }
        }
        chosen
    }

    fn set(&self) -> MutexGuard<'_, Vec<Standing>> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Behind those of its order that are there.
fn insert(set: &mut Vec<Standing>, fault: Listed) {
    let place = set.partition_point(|other| other.fault().order <= fault.fault.order);
    set.insert(place, Standing::new(fault));
}
