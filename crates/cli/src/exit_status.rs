//! How a command ends. Commands return it; only `main` ends the process.

use std::process::ExitCode;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    Done,
    /// It ran and found something wrong, or could not do what it was asked.
    Failed,
    /// It was asked in a way that cannot be.
    WrongUse,
    /// Whom it was to ask did not answer, or did not let it in.
    Unreached,
    /// As the command that was run for the caller ended.
    Passed(u8),
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        match status {
            ExitStatus::Done => Self::SUCCESS,
            ExitStatus::Failed => Self::from(1),
            ExitStatus::WrongUse => Self::from(2),
            ExitStatus::Unreached => Self::from(3),
            ExitStatus::Passed(code) => Self::from(code),
        }
    }
}
