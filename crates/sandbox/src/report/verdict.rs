//! What a report is made of, as plain data.

use serde::{Deserialize, Serialize};

use super::Check;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// How many were looked at.
    pub exchanges: usize,
    /// The scenarios of an exam, in order; nothing for a journal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scenarios: Vec<String>,
    /// One for each check, in the order of [`Check::ALL`].
    pub checks: Vec<Graded>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Graded {
    pub check: Check,
    #[serde(flatten)]
    pub verdict: Verdict,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Verdict {
    /// `exchanges`: the first few that show it. In an exam, the `scenarios` that show it instead.
    Passed {
        exchanges: Vec<u64>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        scenarios: Vec<String>,
    },
    Failed {
        findings: Vec<Finding>,
    },
    /// The exchanges do not show it. `why`: what would have to happen first.
    Unknown {
        why: String,
    },
}

/// One thing that was wrong, said from the facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub words: String,
    /// Where it shows, the first few of them. In an exam they are numbers of its scenario's journal.
    pub exchanges: Vec<u64>,
    /// Of the exam.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
}

/// As many numbers as help; a thousand of the same kind do not.
pub(super) const SHOWN_MAX: usize = 12;

impl Report {
    #[must_use]
    pub fn verdict(&self, check: Check) -> Option<&Verdict> {
        self.checks.iter().find(|graded| graded.check == check).map(|graded| &graded.verdict)
    }

    /// The checks that something was found in, hints left out.
    pub fn wrong(&self) -> impl Iterator<Item = (Check, &[Finding])> {
        self.checks.iter().filter_map(|graded| match &graded.verdict {
            Verdict::Failed { findings } if !graded.check.is_a_hint() => {
                Some((graded.check, findings.as_slice()))
            }
            _ => None,
        })
    }

    pub fn unknown(&self) -> impl Iterator<Item = (Check, &str)> {
        self.checks.iter().filter_map(|graded| match &graded.verdict {
            Verdict::Unknown { why } if !graded.check.is_a_hint() => {
                Some((graded.check, why.as_str()))
            }
            _ => None,
        })
    }

    /// `strict`: what is not shown counts as wrong. A report on nothing is never right: a CI whose
    /// command did not even start would be told that all is well.
    #[must_use]
    pub fn is_right(&self, strict: bool) -> bool {
        self.exchanges > 0
            && self.wrong().next().is_none()
            && !(strict && self.unknown().next().is_some())
    }
}

impl Verdict {
    /// A thousand exchanges of the same kind say no more than a few.
    pub(super) fn shortened(mut self) -> Self {
        match &mut self {
            Self::Passed { exchanges, .. } => exchanges.truncate(SHOWN_MAX),
            Self::Failed { findings } => {
                findings.truncate(SHOWN_MAX);
                for finding in findings {
                    finding.exchanges.truncate(SHOWN_MAX);
                }
            }
            Self::Unknown { .. } => {}
        }
        self
    }
}

/// Gathers what speaks for and against, while the exchanges are gone through.
#[derive(Default)]
pub(super) struct Gathered {
    right: Vec<u64>,
    wrong: Vec<Finding>,
}

impl Gathered {
    pub(super) fn right(&mut self, exchange: u64) {
        self.right.push(exchange);
    }

    pub(super) fn wrong(&mut self, exchanges: impl Into<Vec<u64>>, words: impl Into<String>) {
        let (exchanges, words) = (exchanges.into(), words.into());
        self.wrong.push(Finding { words, exchanges, scenario: None });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.right.is_empty() && self.wrong.is_empty()
    }

    /// One finding for all that are wrong in the same way. `words`: told how many there are.
    pub(super) fn wrong_together(
        &mut self,
        exchanges: Vec<u64>,
        words: impl FnOnce(usize) -> String,
    ) {
        if !exchanges.is_empty() {
            let words = words(exchanges.len());
            self.wrong(exchanges, words);
        }
    }

    /// `why`: what it is called when nothing spoke for or against.
    pub(super) fn verdict(self, why: &str) -> Verdict {
        if !self.wrong.is_empty() {
            return Verdict::Failed { findings: self.wrong };
        }
        if self.right.is_empty() {
            return Verdict::Unknown { why: why.to_owned() };
        }
        Verdict::Passed { exchanges: self.right, scenarios: Vec::new() }
    }
}

/// `one exchange`, `3 exchanges`.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("one {one}") } else { format!("{count} {many}") }
}
