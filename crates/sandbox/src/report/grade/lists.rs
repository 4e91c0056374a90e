//! `filter-as-documented`, `page-size-in-range` and `results-read`.

use std::collections::HashSet;

use crate::report::calls::Calls;
use crate::report::verdict::{Gathered, Verdict};

const FILTERS: [&str; 2] = ["user.isActive()", "user.isSuspended()"];

pub(super) fn filter(calls: &Calls<'_>) -> Verdict {
    let mut gathered = Gathered::default();
    for list in calls.lists() {
        match list.0.meant.filter.as_deref().map(str::trim) {
            None | Some("") => {}
            Some(filter) if FILTERS.contains(&filter) => gathered.right(list.number()),
            Some(_) => gathered.wrong(
                [list.number()],
                "the filter is neither user.isActive() nor user.isSuspended(): filter by other things after the list is read",
            ),
        }
    }
    gathered.verdict("no list was filtered")
}

const PAGE_SIZE_MAX: u32 = 1000;

pub(super) fn page_size(calls: &Calls<'_>) -> Verdict {
    let mut gathered = Gathered::default();
    let mut wrong = Vec::new();
    for list in calls.lists() {
        let Some(size) = list.0.meant.page_size.as_deref().filter(|size| !size.is_empty()) else {
            continue;
        };
        match size.parse::<u32>() {
            Ok(size) if size <= PAGE_SIZE_MAX => gathered.right(list.number()),
            _ => wrong.push(list.number()),
        }
    }
    gathered.wrong_together(wrong, |count| {
        let lists = super::counted(count, "list", "lists");
        format!("{lists} asked for a page size that is no number from 1 to {PAGE_SIZE_MAX}")
    });
    gathered.verdict("no list named a page size")
}

/// A person who was first seen in a list is then asked for, or acted on.
pub(super) fn results(calls: &Calls<'_>) -> Verdict {
    let mut gathered = Gathered::default();
    let mut listed: HashSet<String> = HashSet::new();
    let mut known_before: HashSet<String> = HashSet::new();
    for call in calls.of_people() {
        if call.is_list() && call.is_well() {
            listed.extend(call.0.told.people.iter().map(|id| id.to_ascii_uppercase()));
        }
        let Some(user) = call.user().map(str::to_ascii_uppercase) else { continue };
        if listed.contains(&user) && !known_before.contains(&user) {
            gathered.right(call.number());
        } else {
            known_before.insert(user);
        }
    }
    gathered.verdict("no call was made about a person whom a list had named before")
}

#[cfg(test)]
mod tests {
    use crate::journal::Exchange;
    use crate::report::Check::{
        FilterAsDocumented as FILTER, PageSizeInRange as SIZE, ResultsRead as RESULTS,
    };
    use crate::report::testing::*;

    fn filtered(filter: &str) -> Exchange {
        list().said(|it| it.meant.filter = Some(filter.to_owned()))
    }

    fn sized(size: &str) -> Exchange {
        list().said(|it| it.meant.page_size = Some(size.to_owned()))
    }

    #[test]
    fn the_two_words_pass_and_others_fail() {
        let two = [filtered("user.isActive()"), filtered(" user.isSuspended() ")];
        assert_eq!(passes(FILTER, two), [1, 2]);
        fails(FILTER, [filtered("state eq \"ACTIVE\""), filtered("user.isActive()")]);
        is_unknown(FILTER, [list(), filtered("")]);
    }

    #[test]
    fn a_page_size_is_a_number_up_to_a_thousand() {
        assert_eq!(passes(SIZE, [sized("1"), sized("1000")]), [1, 2]);
        for wrong in ["1001", "5000", "-1", "all"] {
            fails(SIZE, [sized(wrong)]);
        }
        is_unknown(SIZE, [list(), sized("")]);
    }

    #[test]
    fn a_person_from_the_list_who_is_then_suspended_shows_that_it_was_read() {
        let calls = [list().people(&[ANN, BEN], None), suspend(BEN)];
        assert_eq!(passes(RESULTS, calls), [2]);
    }

    #[test]
    fn an_id_that_was_known_before_shows_nothing() {
        is_unknown(RESULTS, [get(ANN), list().people(&[ANN], None), suspend(ANN)]);
        is_unknown(RESULTS, [list().people(&[ANN], None)]);
        is_unknown(RESULTS, [suspend(ANN)]);
    }
}
