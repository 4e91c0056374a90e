//! What the clients asked and were answered, and whether one order of single acts explains it.
//!
//! The search of Wing and Gong, as Lowe made it quick: the answers are gone through in time. Kept are
//! all places in which the register may be: its value, and which calls that are still under way have
//! taken effect. A call that was never answered may take effect at any time after it was asked, or
//! never; of such calls only how many of a kind were used up counts, so that they cost nothing.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::nodes::NAMES;

/// Of a call whose outcome was never told.
pub(super) const NEVER: u64 = u64::MAX;

/// People of one register: bit n of its value is set while the n-th of them is suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum People {
    Member,
    /// Two of them, one of whom stays active.
    Owners,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Call {
    Suspend(u8),
    Reactivate(u8),
    /// Refused, for no active owner would remain.
    RefusedAsLast(u8),
    /// The value of all of them, at one moment.
    Saw(u8),
    /// Of one.
    SawOne(u8, bool),
    /// It was refused for a reason of its own, or never reached a node.
    Nothing,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    pub(super) asked: u64,
    pub(super) answered: u64,
    pub(super) node: usize,
    pub(super) client: usize,
    /// When the client gave up waiting, or was told that the outcome is not known.
    pub(super) gave_up: Option<u64>,
    pub(super) call: Call,
}

impl Call {
    /// The value after the call, if it could be answered so.
    fn after(self, value: u8, people: People) -> Option<u8> {
        let bit = |who: u8| 1 << who;
        let all = match people {
            People::Member => 0b1,
            People::Owners => 0b11,
        };
        let would_be_none =
            |who| people == People::Owners && value | bit(who) == all && value != all;
        match self {
            Self::Suspend(who) if value & bit(who) != 0 => Some(value),
            Self::Suspend(who) => (!would_be_none(who)).then_some(value | bit(who)),
            Self::Reactivate(who) => Some(value & !bit(who)),
            Self::RefusedAsLast(who) => {
                (value & bit(who) == 0 && would_be_none(who)).then_some(value)
            }
            Self::Nothing => Some(value),
            Self::Saw(seen) => (seen == value).then_some(value),
            Self::SawOne(who, suspended) => ((value & bit(who) != 0) == suspended).then_some(value),
        }
    }

    pub(super) fn changes(self) -> bool {
        matches!(self, Self::Suspend(_) | Self::Reactivate(_))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Place {
    value: u8,
    /// Calls that have taken effect and are not answered yet, in order.
    done: Vec<usize>,
    /// How many of the calls that nobody answered have taken effect, by kind.
    used: Vec<u32>,
}

/// Nothing, or what cannot be explained.
pub(super) fn unexplained(people: People, start: u8, history: &[Event]) -> Option<String> {
    let mut moments: Vec<(u64, bool, usize)> = Vec::new();
    for (n, event) in history.iter().enumerate() {
        // A question that nobody answered has changed nothing.
        if event.answered != NEVER {
            moments.push((event.answered, true, n));
        } else if !event.call.changes() {
            continue;
        }
        moments.push((event.asked, false, n));
    }
    moments.sort_unstable();
    let mut kinds: Vec<Call> = Vec::new();
    let mut asked: Vec<u32> = Vec::new();
    let mut under_way: BTreeSet<usize> = BTreeSet::new();
    let mut places = BTreeSet::from([Place { value: start, done: vec![], used: vec![] }]);
    for (_, is_answer, n) in moments {
        let event = &history[n];
        if !is_answer && event.answered == NEVER {
            let kind = kinds.iter().position(|kind| *kind == event.call).unwrap_or_else(|| {
                kinds.push(event.call);
                asked.push(0);
                places = std::mem::take(&mut places)
                    .into_iter()
                    .map(|mut place| {
                        place.used.push(0);
                        place
                    })
                    .collect();
                kinds.len() - 1
            });
            asked[kind] += 1;
        } else if !is_answer {
            under_way.insert(n);
        } else {
            let values: BTreeSet<u8> = places.iter().map(|place| place.value).collect();
            let search =
                Search { people, history, under_way: &under_way, kinds: &kinds, asked: &asked };
            places = search.with(n, places);
            under_way.remove(&n);
            if places.is_empty() {
                return Some(tell(history, n, &values));
            }
        }
    }
    None
}

struct Search<'a> {
    people: People,
    history: &'a [Event],
    under_way: &'a BTreeSet<usize>,
    kinds: &'a [Call],
    asked: &'a [u32],
}

impl Search<'_> {
    /// The places in which call `n` has taken effect, reached by no more calls than that takes.
    fn with(&self, n: usize, places: BTreeSet<Place>) -> BTreeSet<Place> {
        let mut reached: HashSet<Place> = HashSet::new();
        let mut open: Vec<Place> = places.into_iter().collect();
        let mut found: BTreeMap<(u8, Vec<usize>), Vec<Vec<u32>>> = BTreeMap::new();
        while let Some(mut place) = open.pop() {
            if let Ok(at) = place.done.binary_search(&n) {
                place.done.remove(at);
                let used = found.entry((place.value, place.done)).or_default();
                keep_the_least(used, place.used);
                continue;
            }
            for next in self.next(&place) {
                if reached.insert(next.clone()) {
                    open.push(next);
                }
            }
        }
        let place = |(value, done): (u8, Vec<usize>), used| Place { value, done, used };
        let each = found
            .into_iter()
            .flat_map(|(key, all)| all.into_iter().map(move |used| place(key.clone(), used)));
        each.collect()
    }

