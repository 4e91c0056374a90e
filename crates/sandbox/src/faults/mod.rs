//! Bad days, as data: which calls they meet, how often, and what then happens. Choosing is pure
//! ([`Faults::choose`], given a number drawn by the caller); playing is the front's.

pub(crate) mod calls;
mod fault;

use std::sync::{Mutex, PoisonError};

pub use fault::{Effect, Fault, Page, When};

/// What a call is, as far as faults ask.
#[derive(Clone, Debug, Default)]
pub struct Asked<'a> {
    /// The operation id of the route: `ListUsers`.
    pub operation: &'a str,
    pub account: Option<&'a str>,
    pub user: Option<&'a str>,
    pub client_id: Option<&'a str>,
}

#[derive(Default)]
pub struct Faults {
    /// In the order in which they are asked, with how many calls each has met.
    set: Mutex<Vec<(Fault, u32)>>,
}

impl Faults {
    pub fn add(&self, fault: Fault) {
        self.set.lock().unwrap_or_else(PoisonError::into_inner).push((fault, 0));
    }

    pub fn clear(&self) {
        self.set.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    #[must_use]
    pub fn all(&self) -> Vec<Fault> {
        let set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        set.iter().map(|(fault, _)| fault.clone()).collect()
    }

    /// The first fault that meets this call. `chance`: from 0 to 1, drawn for this call.
    pub fn choose(&self, asked: &Asked<'_>, chance: f64) -> Option<Fault> {
        let mut set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        for (fault, met) in set.iter_mut() {
            if !fault.when.is(asked) {
                continue;
            }
            let before = *met;
            *met = met.saturating_add(1);
            let in_turn =
                before >= fault.skip && fault.times.is_none_or(|times| before - fault.skip < times);
            if in_turn && chance < fault.probability.unwrap_or(1.0) {
                return Some(fault.clone());
            }
        }
        None
    }
}
