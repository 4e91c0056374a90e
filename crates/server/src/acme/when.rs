//! When an authority is asked. It is never asked in a tight loop, by however many processes and
//! through however many restarts: the time of the next attempt is kept in the store.

use std::time::Duration;

use rollcall_directory::world::Moment;
use serde::{Deserialize, Serialize};

/// Authorities allow five failures an hour for a name: at once, and then after about 2, 6, 14 and
/// 30 minutes.
const FIRST_WAIT: Duration = Duration::from_mins(2);
const LONGEST_WAIT: Duration = Duration::from_hours(1);
/// Even where an authority gives certificates that end within the minute, as one for tests does.
const SHORTEST_WAIT: Duration = Duration::from_secs(10);

/// What became of the attempts so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Attempts {
    /// In a row.
    pub failures: u32,
    pub not_before: Moment,
}

/// The life of the certificate that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Life {
    pub obtained: Moment,
    pub ends: Moment,
}

impl Life {
    /// When two thirds of it are over. A certificate of 90 days is renewed on the 60th.
    pub(super) fn renewal(self) -> Moment {
        self.obtained.plus(self.ends.since(self.obtained) / 3 * 2)
    }
}

/// `asked`: somebody says that what was wrong is mended, so a wait after failures is cut short.
pub(super) fn is_due(
    life: Option<Life>,
    attempts: Option<Attempts>,
    now: Moment,
    asked: bool,
) -> bool {
    let wanted = life.is_none_or(|life| life.renewal() <= now);
    let may = match attempts {
        None => true,
        Some(attempts) => attempts.not_before <= now || (asked && attempts.failures > 0),
    };
    wanted && may
}

impl Attempts {
    pub(super) fn after_success(now: Moment) -> Self {
        Self { failures: 0, not_before: now.plus(SHORTEST_WAIT) }
    }

    /// `chance`: so that many servers that failed together do not come back together.
    pub(super) fn after_failure(
        before: Option<Self>,
        limited: bool,
        now: Moment,
        chance: u8,
    ) -> Self {
        let failures = before.map_or(0, |attempts| attempts.failures).saturating_add(1);
        let doubled = FIRST_WAIT * (1 << (failures - 1).min(8));
        let wait = if limited { LONGEST_WAIT } else { doubled.min(LONGEST_WAIT) };
        let wait = wait + wait * u32::from(chance) / 1024;
        Self { failures, not_before: now.plus(wait) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_seconds(1_800_000_000);
    const DAY: Duration = Duration::from_hours(24);

    fn life(days: u32) -> Option<Life> {
        Some(Life { obtained: NOW, ends: NOW.plus(DAY * days) })
    }

    #[test]
    fn a_certificate_is_renewed_when_two_thirds_of_its_life_are_over() {
        for (days, renewed) in [(90, 60), (45, 30), (6, 4)] {
            let due = NOW.plus(DAY * renewed);
            assert!(!is_due(life(days), None, due.minus(Duration::from_secs(1)), true), "{days}");
            assert!(is_due(life(days), None, due, false), "{days}");
        }
        assert!(is_due(None, None, NOW, false));
    }

    #[test]
    fn after_a_failure_it_waits_even_with_no_certificate_at_all() {
        let failed = Attempts::after_failure(None, false, NOW, 0);
        assert_eq!(failed.not_before, NOW.plus(FIRST_WAIT));
        assert!(!is_due(None, Some(failed), NOW, false));
        assert!(is_due(None, Some(failed), NOW, true), "somebody asked for it");
        assert!(is_due(None, Some(failed), failed.not_before, false));
    }

    #[test]
    fn asking_does_not_cut_the_wait_after_a_success_short() {
        let done = Attempts::after_success(NOW);
        assert!(!is_due(None, Some(done), NOW, true));
        assert!(is_due(None, Some(done), NOW.plus(SHORTEST_WAIT), false));
    }

    #[test]
    fn the_waits_double_up_to_an_hour_and_stay_within_what_authorities_allow() {
        let mut attempts = None;
        let mut now = NOW;
        let mut waits = Vec::new();
        for _ in 0..40 {
            let next = Attempts::after_failure(attempts, false, now, 0);
            waits.push(next.not_before.since(now));
            (attempts, now) = (Some(next), next.not_before);
        }
        assert_eq!(waits[..6], [2, 4, 8, 16, 32, 60].map(Duration::from_mins));
        assert!(waits[5..].iter().all(|wait| *wait == LONGEST_WAIT));
        // The attempts of the first hour, the one that began it among them.
        assert!(waits[..4].iter().sum::<Duration>() <= LONGEST_WAIT);
        assert!(waits[..5].iter().sum::<Duration>() > LONGEST_WAIT);
    }

    #[test]
    fn a_limit_is_waited_out_and_chance_only_lengthens() {
        let limited = Attempts::after_failure(None, true, NOW, 0);
        assert_eq!(limited.not_before.since(NOW), LONGEST_WAIT);
        let by_chance = Attempts::after_failure(None, true, NOW, u8::MAX).not_before.since(NOW);
        assert!(by_chance > LONGEST_WAIT && by_chance < LONGEST_WAIT * 5 / 4);
    }
}
