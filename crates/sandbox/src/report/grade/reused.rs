//! `token-reused`: one token for many calls. A few more are fine: programs start several workers,
//! and some take a new token after any refusal. A new one for every call is not.

use std::time::Duration;

use rollcall_directory::world::Moment;

use crate::report::calls::{Call, Calls};
use crate::report::verdict::{Gathered, Verdict};

/// A token that has less than this left may be replaced.
const MARGIN: Duration = Duration::from_secs(60);
const LIFE: Duration = Duration::from_secs(900);

/// In a journal of several programs, or of a test suite, as many are no sign yet.
const NEEDLESS_MIN: usize = 3;

pub(super) fn grade(calls: &Calls<'_>) -> Verdict {
    let mut gathered = Gathered::default();
    for client in clients(calls) {
        one_client(calls, client, &mut gathered);
    }
    gathered.verdict("no token was taken and then used more than once")
}

fn clients<'a>(calls: &Calls<'a>) -> Vec<&'a str> {
    let mut clients: Vec<&str> = calls.token_requests().map(|call| call.client()).collect();
    clients.sort_unstable();
    clients.dedup();
    clients.retain(|client| !client.is_empty());
    clients
}

/// A token as far as its client has come with it.
struct Held {
    number: u64,
    until: Moment,
    uses: usize,
    last_use: Option<u64>,
    /// Its last call was answered well: nothing speaks for a new one.
    is_good: bool,
}

fn one_client(calls: &Calls<'_>, client: &str, gathered: &mut Gathered) {
    let mut held: Vec<Held> = Vec::new();
    let mut needless = Vec::new();
    let mut uses = 0;
    for call in calls.all.iter().filter(|call| call.client() == client) {
        if call.is_token_request() {
            if held.last().is_some_and(|held| held.makes_needless(*call)) {
                needless.push(call.number());
            }
            held.extend(Held::of(*call));
        } else if call.is_revocation() {
            // Whoever gives one back needs another.
            held.clear();
        } else if let Some(token) = call.token() {
            uses += 1;
            if let Some(held) = held.iter_mut().find(|held| held.number == token) {
                held.uses += 1;
                held.is_good = call.is_well();
                held.last_use = Some(call.number());
            }
        }
    }
    if is_one_for_each_call(calls, needless.len(), uses) {
        let count = needless.len();
        gathered.wrong(
            needless,
            format!(
                "{} while the one before had most of its life left, for {}",
                if count == 1 {
                    "a token was taken".to_owned()
                } else {
                    format!("{count} tokens were taken")
                },
                super::counted(uses, "call", "calls"),
            ),
        );
    } else {
        for held in held.iter().filter(|held| held.uses > 1) {
            gathered.right(held.last_use.unwrap_or_default());
        }
    }
}

/// One program that ran once has no workers that need tokens of their own: there each call but the
/// first has to have brought a new one. Elsewhere every second call is enough.
fn is_one_for_each_call(calls: &Calls<'_>, needless: usize, uses: usize) -> bool {
    if calls.is_one_run {
        needless >= 1 && needless + 1 >= uses
    } else {
        needless >= NEEDLESS_MIN && needless * 2 >= uses
    }
}

impl Held {
    fn of(request: Call<'_>) -> Option<Self> {
        let number = request.0.told.token.filter(|_| request.is_well())?;
        let until = request.0.started.plus(LIFE).minus(MARGIN);
        Some(Self { number, until, uses: 0, last_use: None, is_good: false })
    }

    /// `is_good` only after a call, so that workers may each take one at the start.
    fn makes_needless(&self, request: Call<'_>) -> bool {
        self.is_good && request.0.started < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Exchange;
    use crate::report::Check::TokenReused as CHECK;
    use crate::report::testing::*;

    fn for_each_call(count: u64) -> Vec<Exchange> {
        (1..=count).flat_map(|number| [token(number), list().with_token(number)]).collect()
    }

    #[test]
    fn one_token_for_several_calls_passes() {
        assert_eq!(passes(CHECK, [token(1), list(), list(), get(ANN)]), [4]);
    }

    #[test]
    fn one_for_every_call_fails() {
        let words = fails(CHECK, for_each_call(5));
        assert!(words.starts_with("4 tokens were taken") && words.ends_with("5 calls"), "{words}");
    }

    #[test]
    fn a_few_and_a_parallel_start_show_nothing_wrong() {
        is_unknown(CHECK, for_each_call(3));
        let workers = (1..=8).map(token);
        let calls = (1..=8).map(|number| list().with_token(number));
        is_unknown(CHECK, workers.chain(calls));
    }

    #[test]
    fn in_one_run_a_second_token_for_a_second_call_fails() {
        let journal = journal(for_each_call(2));
        let verdict = grade(&Calls::of_one_run(&journal, Vec::new()));
        assert!(matches!(verdict, Verdict::Failed { .. }), "{verdict:?}");
        let journal = super::super::super::testing::journal(for_each_call(1));
        let verdict = grade(&Calls::of_one_run(&journal, Vec::new()));
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{verdict:?}");
    }

    #[test]
    fn a_new_one_after_a_refusal_or_near_the_end_is_no_waste() {
        let refused = (1..=6).flat_map(|number| {
            [token(number), suspend(ANN).with_token(number).refused(403, "no_owner_remain")]
        });
        is_unknown(CHECK, refused);
        let late = (1..=6).flat_map(|number| {
            let at = Moment::from_millis(i64::try_from(number).unwrap() * 850_000);
            [token(number), list().with_token(number)].map(|call| call.said(|it| it.started = at))
        });
        is_unknown(CHECK, late);
    }

    #[test]
    fn whoever_revokes_may_take_another() {
        let walk = (1..=6).flat_map(|number| {
            let revoke = token(number).said(|it| it.meant.operation = "RevokeToken".to_owned());
            [token(number), list().with_token(number), revoke]
        });
        is_unknown(CHECK, walk);
    }
}
