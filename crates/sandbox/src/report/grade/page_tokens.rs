//! `page-token-as-given` and `page-token-not-repeated`.

use std::collections::HashMap;

use crate::journal::{Alteration, PageToken};
use crate::report::calls::{Call, Calls};
use crate::report::verdict::{Gathered, Verdict};

pub(super) fn as_given(calls: &Calls<'_>) -> Verdict {
    let mut gathered = Gathered::default();
    for list in calls.lists() {
        let number = list.number();
        match list.0.meant.page_token {
            PageToken::None => {}
            PageToken::AsGiven { exchange } if list.word() == "page_token_invalid" => gathered.wrong(
                [exchange, number],
                format!("the token of exchange {exchange} was refused: it belongs to another filter or account, or is too old"),
            ),
            PageToken::AsGiven { .. } => gathered.right(number),
            PageToken::Altered { exchange, how } => gathered.wrong(
                [exchange, number],
                format!("page_token is the one of exchange {exchange}, {}", words(how)),
            ),
            PageToken::Unknown => {
                gathered.wrong([number], "page_token is none that was given: it was made up");
            }
        }
    }
    gathered.verdict("no second page was asked for")
}

const fn words(how: Alteration) -> &'static str {
    match how {
        Alteration::Case => "in other upper and lower case",
        Alteration::CutShort => "cut short",
        Alteration::Surrounded => "with something before or behind it",
        Alteration::Characters => "with other characters in it",
    }
}

pub(super) fn not_repeated(calls: &Calls<'_>) -> Verdict {
    let mut gathered = Gathered::default();
    let mut started = 0;
    let mut asked: HashMap<&str, Vec<u64>> = HashMap::new();
    for list in calls.lists().filter(Call::is_well) {
        let Some(token) = calls.asked_token(list) else {
            started += 1;
            continue;
        };
        let asked = asked.entry(token).or_default();
        asked.push(list.number());
        // Each walk comes by once, and a lost answer is asked for again.
        if asked.len() == started.max(1) + 2 {
            gathered.wrong(
                asked.clone(),
                format!(
                    "the same page was answered {} times, and the list was started {}",
                    asked.len(),
                    super::counted(started, "time", "times"),
                ),
            );
        } else {
            gathered.right(list.number());
        }
    }
    gathered.verdict("no second page was asked for")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Check::{PageTokenAsGiven as AS_GIVEN, PageTokenNotRepeated as REPEATED};
    use crate::report::testing::*;

    fn first() -> crate::journal::Exchange {
        list().people(&[ANN], Some("t1"))
    }

    #[test]
    fn a_token_as_given_passes() {
        assert_eq!(passes(AS_GIVEN, [first(), list().after(1)]), [2]);
        is_unknown(AS_GIVEN, [first()]);
    }

    #[test]
    fn an_altered_and_a_made_up_token_fail() {
        let words = fails(AS_GIVEN, [first(), list().with_page_token(ALTERED)]);
        assert_eq!(words, "page_token is the one of exchange 1, cut short");
        let words = fails(AS_GIVEN, [first(), list().with_page_token(PageToken::Unknown)]);
        assert!(words.ends_with("it was made up"), "{words}");
    }

    #[test]
    fn a_token_with_another_filter_fails() {
        let other = list().after(1).refused(400, "page_token_invalid");
        let words = fails(AS_GIVEN, [first(), other]);
        assert!(words.contains("another filter"), "{words}");
    }

    #[test]
    fn a_page_again_and_again_fails_once() {
        let mut calls = vec![first()];
        calls.extend(std::iter::repeat_with(|| list().after(1)).take(6));
        let words = fails(REPEATED, calls);
        assert_eq!(words, "the same page was answered 3 times, and the list was started one time");
    }

    #[test]
    fn a_page_twice_and_a_walk_for_each_start_pass() {
        assert_eq!(passes(REPEATED, [first(), list().after(1), list().after(1)]), [2, 3]);
        let many = [first(), first(), first(), list().after(3), list().after(3), list().after(3)];
        assert_eq!(passes(REPEATED, many), [4, 5, 6]);
        is_unknown(REPEATED, [first()]);
    }
}
