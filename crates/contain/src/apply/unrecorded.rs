//! An apply without a journal, to measure what the journal costs. For `bench` alone: it cannot be
//! resumed, and no command comes here.

use super::{Directory, End, Options, Surroundings, engine};
use crate::journal::{NotWritten, Record, Records};
use crate::plan::Plan;
use crate::progress::Progress;

struct Nowhere;

impl Records for Nowhere {
    async fn put(&self, _: Record) -> Result<(), NotWritten> {
        Ok(())
    }
}

pub async fn apply_unrecorded(
    plan: &Plan,
    directory: &impl Directory,
    options: &Options,
    around: Surroundings<'_>,
) -> Result<End, NotWritten> {
    let due = engine::Due::of(plan, &Progress::default(), options.retry_refused);
    engine::carry_out(due, plan.act, directory, &Nowhere, options, around).await
}
