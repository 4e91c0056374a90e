//! `empty-pages-survived`: a page without people may have a token, and then it is not the end.

use std::collections::HashMap;

use crate::report::calls::{Call, Calls};
use crate::report::verdict::{Gathered, Verdict};

pub(super) fn grade(calls: &Calls<'_>) -> Verdict {
    let mut gathered = Gathered::default();
    let mut last_asked: HashMap<&str, u64> = HashMap::new();
    for list in calls.lists() {
        if let Some(token) = calls.asked_token(list) {
            last_asked.insert(token, list.number());
        }
    }
    for empty in calls.lists().filter(Call::is_well) {
        let told = &empty.0.told;
        let Some(token) = told.next_page_token.as_deref() else { continue };
        if token.is_empty() || !told.people.is_empty() {
            continue;
        }
        if last_asked.get(token).is_some_and(|&number| number > empty.number()) {
            gathered.right(empty.number());
        } else {
            gathered.wrong(
                [empty.number()],
                "a page had no people and a next_page_token, and the list was taken to be over",
            );
        }
    }
    gathered.verdict("no page with a token was empty")
}

#[cfg(test)]
mod tests {
    use crate::report::Check::EmptyPagesSurvived as CHECK;
    use crate::report::testing::*;

    #[test]
    fn going_on_behind_an_empty_page_passes() {
        let walk = [list().people(&[], Some("t1")), list().after(1).people(&[ANN], None)];
        assert_eq!(passes(CHECK, walk), [1]);
    }

    #[test]
    fn stopping_at_one_fails() {
        let words = fails(CHECK, [list().people(&[], Some("t1")), list().people(&[ANN], None)]);
        assert!(words.contains("taken to be over"), "{words}");
    }

    #[test]
    fn an_empty_account_shows_nothing() {
        is_unknown(CHECK, [list().people(&[], None)]);
        is_unknown(CHECK, [list().people(&[], Some(""))]);
    }
}
