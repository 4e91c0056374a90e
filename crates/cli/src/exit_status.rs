//! How a command ends. Commands return it; only `main` ends the process.

use std::process::ExitCode;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    Done,
    /// It ran and found something wrong, or could not do what it was asked.
    Failed,
    /// It was asked in a way that cannot be.
    WrongUse,
    /// Whom it was to ask did not answer. For `conform` also: did not let it in.
    Unreached,
    /// The credentials do not work, or are not allowed this.
    NotLetIn,
    /// Some of it was done, and some was refused or not tried.
    InPart,
    /// Nobody is who was named.
    NothingMatched,
    /// It was told to stop, and left things so that it can go on.
    Interrupted,
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
            ExitStatus::NotLetIn => Self::from(4),
            ExitStatus::InPart => Self::from(5),
            ExitStatus::NothingMatched => Self::from(6),
            ExitStatus::Interrupted => Self::from(130),
            ExitStatus::Passed(code) => Self::from(code),
        }
    }
}
