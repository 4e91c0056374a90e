//! `paged-to-the-end`: a page with a token is followed by the call for the next one.

use std::collections::{HashMap, HashSet};

use crate::journal::PageToken;
use crate::report::calls::{Call, Calls};
use crate::report::verdict::{Gathered, Verdict};

pub(super) fn grade(calls: &Calls<'_>) -> Verdict {
    let mut gathered = Gathered::default();
    for last in calls.lists().filter(|list| is_last_of_several(calls, *list)) {
        gathered.right(last.number());
    }
    // Who has gone to an end knows how, and may leave another list for a reason of their own.
    if gathered.is_empty() {
        gathered.wrong_together(left(calls), |count| {
            let pages = super::counted(count, "page", "pages");
            format!("{pages} came with a next_page_token that was never asked for, and nobody on them was needed for anything")
        });
    }
    gathered.verdict("no list had more than one page")
}

fn is_last_of_several(calls: &Calls<'_>, list: Call<'_>) -> bool {
    let behind_another = calls.asked_token(list).is_some();
    behind_another && list.is_well() && next(list).is_none()
}

fn next(list: Call<'_>) -> Option<&str> {
    list.0.told.next_page_token.as_deref().filter(|token| !token.is_empty())
}

/// The pages with a token that nobody came back with.
fn left(calls: &Calls<'_>) -> Vec<u64> {
    let mut last_asked: HashMap<&str, u64> = HashMap::new();
    let mut made_up = 0;
    let mut last_needed: HashMap<&str, u64> = HashMap::new();
    for call in calls.of_people() {
        if let Some(token) = calls.asked_token(call) {
            last_asked.insert(token, call.number());
        }
        if matches!(call.0.meant.page_token, PageToken::Altered { .. } | PageToken::Unknown) {
            made_up = call.number();
        }
        if let Some(user) = call.user() {
            last_needed.insert(user, call.number());
        }
    }
    let is_left = |list: &Call<'_>| {
        let later = |number: Option<&u64>| number.is_some_and(|&number| number > list.number());
        let Some(token) = next(*list) else { return false };
        let people: HashSet<&str> = list.0.told.people.iter().map(String::as_str).collect();
        let found_somebody = people.iter().any(|id| later(last_needed.get(id)));
        // An empty page and a token of one's own making have checks of their own.
        !(later(last_asked.get(token))
            || later(Some(&made_up))
            || people.is_empty()
            || found_somebody
            || is_a_probe(*list))
    };
    calls.lists().filter(Call::is_well).filter(is_left).map(|list| list.number()).collect()
}

/// `max_page_size=1` is how one asks whether the API is there.
fn is_a_probe(list: Call<'_>) -> bool {
    list.0.meant.page_size.as_deref() == Some("1")
}

#[cfg(test)]
mod tests {
    use crate::report::Check::PagedToTheEnd as CHECK;
    use crate::report::testing::*;

    #[test]
    fn a_walk_to_the_page_without_a_token_passes() {
        let walk = [list().people(&[ANN], Some("t1")), list().after(1).people(&[BEN], None)];
        assert_eq!(passes(CHECK, walk), [2]);
    }

    #[test]
    fn an_empty_token_is_an_end_too() {
        let walk = [list().people(&[ANN], Some("t")), list().after(1).people(&[], Some(""))];
        assert_eq!(passes(CHECK, walk), [2]);
    }

    #[test]
    fn a_page_that_is_left_fails() {
        let words = fails(CHECK, [list().people(&[ANN], Some("t1")), get(BEN)]);
        assert!(words.starts_with("one page came with a next_page_token"), "{words}");
    }

    #[test]
    fn whoever_has_found_the_person_may_stop() {
        is_unknown(CHECK, [list().people(&[ANN], Some("t1")), suspend(ANN)]);
    }

    #[test]
    fn a_probe_an_empty_page_a_failed_one_and_a_token_of_ones_own_are_no_matter_of_this() {
        let probe = list().people(&[ANN], Some("t")).said(|it| {
            it.meant.page_size = Some("1".to_owned());
        });
        is_unknown(CHECK, [probe]);
        is_unknown(CHECK, [list().people(&[], Some("t"))]);
        is_unknown(CHECK, [list().people(&[ANN], Some("t")), list().with_page_token(ALTERED)]);
        is_unknown(
            CHECK,
            [list().people(&[ANN], Some("t")), list().after(1).refused(500, "internal")],
        );
    }

    #[test]
    fn a_list_of_one_page_shows_nothing() {
        is_unknown(CHECK, [list().people(&[ANN], None)]);
    }

    #[test]
    fn who_has_gone_to_an_end_once_may_leave_another_list() {
        let walk = [
            list().people(&[ANN], Some("t1")),
            list().after(1).people(&[BEN], None),
            list().people(&[ANN], Some("t2")),
        ];
        assert_eq!(passes(CHECK, walk), [2]);
    }
}
