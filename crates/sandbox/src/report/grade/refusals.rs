//! Refusals that a repetition does not change: `last-owner-survived`,
//! `externally-managed-survived`, `missing-permission-stops` and `gone-person-survived`.

use std::collections::{HashMap, HashSet};

use crate::report::calls::{Call, Calls};
use crate::report::verdict::{Gathered, Verdict};

/// One repetition may be a person's, or a job's that was started again.
const REFUSED_MAX: usize = 2;

pub(super) fn last_owner(calls: &Calls<'_>) -> Verdict {
    let is_it = |call: &Call<'_>| call.is_answered(403) && call.word() == "no_owner_remain";
    not_repeated(calls, is_it, "no_owner_remain", "nobody was the last owner")
}

pub(super) fn externally_managed(calls: &Calls<'_>) -> Verdict {
    let is_it = |call: &Call<'_>| call.is_answered(403) && call.word() == "user_externally_managed";
    let why = "nobody who is managed elsewhere was acted on";
    not_repeated(calls, is_it, "user_externally_managed", why)
}

pub(super) fn gone(calls: &Calls<'_>) -> Verdict {
    let listed: HashSet<&str> =
        calls.lists().flat_map(|list| list.0.told.people.iter().map(String::as_str)).collect();
    let is_it = |call: &Call<'_>| {
        let was_there = call.user().is_some_and(|user| {
            listed.contains(user) || calls.given_ids.iter().any(|id| id == user)
        });
        call.is_answered(404) && was_there
    };
    not_repeated(calls, is_it, "404 for a person who was there before", "nobody was gone")
}

/// In rows of the same call about the same person.
fn not_repeated(
    calls: &Calls<'_>,
    is_it: impl Fn(&Call<'_>) -> bool,
    what: &str,
    why: &str,
) -> Verdict {
    let mut gathered = Gathered::default();
    for group in calls.same() {
        let refused: Vec<u64> = group.iter().filter(|call| is_it(call)).map(Call::number).collect();
        let Some(&first) = refused.first() else { continue };
        if refused.len() > REFUSED_MAX {
            let (count, verb) = (refused.len(), group.first().map_or("call", Call::verb));
            gathered.wrong(refused, format!("a {verb} was answered {what} {count} times"));
        } else {
            gathered.right(first);
        }
    }
    gathered.verdict(why)
}

/// Per call, whoever it is about: a permission that is missing for one is missing for all.
const WITHOUT_PERMISSION_MAX: usize = 3;

pub(super) fn missing_permission(calls: &Calls<'_>) -> Verdict {
    let mut gathered = Gathered::default();
    let mut refused: HashMap<(&str, &str), Vec<Call<'_>>> = HashMap::new();
    for call in calls.of_people().filter(|call| call.word() == "scope_missing") {
        refused.entry((call.client(), call.operation())).or_default().push(call);
    }
    let mut refused: Vec<Vec<Call<'_>>> = refused.into_values().collect();
    refused.sort_by_key(|calls| calls.first().map(Call::number));
    for calls in refused {
        let Some(first) = calls.first() else { continue };
        if calls.len() > WITHOUT_PERMISSION_MAX {
            let words = format!(
                "the application may not {}, and {} calls tried all the same",
                first.verb(),
                calls.len()
            );
            gathered.wrong(calls.iter().map(Call::number).collect::<Vec<_>>(), words);
        } else {
            gathered.right(first.number());
        }
    }
    gathered.verdict("no call was refused for a missing permission")
}

#[cfg(test)]
mod tests {
    use crate::journal::Exchange;
    use crate::report::Check::{
        ExternallyManagedSurvived as MANAGED, GonePersonSurvived as GONE,
        LastOwnerSurvived as OWNER, MissingPermissionStops as PERMISSION,
    };
    use crate::report::testing::*;

    fn times(count: usize, call: &Exchange) -> Vec<Exchange> {
        vec![call.clone(); count]
    }

    #[test]
    fn a_refusal_that_is_left_alone_passes() {
        let owner = suspend(ANN).refused(403, "no_owner_remain");
        assert_eq!(passes(OWNER, times(2, &owner)), [1]);
        let managed = suspend(ANN).refused(403, "user_externally_managed");
        assert_eq!(passes(MANAGED, times(1, &managed)), [1]);
        is_unknown(OWNER, [managed]);
        is_unknown(MANAGED, [owner]);
    }

    #[test]
    fn a_refusal_again_and_again_fails() {
        let words = fails(OWNER, times(5, &suspend(ANN).refused(403, "no_owner_remain")));
        assert_eq!(words, "a suspend was answered no_owner_remain 5 times");
        fails(MANAGED, times(3, &suspend(ANN).refused(403, "user_externally_managed")));
    }

    #[test]
    fn a_person_who_is_gone_was_there_before() {
        let gone = get(ANN).refused(404, "user_not_found");
        let listed = list().people(&[ANN], None);
        assert_eq!(passes(GONE, [listed.clone(), gone.clone()]), [2]);
        let words = fails(GONE, [vec![listed], times(4, &gone)].concat());
        assert!(words.ends_with("4 times"), "{words}");
        is_unknown(GONE, times(4, &gone));
    }

    #[test]
    fn without_the_permission_it_is_not_tried_with_everybody() {
        let refused = |user| suspend(user).refused(403, "scope_missing");
        assert_eq!(passes(PERMISSION, [refused(ANN), refused(BEN)]), [1]);
        let words = fails(PERMISSION, [refused(ANN), refused(BEN), refused("C"), refused("D")]);
        assert_eq!(words, "the application may not suspend, and 4 calls tried all the same");
        is_unknown(PERMISSION, [suspend(ANN).refused(403, "no_owner_remain")]);
    }
}
