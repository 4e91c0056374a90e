//! What can go wrong, so that a program can tell the kinds apart and a person can read why.

mod answers;
mod setup;

use std::time::Duration;

pub use answers::{NoAnswer, OauthRefusal, Refusal, StrangeAnswer};
pub use setup::SetupError;

use crate::users::Act;

/// Why a piece of work was not done, or why nobody knows.
///
/// [`class`](Error::class) says how to go on, [`request_id`](Error::request_id) what to tell whoever
/// runs the server, [`retry_after`](Error::retry_after) when to come back.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It was asked in a way that cannot be; nothing was sent.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The token endpoint refused, in the form of RFC 6749, 5.2.
    #[error("no token was given: {0}")]
    Oauth(OauthRefusal),
    /// The API refused.
    #[error("{0}")]
    Refused(Refusal),
    /// Something answered, but not in the API's words: a proxy's page, another server, a cut body.
    #[error("{0}")]
    Strange(StrangeAnswer),
    /// No answer, or not all of it.
    #[error("no answer came: {0}")]
    NoAnswer(NoAnswer),
    /// It may have been done or not, and the person could not be read.
    #[error("whether the {act} of {user} was done is not known: {why}")]
    OutcomeUnknown {
        /// What was asked.
        act: Act,
        /// The ID of whom it was asked about.
        user: String,
        /// Why the person could not be read.
        why: Box<Error>,
    },
    /// A page names a page that was there already: the list would never end.
    #[error("the list goes in a circle: page {page} names a next page that was read already")]
    PagesRepeat {
        /// Counts from 1.
        page: u64,
    },
    /// So many pages in a row had nobody on them, and each named one more.
    #[error(
        "the list does not end: {pages} pages in a row without a person, and each names one more"
    )]
    PagesEmpty {
        /// In a row.
        pages: u64,
    },
    /// The time for one piece of work is up.
    #[error("not done within {} s{}", .after.as_secs_f64(), last_time(.last.as_deref()))]
    Deadline {
        /// How long it was.
        after: Duration,
        /// How the try before ended, if there was one.
        last: Option<Box<Error>>,
    },
}

/// How a program goes on from an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// The credentials do not work, or are not allowed this call.
    Credentials,
    /// The server was understood, and says no to this one thing.
    Refused,
    /// The server is not there, is overloaded, or does not speak the API.
    Network,
    /// It was asked in a way that cannot be.
    WrongUse,
}

impl Error {
    /// How to go on.
    pub fn class(&self) -> Class {
        match self {
            Self::Setup(_) => Class::WrongUse,
            Self::Oauth(no) if matches!(no.status, 400..=403) => Class::Credentials,
            Self::Refused(no) if no.to_caller => Class::Credentials,
            Self::Refused(no) if no.status != 429 && no.status < 500 => Class::Refused,
            Self::Oauth(_)
            | Self::Refused(_)
            | Self::Strange(_)
            | Self::NoAnswer(_)
            | Self::OutcomeUnknown { .. }
            | Self::PagesRepeat { .. }
            | Self::PagesEmpty { .. }
            | Self::Deadline { .. } => Class::Network,
        }
    }

    /// What the server called the request, where it said so.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Oauth(no) => no.request_id.as_deref(),
            Self::Refused(no) => no.request_id.as_deref(),
            Self::Strange(answer) => answer.request_id.as_deref(),
            Self::OutcomeUnknown { why, .. } => why.request_id(),
            Self::Deadline { last, .. } => last.as_deref().and_then(Self::request_id),
            Self::Setup(_)
            | Self::NoAnswer(_)
            | Self::PagesRepeat { .. }
            | Self::PagesEmpty { .. } => None,
        }
    }

    /// After how long the server asked to come back, counted from its answer.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Oauth(no) => no.retry_after,
            Self::Refused(no) => no.retry_after,
            Self::Strange(answer) => answer.retry_after,
            Self::OutcomeUnknown { why, .. } => why.retry_after(),
            Self::Deadline { last, .. } => last.as_deref().and_then(Self::retry_after),
            Self::Setup(_)
            | Self::NoAnswer(_)
            | Self::PagesRepeat { .. }
            | Self::PagesEmpty { .. } => None,
        }
    }

    /// The status of the answer that this tells of.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Oauth(no) => Some(no.status),
            Self::Refused(no) => Some(no.status),
            Self::Strange(answer) => Some(answer.status),
            Self::OutcomeUnknown { why, .. } => why.status(),
            Self::Deadline { last, .. } => last.as_deref().and_then(Self::status),
            Self::Setup(_)
            | Self::NoAnswer(_)
            | Self::PagesRepeat { .. }
            | Self::PagesEmpty { .. } => None,
        }
    }

    /// Whether an act that ended so may hold all the same. A refusal was not done; nor was a request
    /// for which there was no connection.
    pub fn may_have_been_done(&self) -> bool {
        match self {
            // A limit and every other 4xx say no before anything is done.
            Self::Refused(Refusal { status, .. }) | Self::Strange(StrangeAnswer { status, .. }) => {
                !(400..500).contains(status)
            }
            Self::NoAnswer(no) => no.sent,
            Self::OutcomeUnknown { .. } => true,
            Self::Deadline { last, .. } => last.as_deref().is_some_and(Self::may_have_been_done),
            Self::Setup(_)
            | Self::Oauth(_)
            | Self::PagesRepeat { .. }
            | Self::PagesEmpty { .. } => false,
        }
    }
}

fn last_time(error: Option<&Error>) -> String {
    error.map(|error| format!("; the last time: {error}")).unwrap_or_default()
}

#[cfg(test)]
mod tests;
