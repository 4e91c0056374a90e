//! `retry-after-obeyed` and `server-errors-paused`: how long a client waits before it repeats.

use std::time::Duration;

use crate::report::calls::{Call, Calls, time};
use crate::report::verdict::{Gathered, Verdict};

/// Timers of the client and of this machine differ by a little.
const TOLERANCE: Duration = Duration::from_millis(60);

pub(super) fn retry_after(calls: &Calls<'_>) -> Verdict {
    let mut gathered = Gathered::default();
    for group in calls.same() {
        let mut early: Option<(Vec<u64>, u64, Duration)> = None;
        for pair in group.windows(2) {
            let [limited, again] = pair else { continue };
            let Some(seconds) = limited.0.told.retry_after_seconds else { continue };
            if !limited.is_answered(429) || !again.is_after(limited) {
                continue;
            }
            let waited = again.begun().saturating_sub(limited.ended());
            if waited + TOLERANCE >= Duration::from_secs(seconds) {
                gathered.right(again.number());
            } else {
                let (exchanges, asked, least) =
                    early.get_or_insert_with(|| (vec![limited.number()], seconds, waited));
                exchanges.push(again.number());
                (*asked, *least) = ((*asked).max(seconds), (*least).min(waited));
            }
        }
        if let Some((exchanges, asked, least)) = early {
            gathered.wrong(
                exchanges,
                format!(
                    "Retry-After said {asked} s, and the call was repeated after {}",
                    time(least)
                ),
            );
        }
    }
    gathered.verdict("no call was answered 429 and then repeated")
}

/// Sooner than this is at once. Some libraries repeat once at once, which is no harm.
const PAUSE_MIN: Duration = Duration::from_millis(100);
const AT_ONCE_MAX: usize = 1;
const REPEATED_MAX: usize = 8;

pub(super) fn server_errors(calls: &Calls<'_>) -> Verdict {
    let mut gathered = Gathered::default();
    for group in calls.same() {
        let mut row = Row::default();
        for pair in group.windows(2) {
            let [failed, again] = pair else { continue };
            if !is_temporary(*failed) {
                row = Row::default();
                continue;
            }
            row.add(*failed, *again);
            if again.is_well() && row.is_patient() {
                gathered.right(again.number());
            }
            if row.has_just_become_too_much() {
                gathered.wrong(row.exchanges.clone(), row.words());
            }
        }
    }
    gathered.verdict("no reading failed on the way and was then repeated")
}

/// An act with an unclear end is looked at before it is repeated: another check.
fn is_temporary(call: Call<'_>) -> bool {
    if call.is_act() { call.is_whole() && call.is_answered(503) } else { call.is_failed() }
}

/// Repetitions of one call that failed each time.
#[derive(Default)]
struct Row {
    exchanges: Vec<u64>,
    at_once: usize,
    is_told: bool,
}

impl Row {
    fn add(&mut self, failed: Call<'_>, again: Call<'_>) {
        if self.exchanges.is_empty() {
            self.exchanges.push(failed.number());
        }
        self.exchanges.push(again.number());
        if again.begun().saturating_sub(failed.ended()) < PAUSE_MIN {
            self.at_once += 1;
        }
    }

    fn is_patient(&self) -> bool {
        self.at_once <= AT_ONCE_MAX && self.exchanges.len() - 1 <= REPEATED_MAX
    }

    fn has_just_become_too_much(&mut self) -> bool {
        !self.is_patient() && !std::mem::replace(&mut self.is_told, true)
    }

    fn words(&self) -> String {
        if self.at_once > AT_ONCE_MAX {
            format!("a failed call was repeated {} times at once, without a pause", self.at_once)
        } else {
            format!("a failed call was repeated {} times", self.exchanges.len() - 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::report::Check::{RetryAfterObeyed as LIMIT, ServerErrorsPaused as ERRORS};
    use crate::report::testing::*;

    #[test]
    fn waiting_as_long_as_it_says_passes() {
        let calls = [suspend(ANN).retry_after(1), suspend(ANN).pause(1_000)];
        assert_eq!(passes(LIMIT, calls), [2]);
    }

    #[test]
    fn coming_sooner_fails_once_with_the_shortest_wait() {
        let again = || suspend(ANN).retry_after(1);
        let calls = [again(), again().pause(20), suspend(ANN).pause(5)];
        let words = fails(LIMIT, calls);
        assert_eq!(words, "Retry-After said 1 s, and the call was repeated after 5 ms");
    }

    #[test]
    fn another_call_and_none_at_all_show_nothing() {
        is_unknown(LIMIT, [suspend(ANN).retry_after(1), suspend(BEN).pause(1)]);
        is_unknown(LIMIT, [suspend(ANN).retry_after(1)]);
        is_unknown(LIMIT, [suspend(ANN)]);
    }

    #[test]
    fn a_pause_after_an_error_passes() {
        let error = || list().refused(500, "internal");
        assert_eq!(passes(ERRORS, [error(), error().pause(200), list().pause(400)]), [3]);
        assert_eq!(passes(ERRORS, [error(), list().pause(1)]), [2]);
        assert_eq!(passes(ERRORS, [list().unanswered(), list().pause(300)]), [2]);
    }

    #[test]
    fn repeating_at_once_again_and_again_fails() {
        let error = || list().refused(500, "internal").pause(3);
        let words = fails(ERRORS, [error(), error(), error(), list().pause(3)]);
        assert!(words.ends_with("at once, without a pause"), "{words}");
    }

    #[test]
    fn repeating_for_ever_fails() {
        let error = || list().refused(503, "unavailable");
        let words = fails(ERRORS, std::iter::repeat_with(error).take(15));
        assert_eq!(words, "a failed call was repeated 9 times");
    }

    #[test]
    fn acts_with_an_unclear_end_and_giving_up_show_nothing() {
        let act = || suspend(ANN).unanswered().pause(1);
        is_unknown(ERRORS, [act(), act(), act(), act()]);
        is_unknown(ERRORS, [list().refused(500, "internal")]);
        is_unknown(ERRORS, [list(), list()]);
    }
}
