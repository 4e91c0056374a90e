//! Can what parallel clients were answered be explained by one act after the other, each at some
//! moment between its asking and its answer? The search of Wing and Gong: of the acts that nothing
//! unexplained was answered before, take one whose answer the rules give, and go on; a place that
//! was reached before is not searched again.

use std::collections::HashSet;

/// A person as an answer shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shown {
    pub suspended: bool,
    pub epoch: u32,
}

/// What was asked, and what was answered. People go by number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// `None`: refused, for no active owner would remain.
    Suspended {
        who: usize,
        told: Option<Shown>,
    },
    Reactivated {
        who: usize,
        told: Shown,
    },
    Saw {
        who: usize,
        told: Shown,
    },
    /// Who is suspended, all at one moment: that is what a list shows.
    Listed(Vec<(usize, bool)>),
}

/// A call between two ticks of a clock that all clients share.
#[derive(Clone, Debug)]
pub struct Event {
    pub asked: u64,
    pub answered: u64,
    pub call: Call,
}

/// Are these people the account's owners, of whom an active one remains?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum People {
    Members,
    Owners,
}

#[must_use]
pub fn is_explained(start: &[Shown], people: People, history: &[Event]) -> bool {
    let mut reached = HashSet::new();
    let mut open = vec![(vec![false; history.len()], start.to_vec())];
    while let Some((explained, state)) = open.pop() {
        let rest = || explained.iter().enumerate().filter(|(_, done)| !**done).map(|(n, _)| n);
        let Some(first_answer) = rest().map(|n| history[n].answered).min() else { return true };
        for n in rest().filter(|n| history[*n].asked < first_answer) {
            let Some(next) = after(&state, people, &history[n].call) else { continue };
            let mut explained = explained.clone();
            explained[n] = true;
            let place = (explained, next);
            if reached.insert(place.clone()) {
                open.push(place);
            }
        }
    }
    false
}

/// The people after the call, if it could be answered so.
fn after(state: &[Shown], people: People, call: &Call) -> Option<Vec<Shown>> {
    let changed = |who: usize, to: Shown| {
        let mut state = state.to_vec();
        state[who] = to;
        state
    };
    let turned = |who: usize, suspended: bool| {
        let before = state[who];
        let raised = u32::from(before.suspended != suspended);
        Shown { suspended, epoch: before.epoch + raised }
    };
    match call {
        Call::Suspended { who, told } => {
            let active = state.iter().filter(|person| !person.suspended).count();
            let is_last = people == People::Owners && active == 1 && !state[*who].suspended;
            match told {
                None => is_last.then(|| state.to_vec()),
                Some(told) if !is_last && *told == turned(*who, true) => Some(changed(*who, *told)),
                Some(_) => None,
            }
        }
        Call::Reactivated { who, told } => {
            (*told == turned(*who, false)).then(|| changed(*who, *told))
        }
        Call::Saw { who, told } => (state[*who] == *told).then(|| state.to_vec()),
        Call::Listed(shown) => {
            let is_so = |(who, suspended): &(usize, bool)| state[*who].suspended == *suspended;
            shown.iter().all(is_so).then(|| state.to_vec())
        }
    }
}

/// What concerns one person, who then goes by number 0. Members do not depend on each other, so
/// each may be explained alone, which is much quicker.
#[must_use]
pub fn concerning(person: usize, history: &[Event]) -> Vec<Event> {
    let call = |call: &Call| match call {
        Call::Suspended { who, told } if *who == person => {
            Some(Call::Suspended { who: 0, told: *told })
        }
        Call::Reactivated { who, told } if *who == person => {
            Some(Call::Reactivated { who: 0, told: *told })
        }
        Call::Saw { who, told } if *who == person => Some(Call::Saw { who: 0, told: *told }),
        Call::Suspended { .. } | Call::Reactivated { .. } | Call::Saw { .. } => None,
        Call::Listed(shown) => {
            let shown: Vec<_> = shown
                .iter()
                .filter(|(who, _)| *who == person)
                .map(|(_, suspended)| (0, *suspended))
                .collect();
            (!shown.is_empty()).then_some(Call::Listed(shown))
        }
    };
    history
        .iter()
        .filter_map(|event| call(&event.call).map(|call| Event { call, ..event.clone() }))
        .collect()
}