    fn next(&self, place: &Place) -> Vec<Place> {
        let mut all = Vec::new();
        for n in self.under_way {
            if let Err(at) = place.done.binary_search(n)
                && let Some(value) = self.history[*n].call.after(place.value, self.people)
            {
                let mut next = Place { value, ..place.clone() };
                next.done.insert(at, *n);
                all.push(next);
            }
        }
        for (kind, call) in self.kinds.iter().enumerate() {
            // One that changes nothing may as well never happen.
            if place.used[kind] < self.asked[kind]
                && let Some(value) = call.after(place.value, self.people)
                && value != place.value
            {
                let mut next = Place { value, ..place.clone() };
                next.used[kind] += 1;
                all.push(next);
            }
        }
        all
    }
}

/// Whoever used less of everything can do all that the other can.
fn keep_the_least(all: &mut Vec<Vec<u32>>, new: Vec<u32>) {
    let is_no_more =
        |one: &[u32], other: &[u32]| one.iter().zip(other).all(|(one, other)| one <= other);
    if !all.iter().any(|one| is_no_more(one, &new)) {
        all.retain(|one| !is_no_more(&new, one));
        all.push(new);
    }
}

/// The answer that fits nowhere, and what was asked shortly before it.
fn tell(history: &[Event], n: usize, values: &BTreeSet<u8>) -> String {
    const BEFORE: usize = 12;
    let wrong = &history[n];
    let mut before: Vec<&Event> =
        history.iter().filter(|event| event.asked <= wrong.answered).collect();
    before.sort_by_key(|event| event.asked);
    let last = before.len().saturating_sub(BEFORE);
    let lines: Vec<String> = before[last..].iter().map(|event| line(event)).collect();
    format!(
        "{} is explained by no order; possible before it: {values:?}; asked before it: {lines:#?}",
        line(wrong)
    )
}

fn line(event: &Event) -> String {
    let seconds = |micros: u64| std::time::Duration::from_micros(micros).as_secs_f64();
    let until = match event.answered {
        NEVER => "never answered".to_owned(),
        answered => format!("{:.6}", seconds(answered)),
    };
    format!(
        "{:?} by client {} on node {} from {:.6} s to {until}",
        event.call,
        event.client,
        NAMES[event.node],
        seconds(event.asked)
    )
}
