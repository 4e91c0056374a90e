//! `unclear-act-looked-at`: an act whose end nobody knows is not sent again before the person was
//! looked at.

use crate::report::calls::{Call, Calls};
use crate::report::verdict::{Gathered, Verdict};

pub(super) fn grade(calls: &Calls<'_>) -> Verdict {
    let mut gathered = Gathered::default();
    for (place, act) in calls.all.iter().enumerate() {
        if !(act.is_act() && act.is_unclear()) {
            continue;
        }
        for later in &calls.all[place + 1..] {
            if is_a_look(*later, *act) {
                gathered.right(later.number());
                break;
            }
            if later.is_act() && later.user() == act.user() && later.client() == act.client() {
                gathered.wrong(
                    [act.number(), later.number()],
                    format!(
                        "a {} was {}, and the next {} of the same person came without a look",
                        act.verb(),
                        act.end(),
                        later.verb(),
                    ),
                );
                break;
            }
        }
    }
    gathered.verdict("no act had an unclear end that was followed up")
}

/// By a get of the person, or by a list that has them.
fn is_a_look(call: Call<'_>, act: Call<'_>) -> bool {
    let Some(user) = act.user() else { return false };
    let by_get = call.is_get() && call.user() == Some(user) && call.is_whole();
    by_get || call.is_list() && call.0.told.people.iter().any(|listed| listed == user)
}

#[cfg(test)]
mod tests {
    use crate::report::Check::UnclearActLookedAt as CHECK;
    use crate::report::testing::*;

    #[test]
    fn a_look_before_the_next_act_passes() {
        let by_get = [suspend(ANN).unanswered(), get(ANN), suspend(ANN)];
        assert_eq!(passes(CHECK, by_get), [2]);
        let by_list = [suspend(ANN).refused(502, ""), list().people(&[BEN, ANN], None)];
        assert_eq!(passes(CHECK, by_list), [2]);
    }

    #[test]
    fn repeating_without_a_look_fails() {
        let words = fails(CHECK, [suspend(ANN).unanswered(), suspend(ANN)]);
        assert_eq!(
            words,
            "a suspend was not answered at all, and the next suspend of the same person came without a look"
        );
        fails(
            CHECK,
            [suspend(ANN).refused(502, ""), get(BEN), list().people(&[BEN], None), suspend(ANN)],
        );
    }

    #[test]
    fn somebody_else_a_503_and_an_end_there_show_nothing() {
        is_unknown(CHECK, [suspend(ANN).unanswered(), suspend(BEN)]);
        is_unknown(CHECK, [suspend(ANN).refused(503, "unavailable"), suspend(ANN)]);
        is_unknown(CHECK, [suspend(ANN).unanswered()]);
        is_unknown(CHECK, [suspend(ANN), suspend(ANN)]);
    }
}
