//! Why a command that asks a server could not do its work: what, the way out, and how it ends.

use rollcall_sdk::{Class, Error};

use crate::exit_status::ExitStatus;
use crate::printer::Printer;

#[derive(Debug)]
pub struct Failure {
    pub what: String,
    pub hint: Option<String>,
    pub status: ExitStatus,
}

impl Failure {
    pub fn wrong_use(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { what: what.into(), hint: Some(hint.into()), status: ExitStatus::WrongUse }
    }

    pub fn failed(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { what: what.into(), hint: Some(hint.into()), status: ExitStatus::Failed }
    }

    /// Tells it, and gives how the command ends.
    pub fn tell(&self, printer: &Printer) -> ExitStatus {
        printer.error(&self.what, self.hint.as_deref());
        self.status
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (status, hint) = match error.class() {
            Class::WrongUse => (ExitStatus::WrongUse, None),
            Class::Credentials => {
                (ExitStatus::NotLetIn, Some("`rollcall whoami` says what these credentials may do"))
            }
            Class::Refused => (ExitStatus::InPart, None),
            Class::Network => (
                ExitStatus::Unreached,
                Some("`rollcall whoami` says whether the server can be reached"),
            ),
        };
        Self { what: error.to_string(), hint: hint.map(str::to_owned), status }
    }
}
