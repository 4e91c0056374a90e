//! The journal of a run: what was meant before each call, and what came of it after, in JSON lines
//! that are chained by a checksum and synced before anybody relies on them.

mod line;
mod read;
mod record;
mod writer;

use std::future::Future;
use std::io;

pub use read::{Journal, JournalBroken};
pub use record::{Entry, Issue, Kind, Outcome, Record, Sure, Why};
pub(crate) use writer::{Disk, Writer};

/// Of the form of journal that is written here.
pub(crate) const VERSION: u32 = 1;

/// The journal could not be written. Nothing that was not synced is relied on.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the journal could not be written: {why}")]
pub struct NotWritten {
    pub kind: io::ErrorKind,
    pub why: String,
}

/// Where an apply writes its records.
pub(crate) trait Records: Sync {
    /// Done when the record is on disk.
    fn put(&self, record: Record) -> impl Future<Output = Result<(), NotWritten>> + Send;
}

#[cfg(test)]
mod tests;
