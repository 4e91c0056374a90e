//! `token-renewed-once`: a token that has ended is met with one new token and the same call again.

use std::collections::{HashMap, HashSet};

use crate::report::calls::{Call, Calls};
use crate::report::verdict::{Gathered, Verdict};

pub(super) fn grade(calls: &Calls<'_>) -> Verdict {
    let mut gathered = Gathered::default();
    for (place, ended) in first_ends(calls) {
        one_end(&calls.all[place..], ended, &mut gathered);
    }
    in_a_circle(calls, &mut gathered);
    gathered.verdict("no call was answered 401 with a token that had worked or could have")
}

/// The first 401 of each token of ours that its client had not given back.
fn first_ends<'a>(calls: &Calls<'a>) -> Vec<(usize, Call<'a>)> {
    let mut seen = HashSet::new();
    let mut ends = Vec::new();
    let mut revoked_by: HashSet<&str> = HashSet::new();
    for (place, &call) in calls.all.iter().enumerate() {
        if call.is_revocation() && call.is_well() {
            revoked_by.insert(call.client());
        }
        let Some(token) = call.token().filter(|_| call.is_answered(401)) else { continue };
        // Which token a client gave back is masked; whoever gives back looks whether it is dead.
        if seen.insert(token) && !revoked_by.contains(call.client()) {
            ends.push((place, call));
        }
    }
    ends
}

fn one_end(calls: &[Call<'_>], ended: Call<'_>, gathered: &mut Gathered) {
    let of_client = || {
        let later = calls.iter().filter(move |call| call.is_after(&ended));
        later.filter(move |call| call.client() == ended.client())
    };
    let with_it: Vec<u64> =
        of_client().filter(|call| call.token() == ended.token()).map(Call::number).collect();
    if with_it.len() > 1 {
        let exchanges = [vec![ended.number()], with_it.clone()].concat();
        gathered.wrong(
            exchanges,
            format!("the token had ended, and {} more calls were made with it", with_it.len()),
        );
        return;
    }
    let Some(renewal) = of_client().find(|call| call.is_token_request()) else {
        gathered.wrong(
            [ended.number()],
            "the token had ended, and no new one was taken: the call was given up",
        );
        return;
    };
    let again = of_client().find(|call| {
        call.is_after(renewal)
            && call.operation() == ended.operation()
            && call.user() == ended.user()
    });
    if renewal.is_well() && again.is_some() {
        gathered.right(ended.number());
    }
}

/// A new token that is refused too is no matter of tokens any more.
const NEW_TOKENS_MAX: usize = 2;

fn in_a_circle(calls: &Calls<'_>, gathered: &mut Gathered) {
    for group in calls.same() {
        let mut row: HashMap<u64, u64> = HashMap::new();
        for call in group {
            match call.token().filter(|_| call.is_answered(401)) {
                Some(token) => _ = row.entry(token).or_insert(call.number()),
                None => row.clear(),
            }
            if row.len() == NEW_TOKENS_MAX + 1 {
                let mut exchanges: Vec<u64> = row.values().copied().collect();
                exchanges.sort_unstable();
                gathered
                    .wrong(exchanges, "each new token was refused, and still another was taken");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::journal::Exchange;
    use crate::report::Check::TokenRenewedOnce as CHECK;
    use crate::report::testing::*;

    fn ended(token: u64) -> Exchange {
        list().with_token(token).refused(401, "token_invalid")
    }

    #[test]
    fn one_new_token_and_the_call_again_pass() {
        let calls = [token(1), list(), ended(1), token(2), list().with_token(2)];
        assert_eq!(passes(CHECK, calls), [3]);
    }

    #[test]
    fn going_on_with_the_ended_token_fails() {
        let calls = [ended(1), ended(1), ended(1), ended(1), token(2), list().with_token(2)];
        let words = fails(CHECK, calls);
        assert_eq!(words, "the token had ended, and 3 more calls were made with it");
    }

    #[test]
    fn giving_up_fails() {
        let words = fails(CHECK, [token(1), list(), ended(1)]);
        assert!(words.ends_with("the call was given up"), "{words}");
    }

    #[test]
    fn new_tokens_in_a_circle_fail() {
        let calls =
            [ended(1), token(2), ended(2), token(3), ended(3), token(4), list().with_token(4)];
        let words = fails(CHECK, calls);
        assert_eq!(words, "each new token was refused, and still another was taken");
    }

    #[test]
    fn a_token_that_was_given_back_and_a_retired_secret_are_no_matter_of_this() {
        let revoke = token(1).said(|it| it.meant.operation = "RevokeToken".to_owned());
        is_unknown(CHECK, [token(1), list(), revoke, ended(1)]);
        is_unknown(CHECK, [ended(1), token(2).refused(401, "invalid_client")]);
        is_unknown(CHECK, [token(1), list()]);
    }

    #[test]
    fn calls_that_were_under_way_could_not_know() {
        let mut side_by_side =
            vec![ended(1).said(|it| it.took = std::time::Duration::from_secs(9))];
        side_by_side.extend([ended(1), ended(1), ended(1)].map(|call| call.pause(1)));
        let mut calls = journal(side_by_side);
        for (millis, call) in (1..).zip(calls.iter_mut()) {
            call.since_start = std::time::Duration::from_millis(millis);
        }
        let last = [token(2), list().with_token(2)].map(|call| call.pause(10_000));
        let mut all = calls;
        for (number, (second, call)) in (5..).zip((20..).zip(last)) {
            all.push(call.said(|it| {
                it.number = number;
                it.since_start = std::time::Duration::from_secs(second);
            }));
        }
        let verdict = super::grade(&super::Calls::of(&all));
        let scenarios = Vec::new();
        assert_eq!(verdict, super::Verdict::Passed { exchanges: vec![1], scenarios });
    }
}
