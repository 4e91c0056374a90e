//! Refusals of a known caller are evidence, but nobody may fill the disk with them: each caller has
//! so many records an hour, the rest of the hour is counted, and the count is recorded with the
//! first refusal after it. All strangers together are one.

use std::time::Duration;

use super::{Caller, Writes};
use crate::audit::Entry;
use crate::world::{ApplicationId, Moment, UserId};

const RECORDED_PER_HOUR_MAX: u32 = 100;
const WINDOW: Duration = Duration::from_secs(3600);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusalTally {
    pub since: Moment,
    pub recorded: u32,
    pub counted: u32,
}

impl RefusalTally {
    /// One that began by then is over; where it counted nothing, none would say the same.
    pub(crate) fn over_since(now: Moment) -> Moment {
        now.minus(WINDOW)
    }
}

/// Whose refusals are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tallied {
    Application(ApplicationId),
    Person(UserId),
    Strangers,
}

impl Tallied {
    /// `None`: the operator can write to the database anyhow, and there is nothing to cap.
    pub(super) const fn of(by: &Caller) -> Option<Self> {
        match by {
            Caller::Application(id) => Some(Self::Application(*id)),
            Caller::Person(id) => Some(Self::Person(*id)),
            Caller::Stranger => Some(Self::Strangers),
            Caller::Operator => None,
        }
    }

    /// As the databases store it; the three kinds cannot be mistaken for each other.
    pub(crate) fn to_row(self) -> String {
        match self {
            Self::Application(id) => id.to_string(),
            Self::Person(id) => id.to_string(),
            Self::Strangers => "strangers".to_owned(),
        }
    }

    pub(crate) fn from_row(text: &str) -> Option<Self> {
        if text == "strangers" {
            return Some(Self::Strangers);
        }
        let application = text.parse().map(Self::Application);
        application.or_else(|_| text.parse().map(Self::Person)).ok()
    }
}

/// What to record of one more refusal: nothing, itself, or the count before it and itself.
pub(super) fn admit(
    by: Tallied,
    tally: Option<&RefusalTally>,
    now: Moment,
    refused: Entry,
) -> (Vec<Entry>, Writes) {
    let fresh = RefusalTally { since: now, recorded: 0, counted: 0 };
    let mut tally = tally.copied().unwrap_or(fresh);
    let mut entries = Vec::new();
    if now.since(tally.since) >= WINDOW {
        if tally.counted > 0 {
            entries.push(Entry::RefusalsCounted { since: tally.since, count: tally.counted });
        }
        tally = fresh;
    }
    if tally.recorded < RECORDED_PER_HOUR_MAX {
        tally.recorded += 1;
        entries.push(refused);
    } else {
        tally.counted = tally.counted.saturating_add(1);
    }
    (entries, Writes { tallies: vec![(by, tally)], ..Writes::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_they_are_is_read_as_it_was_written() {
        let application = Tallied::Application(ApplicationId::from_random([1; 16]));
        let person = Tallied::Person(UserId::from_bytes([1; 16]));
        for tallied in [application, person, Tallied::Strangers] {
            assert_eq!(Tallied::from_row(&tallied.to_row()), Some(tallied));
        }
        assert_eq!(Tallied::from_row("nobody"), None);
    }

    #[test]
    fn a_hundred_are_recorded_and_the_rest_of_the_hour_is_one_record() {
        let by = Tallied::Application(ApplicationId::from_random([1; 16]));
        let refused = || Entry::Refused { act: "x".into(), why: "y".into(), user: None };
        let start = Moment::from_seconds(0);
        let (mut tally, mut recorded) = (None, 0);
        for _ in 0..250 {
            let (entries, writes) = admit(by, tally.as_ref(), start, refused());
            recorded += entries.len();
            tally = Some(writes.tallies[0].1);
        }
        assert_eq!(recorded, 100);
        let later = start.plus(WINDOW);
        let (entries, writes) = admit(by, tally.as_ref(), later, refused());
        assert_eq!(entries[0], Entry::RefusalsCounted { since: start, count: 150 });
        assert_eq!(entries.len(), 2);
        assert_eq!(writes.tallies[0].1, RefusalTally { since: later, recorded: 1, counted: 0 });
    }
}
