//! `ids-as-given`: ids are text, and upper case is part of it.

use std::collections::HashMap;

use crate::report::calls::{Call, Calls};
use crate::report::verdict::{Gathered, Verdict};

pub(super) fn grade(calls: &Calls<'_>) -> Verdict {
    let known = known(calls);
    let mut gathered = Gathered::default();
    for call in calls.of_people() {
        let parts = [("account", call.0.meant.account.as_deref()), ("user", call.user())];
        let wrong = parts.into_iter().find(|(_, id)| id.is_some_and(|id| is_altered(&known, id)));
        match wrong {
            Some((which, _)) => gathered.wrong(
                [call.number()],
                format!(
                    "the {which} id of a {} is one of ours in other upper and lower case",
                    call.verb()
                ),
            ),
            None if call.is_well() && call.user().is_some() => gathered.right(call.number()),
            None => {}
        }
    }
    gathered.verdict("no call about one person was answered well")
}

/// Ids as they are, by what they are in upper case.
fn known<'a>(calls: &'a Calls<'_>) -> HashMap<String, &'a str> {
    let listed = calls.all.iter().flat_map(|call| call.0.told.people.iter());
    let accounts = calls.all.iter().copied().filter(Call::is_well);
    let accounts = accounts.filter_map(|call| call.0.meant.account.as_ref());
    let all = listed.chain(accounts).chain(&calls.given_ids);
    all.map(|id| (id.to_ascii_uppercase(), id.as_str())).collect()
}

fn is_altered(known: &HashMap<String, &str>, id: &str) -> bool {
    let upper = id.to_ascii_uppercase();
    match known.get(&upper) {
        Some(known) => *known != id,
        // Never seen, and still in the shape of an id but for its case.
        None => upper != id && is_an_id(&upper),
    }
}

const ID_LENGTH: usize = 26;

fn is_an_id(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_uppercase() || (b'2'..=b'7').contains(&byte);
    text.len() == ID_LENGTH && text.bytes().all(letter)
}

#[cfg(test)]
mod tests {
    use crate::report::Check::IdsAsGiven as CHECK;
    use crate::report::testing::*;

    #[test]
    fn an_id_as_given_passes() {
        assert_eq!(passes(CHECK, [list().people(&[ANN], None), suspend(ANN)]), [2]);
        is_unknown(CHECK, [list().people(&[ANN], None)]);
    }

    #[test]
    fn an_id_in_lower_case_fails_whether_it_was_listed_or_not() {
        let lower = suspend(&ANN.to_lowercase()).refused(404, "user_not_found");
        let words = fails(CHECK, [list().people(&[ANN], None), lower.clone()]);
        assert_eq!(words, "the user id of a suspend is one of ours in other upper and lower case");
        fails(CHECK, [lower]);
        let account = list().refused(403, "account_mismatch");
        let words = fails(CHECK, [account.said(|it| it.meant.account = Some(BEN.to_lowercase()))]);
        assert!(words.starts_with("the account id"), "{words}");
    }

    #[test]
    fn an_id_that_never_was_is_no_matter_of_this() {
        is_unknown(CHECK, [get("nobody").refused(404, "user_not_found")]);
        is_unknown(CHECK, [get(BEN).refused(404, "user_not_found")]);
    }
}
