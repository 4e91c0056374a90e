//! A fault that is set, with what it remembers: the calls that it fitted, those that it met, and
//! for some effects which tokens and applications they were.

use std::collections::{HashMap, HashSet};

use super::fault::{Effect, Fault};
use super::{Asked, Listed, SetBy};

/// Of one fault; beyond it, what was remembered is forgotten.
const REMEMBERED_MAX: usize = 10_000;

pub(super) struct Standing {
    fault: Fault,
    set_by: SetBy,
    asked: u32,
    met: u32,
    /// [`Effect::TokenEnds`]: how many calls each token has made.
    calls_of: HashMap<[u8; 16], u32>,
    /// [`Effect::Vanish`]: for which applications the person is gone. [`Effect::EmptyPage`]: which of
    /// them had an empty page last, and are to have a full one.
    clients: HashSet<String>,
}

impl Standing {
    pub(super) fn new(listed: Listed) -> Self {
        let Listed { fault, set_by, asked, met } = listed;
        let (calls_of, clients) = (HashMap::new(), HashSet::new());
        Self { fault, set_by, asked, met, calls_of, clients }
    }

    pub(super) const fn fault(&self) -> &Fault {
        &self.fault
    }

    pub(super) const fn set_by(&self) -> SetBy {
        self.set_by
    }

    pub(super) fn listed(&self) -> Listed {
        let Self { fault, set_by, asked, met, .. } = self;
        Listed { fault: fault.clone(), set_by: *set_by, asked: *asked, met: *met }
    }

    /// The fault, if this call is met. Each call that it fits counts for `skip`, whether it is met
    /// or not; a call that another fault took did not come here.
    pub(super) fn meets(
        &mut self,
        asked: &Asked<'_>,
        draw: &mut impl FnMut() -> f64,
    ) -> Option<Fault> {
        if !self.fault.when.is(asked, &self.fault.effect) || !self.is_the_moment(asked) {
            return None;
        }
        let before = self.asked;
        self.asked = self.asked.saturating_add(1);
        let in_turn =
            before >= self.fault.skip && self.fault.times.is_none_or(|times| self.met < times);
        if !in_turn || self.fault.probability.is_some_and(|share| draw() >= share) {
            return None;
        }
        self.met = self.met.saturating_add(1);
        Some(self.fault.clone())
    }

    /// Whether the effect has anything to do with this call, by what it remembers.
    fn is_the_moment(&mut self, asked: &Asked<'_>) -> bool {
        match &self.fault.effect {
            Effect::Answer { .. }
            | Effect::Slow { .. }
            | Effect::Trickle { .. }
            | Effect::Silence { .. }
            | Effect::CutAfterAct {}
            | Effect::CutBefore {}
            | Effect::CutBody { .. } => true,
            Effect::ListedAs { .. } => asked.is_list(),
            Effect::EmptyPage {} => {
                // In turns: the token of an empty page must lead on.
                asked.is_list() && asked.is_later_page && !self.forget(asked) && {
                    self.remember(asked);
                    true
                }
            }
            Effect::ExtraFields {} => is_about_people(asked),
            Effect::TokenEnds { after_calls } => {
                let after_calls = *after_calls;
                asked.token.is_some_and(|token| self.calls_of(token) > after_calls)
            }
            Effect::RetireSecret {} => asked.account.is_some() && asked.client_id.is_some(),
            Effect::Vanish {} => self.is_gone(asked),
        }
    }

    /// With this one.
    fn calls_of(&mut self, token: [u8; 16]) -> u32 {
        if self.calls_of.len() >= REMEMBERED_MAX {
            self.calls_of.clear();
        }
        let calls = self.calls_of.entry(token).or_default();
        *calls = calls.saturating_add(1);
        *calls
    }

    fn is_gone(&mut self, asked: &Asked<'_>) -> bool {
        match (asked.is_list(), asked.is_later_page) {
            (true, true) => {
                self.remember(asked);
                true
            }
            // A new walk: they are there again, so that the day can be rehearsed again.
            (true, false) => {
                self.forget(asked);
                false
            }
            (false, _) => {
                let client = asked.client_id.unwrap_or_default();
                is_about_people(asked) && self.clients.contains(client)
            }
        }
    }

    fn remember(&mut self, asked: &Asked<'_>) {
        if self.clients.len() >= REMEMBERED_MAX {
            self.clients.clear();
        }
        self.clients.insert(asked.client_id.unwrap_or_default().to_owned());
    }

    /// Whether it was remembered.
    fn forget(&mut self, asked: &Asked<'_>) -> bool {
        self.clients.remove(asked.client_id.unwrap_or_default())
    }
}

fn is_about_people(asked: &Asked<'_>) -> bool {
    matches!(asked.operation, "ListUsers" | "GetUser" | "SuspendUser" | "ReactivateUser")
}
