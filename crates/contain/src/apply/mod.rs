//! Carrying out a plan: exactly what it says and nothing else, and so that it can end at any moment
//! and go on.
//!
//! For each person: look; so already, and nothing is touched; else the intent goes to disk, the
//! call is made, and what came of it goes to disk.

mod budget;
mod engine;
mod sight;
mod step;
#[cfg(feature = "bench")]
mod unrecorded;

use std::num::NonZeroUsize;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::watch;

pub use budget::Limits;
#[cfg(feature = "bench")]
pub use unrecorded::apply_unrecorded;

use crate::directory::Directory;
use crate::journal::{Disk, Journal, NotWritten, Outcome, Record, Records, VERSION, Why, Writer};
use crate::plan::{Digest, Person, Plan};
use crate::progress::Progress;
use crate::run_folder::{RunError, RunFolder};

/// Calls at once.
pub const AT_ONCE_MAX: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Calls at once; no more than `AT_ONCE_MAX` are made.
    pub at_once: NonZeroUsize,
    pub limits: Limits,
    /// Those whom the server refused are tried again.
    pub retry_refused: bool,
}

impl Default for Options {
    fn default() -> Self {
        const fn count(number: usize) -> NonZeroUsize {
            match NonZeroUsize::new(number) {
                Some(count) => count,
                None => NonZeroUsize::MIN,
            }
        }
        Self {
            at_once: count(8),
            limits: Limits { failures_max: count(10), in_a_row_max: count(5) },
            retry_refused: false,
        }
    }
}

/// Whether somebody told an apply to stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Halt {
    #[default]
    GoOn,
    /// Start nothing new, wait for what is under way.
    StartNoMore,
    /// Drop everything. The journal knows what was under way.
    AtOnce,
}

/// What an apply tells while it works. Only what is on disk is told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event<'a> {
    /// So many are to be done in all, and of so many it is known from before.
    Begins {
        people: usize,
        settled_before: usize,
    },
    Settled {
        person: &'a Person,
        outcome: &'a Outcome,
    },
    /// The application may not read people: the run goes by what the plan says.
    Blind,
    /// Nothing new is started.
    Stopping {
        why: &'a Why,
    },
}

/// What an apply has from whoever calls it.
pub struct Surroundings<'a> {
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    pub halt: watch::Receiver<Halt>,
    pub events: &'a (dyn Fn(Event<'_>) + Sync),
}

/// How an apply ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Everybody's outcome is known.
    Finished,
    /// There is something left to do: the same apply goes on with it.
    Stopped(Why),
}

#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    #[error(transparent)]
    Run(#[from] RunError),
    #[error("{}: {error}", .path.display())]
    NotWritten { path: std::path::PathBuf, error: NotWritten },
}

/// Does what the plan says and the journal does not know to be done. The result is read from the
/// journal afterwards.
pub async fn apply(
    folder: &RunFolder,
    plan: &Plan,
    directory: &impl Directory,
    options: &Options,
    around: Surroundings<'_>,
) -> Result<End, ApplyError> {
    let opened = folder.open(plan)?;
    go_on(&opened.journal, opened.file, plan, directory, options, around)
        .await
        .map_err(|error| ApplyError::NotWritten { path: folder.path().to_owned(), error })
}

/// Goes on after a journal that was read, and writes behind it.
async fn go_on(
    journal: &Journal,
    disk: impl Disk,
    plan: &Plan,
    directory: &impl Directory,
    options: &Options,
    around: Surroundings<'_>,
) -> Result<End, NotWritten> {
    let progress = Progress::fold(&journal.entries);
    let due = engine::Due::of(plan, &progress, options.retry_refused);
    if due.is_empty() && progress.is_finished() {
        return Ok(End::Finished);
    }
    let clock = around.clock.clone();
    let writer = Writer::start(disk, journal, move || clock())
        .map_err(|error| NotWritten { kind: error.kind(), why: error.to_string() })?;
    if journal.entries.is_empty() {
        let (run, plan) = (plan.run.clone(), Digest::of(plan));
        writer.put(Record::Journal { version: VERSION, run, plan }).await?;
    }
    let started = Record::Started {
        at_once: options.at_once.get(),
        retry_refused: options.retry_refused,
        cut_bytes: journal.torn_bytes,
    };
    writer.put(started).await?;
    engine::carry_out(due, plan.act, directory, &writer, options, around).await
}

#[cfg(test)]
mod tests;
