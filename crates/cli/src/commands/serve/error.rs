//! Why a server did not start or ended by itself, and the way out.

use rollcall_directory::Fault;
use rollcall_server::operate::MetricsError;

use crate::database::DatabaseError;
use crate::exit_status::ExitStatus;
use crate::root_key::RootKeySourceError;
use crate::telemetry::TelemetryError;

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error(transparent)]
    RootKey(#[from] RootKeySourceError),
    #[error(transparent)]
    Metrics(#[from] MetricsError),
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The settings ask for what cannot be.
    #[error("{what}")]
    Settings { what: String, hint: String },
    #[error(transparent)]
    Certificate(#[from] rollcall_server::TlsFileError),
    #[error("{what}: {source}")]
    Io { what: String, source: std::io::Error },
}

impl ServeError {
    pub fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        |source| Self::Io { what: what.into(), source }
    }

    pub fn settings(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Settings { what: what.into(), hint: hint.into() }
    }

    pub const fn status(&self) -> ExitStatus {
        match self {
            // At a start, a certificate's file that cannot be used is one that the settings name.
            Self::Settings { .. } | Self::Database(_) | Self::Certificate(_) => {
                ExitStatus::WrongUse
            }
            Self::RootKey(error) => error.status(),
            Self::Fault(_) | Self::Metrics(_) | Self::Telemetry(_) | Self::Io { .. } => {
                ExitStatus::Failed
            }
        }
    }

    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Settings { hint, .. } => Some(hint.clone()),
            Self::RootKey(error) => error.hint(),
            Self::Database(error) => error.hint(),
            Self::Telemetry(_) => Some(
                "set telemetry.otlp_endpoint to a collector, such as http://127.0.0.1:4318"
                    .to_owned(),
            ),
            Self::Fault(_) | Self::Certificate(_) | Self::Metrics(_) | Self::Io { .. } => None,
        }
    }
}
