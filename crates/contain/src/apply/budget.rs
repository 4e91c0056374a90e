//! When to stop starting. Pure.
//!
//! A refusal is an answer about one person: it changed nothing, the others are still to be helped,
//! and so it does not count. Failures count, in all and in a row. Refusals stop a run only where
//! the server says the same no to everybody.

use std::num::NonZeroUsize;

use rollcall_wire::problem::Word;

use crate::journal::{Issue, Kind, Outcome, Why};

/// So many times the same 403, and nothing else, is a no to the application.
const SAME_NO_MAX: usize = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Failures in one apply.
    pub failures_max: NonZeroUsize,
    /// One after another, with nothing that went well between.
    pub in_a_row_max: NonZeroUsize,
}

#[derive(Clone, Debug)]
pub(super) struct Budget {
    limits: Limits,
    failed: usize,
    in_a_row: usize,
    /// 403s of one message, as long as nothing else was heard.
    same_no: Option<(String, usize)>,
    heard_else: bool,
}

impl Budget {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, failed: 0, in_a_row: 0, same_no: None, heard_else: false }
    }

    /// What came of one more person; and why to stop.
    pub(super) fn take(&mut self, outcome: &Outcome) -> Option<Why> {
        if let Some(issue) = outcome.issue()
            && is_no_to_all(outcome)
        {
            return Some(Why::NotAllowed { issue: issue.clone() });
        }
        match outcome {
            Outcome::Done { .. } => {
                self.in_a_row = 0;
                self.heard_else = true;
                None
            }
            // Read, not acted on: says that the server is there, not that acts are allowed.
            Outcome::Already => {
                self.in_a_row = 0;
                None
            }
            Outcome::Refused { issue } => {
                self.in_a_row = 0;
                self.refused(issue)
            }
            Outcome::NotDone { .. } | Outcome::Unknown { .. } => self.failed(),
        }
    }

    fn failed(&mut self) -> Option<Why> {
        self.failed += 1;
        self.in_a_row += 1;
        if self.in_a_row >= self.limits.in_a_row_max.get() {
            return Some(Why::InARow { failed: self.in_a_row });
        }
        let is_spent = self.failed >= self.limits.failures_max.get();
        is_spent.then_some(Why::Failures { failed: self.failed })
    }

    fn refused(&mut self, issue: &Issue) -> Option<Why> {
        if issue.status != Some(403) || is_about_a_person(&issue.message) {
            self.heard_else = true;
            return None;
        }
        let count = match &mut self.same_no {
            Some((message, count)) if *message == issue.message => {
                *count += 1;
                *count
            }
            Some(_) => {
                self.heard_else = true;
                return None;
            }
            None => {
                self.same_no = Some((issue.message.clone(), 1));
                1
            }
        };
        let is_no_to_all = count >= SAME_NO_MAX && !self.heard_else;
        is_no_to_all.then(|| Why::NotAllowed { issue: issue.clone() })
    }
}

/// Whether everybody who comes after would hear the same.
pub(super) fn is_no_to_all(outcome: &Outcome) -> bool {
    match outcome {
        // The SDK knows which refusals are about the application; this one is not.
        Outcome::Done { .. } | Outcome::Already | Outcome::Refused { .. } => false,
        Outcome::NotDone { issue } | Outcome::Unknown { issue } => issue.kind == Kind::Credentials,
    }
}

fn is_about_a_person(message: &str) -> bool {
    [Word::NoOwnerRemain, Word::UserExternallyManaged, Word::SecretSeen]
        .iter()
        .any(|word| word.as_str() == message)
}
