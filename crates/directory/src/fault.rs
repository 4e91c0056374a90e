//! What went wrong on our side. A fault is never shown to a caller: the edge answers it with a
//! status and a request id, the log has the rest. (What a caller may not do is a `Refusal`.)

/// Ours to mend. `Clone`, because one fault may have to answer a whole batch.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Fault {
    /// The database cannot be reached, or said no before anything was sent.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// Too much waits already, or a lock was not to be had in time. Nothing was changed.
    #[error("busy: {0}")]
    Busy(String),
    /// Two transactions met in the database; the same acts may go through another time.
    #[error("met another transaction: {0}")]
    Met(String),
    /// COMMIT was sent and nobody knows what became of it.
    #[error("the outcome is not known: {0}")]
    OutcomeUnknown(String),
    /// A row is not what a rule relied on.
    #[error("inconsistent {table}.{column} at {row}")]
    Inconsistent { table: &'static str, column: &'static str, row: String },
    /// The store was opened the wrong way: wrong file, wrong key, wrong version.
    #[error("{0}")]
    Unusable(String),
    /// The clock went back: nothing is issued until it has caught up.
    #[error("the clock went back by {0} ms; nothing is issued until it has caught up")]
    ClockWentBack(i64),
    #[error("the database refused a statement: {0}")]
    Statement(String),
}

impl Fault {
    #[must_use]
    pub fn inconsistent(table: &'static str, column: &'static str, row: impl ToString) -> Self {
        Self::Inconsistent { table, column, row: row.to_string() }
    }

    /// May a neighbour in the same batch be innocent of this? Then each act is run again alone.
    #[must_use]
    pub(crate) fn may_be_one_acts_fault(&self) -> bool {
        match self {
            Self::Statement(_) | Self::Inconsistent { .. } | Self::Met(_) => true,
            Self::Unavailable(_)
            | Self::Busy(_)
            | Self::OutcomeUnknown(_)
            | Self::Unusable(_)
            | Self::ClockWentBack(_) => false,
        }
    }
}

/// An error and what caused it, in one line: libraries often say only at the end of the chain what
/// went wrong.
#[must_use]
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
