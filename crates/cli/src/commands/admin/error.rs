//! Why a command could not do what it was asked: what went wrong, how the process ends, and the
//! way out where there is one.

use rollcall_directory::Fault;
use rollcall_directory::acting::Refusal;
use rollcall_directory::store::KeysFault;

use crate::database::DatabaseError;
use crate::exit_status::ExitStatus;
use crate::root_key::RootKeySourceError;

#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error(transparent)]
    Keys(#[from] KeysFault),
    #[error(transparent)]
    RootKey(#[from] RootKeySourceError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Settings(#[from] rollcall_settings::SettingsError),
    /// A rule said no, and nothing was changed.
    #[error("refused: {0}")]
    Refused(Refusal),
    #[error("{what}")]
    WrongUse { what: String, hint: Option<String> },
    /// What the command is about is not there.
    #[error("{what}")]
    Missing { what: String, hint: String },
    #[error("{what}: {source}")]
    Io { what: String, source: std::io::Error },
}

impl AdminError {
    pub fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        |source| Self::Io { what: what.into(), source }
    }

    pub fn wrong_use(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::WrongUse { what: what.into(), hint: Some(hint.into()) }
    }

    pub fn missing(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Missing { what: what.into(), hint: hint.into() }
    }

    pub const fn status(&self) -> ExitStatus {
        match self {
            Self::WrongUse { .. } | Self::Settings(_) | Self::Database(_) => ExitStatus::WrongUse,
            Self::Fault(_)
            | Self::Keys(_)
            | Self::RootKey(_)
            | Self::Refused(_)
            | Self::Missing { .. }
            | Self::Io { .. } => ExitStatus::Failed,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::WrongUse { hint, .. } => hint.clone(),
            Self::Missing { hint, .. } => Some(hint.clone()),
            Self::Settings(error) => error.hint(),
            Self::RootKey(error) => error.hint(),
            Self::Database(error) => error.hint(),
            Self::Fault(_) | Self::Keys(_) | Self::Refused(_) | Self::Io { .. } => None,
        }
    }
}

/// A refusal ends a command like any other failure.
pub fn allowed<Done>(answer: Result<Done, Refusal>) -> Result<Done, AdminError> {
    answer.map_err(AdminError::Refused)
}
