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
    /// Of one that nothing is sealed under yet.
    #[error(transparent)]
    NewRootKey(RootKeySourceError),
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
            Self::RootKey(error) | Self::NewRootKey(error) => error.status(),
            Self::Fault(_)
            | Self::Keys(_)
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
            // What a command looks after is sealed already: a new key would open nothing.
            Self::RootKey(error) => error.hint_where_sealed(),
            Self::NewRootKey(error) => error.hint(),
            Self::Database(error) => error.hint(),
            Self::Refused(why) => way_out(why).map(str::to_owned),
            Self::Fault(_) | Self::Keys(_) | Self::Io { .. } => None,
        }
    }
}

/// What would make a refused act work, where a command can say so.
const fn way_out(why: &Refusal) -> Option<&'static str> {
    match why {
        Refusal::NoOwnerRemains(_) => Some(
            "make somebody else an owner first: `rollcall admin people group add PERSON owners`",
        ),
        Refusal::ExternallyManaged(_) => Some(
            "the directory that manages this person suspends them; here they can only be removed",
        ),
        Refusal::NoSuchAccount => Some("`rollcall admin account list` shows those that are there"),
        Refusal::NoSuchUser => Some("`rollcall admin people list` shows who is there"),
        Refusal::Exists(_) => Some("nothing was changed"),
        Refusal::PersonSuspended(_) => {
            Some("reactivate them first: `rollcall admin people reactivate PERSON`")
        }
        Refusal::TokenDead
        | Refusal::SessionDead
        | Refusal::SignInFailed(_)
        | Refusal::LinkDead
        | Refusal::RightMissing(_)
        | Refusal::PersonOnly
        | Refusal::OwnersOnly(_)
        | Refusal::Oneself(_)
        | Refusal::SecretSeen(_)
        | Refusal::NoSuchVault
        | Refusal::NoSuchItem
        | Refusal::VaultReadOnly
        | Refusal::NoWriterRemains
        | Refusal::ChangedMeanwhile
        | Refusal::RootKeyReplaced
        | Refusal::ClientUnknown
        | Refusal::AccountMismatch
        | Refusal::PlanNotEntitled
        | Refusal::ProvisioningAutomated
        | Refusal::ScopeMissing(_)
        | Refusal::OperatorOnly
        | Refusal::SecretEnded
        | Refusal::AddressNotAllowed
        | Refusal::NoSuchApplication
        | Refusal::NoSuchSecret
        | Refusal::Invalid(_) => None,
    }
}

/// A refusal ends a command like any other failure.
pub fn allowed<Done>(answer: Result<Done, Refusal>) -> Result<Done, AdminError> {
    answer.map_err(AdminError::Refused)
}
