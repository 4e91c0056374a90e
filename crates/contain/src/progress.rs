//! How far a run is: its journal, folded. Pure.

use std::collections::HashMap;

use jiff::Timestamp;
use rollcall_sdk::State;

use crate::journal::{Entry, Outcome, Record, Why};

/// What a journal says about everybody, and about the applies so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    people: HashMap<String, OfPerson>,
    pub applies: Vec<OneApply>,
    /// A torn last line was cut off so many times.
    pub cuts: usize,
}

/// One apply of a run: the first, or one that went on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneApply {
    pub started: Timestamp,
    /// The last that was heard of it.
    pub last: Timestamp,
    pub end: Option<EndOfApply>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndOfApply {
    Stopped(Why),
    Finished,
}

/// What is known of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfPerson {
    /// Calls that were about to be made.
    pub tries: u32,
    /// Read right before the last call; none where nobody may read.
    pub found: Option<State>,
    /// The last, and when.
    pub outcome: Option<(Outcome, Timestamp)>,
    /// A call before the last one may have done it.
    maybe: bool,
    /// A call was about to be made, and nothing was heard since.
    pending: bool,
}

/// Where a person stands when a run is resumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing of this run is known to have reached them.
    Open,
    /// A call of this run may have done it.
    MayBeDone,
    /// Known, and not touched again.
    Settled,
    /// The server said no. Tried again only if somebody says so.
    Refused,
}

impl Standing {
    /// Whether a run comes to this person at all.
    pub const fn is_due(self, retry_refused: bool) -> bool {
        match self {
            Self::Open | Self::MayBeDone => true,
            Self::Refused => retry_refused,
            Self::Settled => false,
        }
    }
}

impl Progress {
    pub fn fold<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut progress = Self::default();
        for entry in entries {
            progress.see(entry);
        }
        progress
    }

    pub fn see(&mut self, entry: &Entry) {
        if let Some(last) = self.applies.last_mut() {
            last.last = entry.at;
        }
        match &entry.record {
            Record::Journal { .. } => {}
            Record::Started { cut_bytes, .. } => {
                self.cuts += usize::from(*cut_bytes > 0);
                self.applies.push(OneApply { started: entry.at, last: entry.at, end: None });
            }
            Record::Intent { person, found } => {
                self.people.entry(person.clone()).or_default().intends(found.clone());
            }
            Record::Withdrawn { person } => {
                self.people.entry(person.clone()).or_default().withdraws();
            }
            Record::Outcome { person, outcome } => {
                let person = self.people.entry(person.clone()).or_default();
                person.hears(outcome.clone(), entry.at);
            }
            Record::Stopped { why } => self.ends(EndOfApply::Stopped(why.clone())),
            Record::Finished => self.ends(EndOfApply::Finished),
        }
    }

    fn ends(&mut self, end: EndOfApply) {
        if let Some(last) = self.applies.last_mut() {
            last.end = Some(end);
        }
    }

    /// Whether the last apply left nothing to do.
    pub fn is_finished(&self) -> bool {
        matches!(self.applies.last(), Some(OneApply { end: Some(EndOfApply::Finished), .. }))
    }

    pub fn of(&self, person: &str) -> Option<&OfPerson> {
        self.people.get(person)
    }

    pub fn standing(&self, person: &str) -> Standing {
        self.of(person).map_or(Standing::Open, OfPerson::standing)
    }
}

impl OfPerson {
    fn intends(&mut self, found: Option<State>) {
        // Whoever was read and was not so has not been changed by an earlier call.
        self.maybe = (self.maybe || self.pending) && found.is_none();
        self.pending = true;
        self.found = found;
        self.tries += 1;
    }

    fn withdraws(&mut self) {
        self.pending = false;
        self.tries = self.tries.saturating_sub(1);
    }

    fn hears(&mut self, outcome: Outcome, at: Timestamp) {
        match outcome {
            Outcome::NotDone { .. } => {}
            Outcome::Unknown { .. } => self.maybe = true,
            Outcome::Done { .. } | Outcome::Already | Outcome::Refused { .. } => self.maybe = false,
        }
        self.pending = false;
        self.outcome = Some((outcome, at));
    }

    /// A call was about to be made, and nothing was heard since.
    pub fn is_pending(&self) -> bool {
        self.pending
    }

    /// A call of this run may have done it.
    pub fn may_be_done(&self) -> bool {
        self.maybe || self.pending
    }

    pub fn standing(&self) -> Standing {
        if self.may_be_done() {
            return Standing::MayBeDone;
        }
        match self.outcome.as_ref().map(|(outcome, _)| outcome) {
            None | Some(Outcome::NotDone { .. } | Outcome::Unknown { .. }) => Standing::Open,
            Some(Outcome::Refused { .. }) => Standing::Refused,
            Some(Outcome::Done { .. } | Outcome::Already) => Standing::Settled,
        }
    }

    /// Whether this run changed them, as far as anybody knows.
    pub fn is_changed(&self) -> bool {
        self.standing() == Standing::Settled
            && matches!(self.outcome, Some((Outcome::Done { .. }, _)))
    }
}
