//! What was right or wrong about single exchanges, for whoever looks at one of them.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Calls, Check, Verdict, grade};
use crate::journal::Exchange;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub kind: Kind,
    pub check: Check,
    pub words: String,
    /// The paragraph of the guide, from the root of the repository.
    pub anchor: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Wrong,
    Right,
}

/// About this exchange; what was wrong comes first.
#[must_use]
pub fn notes(exchanges: &[Exchange], number: u64) -> Vec<Note> {
    all_notes(exchanges).remove(&number).unwrap_or_default()
}

/// About each exchange that there is something to say about, in one go.
#[must_use]
pub fn all_notes(exchanges: &[Exchange]) -> HashMap<u64, Vec<Note>> {
    let calls = Calls::of(exchanges);
    let mut notes: HashMap<u64, Vec<Note>> = HashMap::new();
    for &check in Check::ALL {
        let mut add = |kind, words: &str, exchanges: &[u64]| {
            for number in exchanges {
                let (words, anchor) = (words.to_owned(), check.anchor());
                notes.entry(*number).or_default().push(Note { kind, check, words, anchor });
            }
        };
        match grade::grade(check, &calls) {
            Verdict::Passed { exchanges, .. } => add(Kind::Right, check.title(), &exchanges),
            Verdict::Failed { findings } => {
                for finding in findings {
                    add(Kind::Wrong, &finding.words, &finding.exchanges);
                }
            }
            Verdict::Unknown { .. } => {}
        }
    }
    for notes in notes.values_mut() {
        notes.sort_by_key(|note| note.kind == Kind::Right);
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing::*;

    #[test]
    fn an_exchange_has_what_was_wrong_first_and_then_what_was_right() {
        let walk = [
            token(1),
            list().people(&[ANN], Some("t1")),
            list().after(2).people(&[BEN], None).header("user-agent", "curl/8"),
        ];
        let journal = journal(walk);
        let notes = notes(&journal, 3);
        assert_eq!(notes[0].kind, Kind::Wrong);
        assert_eq!(notes[0].check, Check::UserAgentSent);
        assert_eq!(notes[0].anchor, "docs/reference/client-report.md#user-agent-sent");
        let right: Vec<Check> = notes[1..].iter().map(|note| note.check).collect();
        assert!(right.contains(&Check::PagedToTheEnd) && right.contains(&Check::PageTokenAsGiven));
        assert_eq!(super::notes(&journal, 99), []);
    }
}
