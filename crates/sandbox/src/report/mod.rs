//! The report on a client: what the journal shows of it, held against what the API asks.
//!
//! [`examine`] is pure: exchanges in, a [`Report`] out, one verdict for each [`Check`]. What a
//! journal cannot show is said to be unknown, and never passed. [`Report::words`] and its
//! neighbours write it down.

pub(crate) mod calls;
mod check;
pub(crate) mod control_calls;
mod format;
mod grade;
mod guide;
mod json;
mod junit;
mod notes;
mod sarif;
#[cfg(test)]
pub(crate) mod testing;
mod verdict;
mod words;

pub use calls::Calls;
pub use check::{Basis, Check};
pub use format::Format;
pub use notes::{Kind, Note, all_notes, notes};
pub use verdict::{Finding, Graded, Report, Verdict};

use crate::journal::Exchange;

/// Grades what a client did, from the oldest exchange to the newest.
#[must_use]
pub fn examine(exchanges: &[Exchange]) -> Report {
    examine_calls(&Calls::of(exchanges))
}

/// The same, of calls that more is known about.
#[must_use]
pub fn examine_calls(calls: &Calls<'_>) -> Report {
    let checks = Check::ALL
        .iter()
        .map(|&check| Graded { check, verdict: grade::grade(check, calls).shortened() })
        .collect();
    Report { exchanges: calls.len(), scenarios: Vec::new(), checks }
}
