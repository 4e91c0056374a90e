//! When to warn that a certificate comes to its end. A warning means that a renewal which should
//! have happened did not: an authority's certificate is renewed when a third of its life remains.

use std::time::Duration;

use rollcall_directory::world::Moment;

use super::Facts;

/// However long it lives, nobody needs to hear of it earlier.
const WARN_AT_MOST: Duration = Duration::from_hours(21 * 24);
const SAY_AGAIN_AFTER: Duration = Duration::from_hours(24);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Well,
    EndsSoon,
    NotYet,
    Ended,
}

fn state(facts: &Facts, now: Moment) -> State {
    if now < facts.from {
        return State::NotYet;
    }
    if now >= facts.ends {
        return State::Ended;
    }
    let quarter = facts.ends.since(facts.from) / 4;
    match facts.ends.since(now) < quarter.min(WARN_AT_MOST) {
        true => State::EndsSoon,
        false => State::Well,
    }
}

/// Says it once a day, and at once when it became worse or another certificate came.
#[derive(Debug, Default)]
pub(crate) struct Expiry {
    said: Option<(State, Moment, Moment)>,
}

impl Expiry {
    /// `way_out`: what would help.
    pub(crate) fn look(&mut self, facts: &Facts, now: Moment, way_out: &str) {
        let state = state(facts, now);
        if !self.is_to_be_said(state, facts.ends, now) {
            return;
        }
        let ends = facts.ends.rfc3339_seconds();
        match state {
            State::Well => {}
            State::EndsSoon => tracing::warn!(ends, "the certificate ends soon: {way_out}"),
            State::NotYet => tracing::error!(
                from = facts.from.rfc3339_seconds(),
                "the certificate is not valid yet, so clients refuse it: is this machine's clock right?"
            ),
            State::Ended => {
                tracing::error!(ends, "the certificate has ended, so clients refuse it: {way_out}");
            }
        }
    }

    fn is_to_be_said(&mut self, state: State, ends: Moment, now: Moment) -> bool {
        let repeated = self.said.is_some_and(|(said, of, at)| {
            said == state && of == ends && now.since(at) < SAY_AGAIN_AFTER
        });
        if !repeated {
            self.said = Some((state, ends, now));
        }
        !repeated && state != State::Well
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    fn living(days: u32) -> (Facts, impl Fn(u32) -> Moment) {
        let from = Moment::from_seconds(1_800_000_000);
        let facts =
            Facts { names: Vec::new(), from, ends: from.plus(DAY * days), serial: String::new() };
        (facts, move |day| from.plus(DAY * day))
    }

    #[test]
    fn the_warning_comes_after_the_day_of_renewal_and_before_the_end() {
        // Renewed at 60 of 90 days, and at 8 of 12.
        for (life, quiet, warned) in [(90, 68, 70), (12, 8, 10), (365, 343, 345)] {
            let (facts, day) = living(life);
            assert_eq!(state(&facts, day(quiet)), State::Well, "{life} days");
            assert_eq!(state(&facts, day(warned)), State::EndsSoon, "{life} days");
            assert_eq!(state(&facts, day(life)), State::Ended, "{life} days");
        }
        let (facts, day) = living(90);
        assert_eq!(state(&facts, day(0).minus(Duration::from_secs(1))), State::NotYet);
    }

    #[test]
    fn it_is_said_once_a_day_and_when_it_becomes_worse() {
        let (facts, day) = living(90);
        let mut expiry = Expiry::default();
        let mut said = |now: Moment| expiry.is_to_be_said(state(&facts, now), facts.ends, now);
        assert!(!said(day(10)));
        assert!(said(day(80)));
        assert!(!said(day(80).plus(DAY / 2)));
        assert!(said(day(81)));
        assert!(said(day(90)));
        assert!(!said(day(90).plus(DAY / 2)));
    }
}
