//! What can go wrong, so that a program can tell the kinds apart and a person can read why.

use std::fmt;
use std::time::Duration;

use crate::users::Act;

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
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
    #[error("no answer came: {}", causes(.0))]
    NoAnswer(#[source] reqwest::Error),
    /// It may have been done or not, and the person could not be read.
    #[error("whether the {act} of {user} was done is not known: {why}")]
    OutcomeUnknown { act: Act, user: String, why: Box<Error> },
    /// A page names a page that was there already: the list would never end.
    #[error("the list goes in a circle: page {page} names a next page that was read already")]
    PagesRepeat { page: u64 },
    /// The time for one piece of work is up.
    #[error("not done within {} s{}", .after.as_secs_f64(), so_far(.last.as_deref()))]
    Deadline { after: Duration, last: Option<Box<Error>> },
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

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    #[error("a product has a name and a version, of letters, digits and - . _ alone")]
    Product,
    #[error("{0:?} is no base URL: write https://HOST, without a path of the API")]
    BaseUrl(String),
    #[error(
        "{0:?} would send the secret in clear over the network: write https, or a loopback address"
    )]
    Clear(String),
    #[error("{0:?} is no account ID")]
    Account(String),
    #[error("{what}: {why}")]
    Http { what: &'static str, why: String },
}

/// A refusal of the token endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OauthRefusal {
    pub status: u16,
    /// `invalid_client` and the like.
    pub error: String,
    pub description: String,
    pub request_id: Option<String>,
    pub retry_after: Option<Duration>,
}

/// A `google.rpc.Status`, and what came with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub status: u16,
    pub code: i32,
    pub message: String,
    pub details: Vec<serde_json::Value>,
    pub request_id: Option<String>,
    pub retry_after: Option<Duration>,
}

/// An answer that is not the API's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrangeAnswer {
    pub status: u16,
    pub content_type: Option<String>,
    /// What was wrong about it.
    pub why: String,
    pub request_id: Option<String>,
    pub retry_after: Option<Duration>,
}

impl Error {
    pub fn class(&self) -> Class {
        match self {
            Self::Setup(_) => Class::WrongUse,
            Self::Oauth(no) if matches!(no.status, 400..=403) => Class::Credentials,
            Self::Refused(no) if no.status == 401 => Class::Credentials,
            Self::Refused(no) if no.status != 429 && no.status < 500 => Class::Refused,
            _ => Class::Network,
        }
    }

    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Oauth(no) => no.request_id.as_deref(),
            Self::Refused(no) => no.request_id.as_deref(),
            Self::Strange(answer) => answer.request_id.as_deref(),
            Self::OutcomeUnknown { why, .. } => why.request_id(),
            Self::Deadline { last, .. } => last.as_deref().and_then(Self::request_id),
            _ => None,
        }
    }
}

impl fmt::Display for OauthRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.status, self.error, self.description)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} (code {})", self.status, self.message, self.code)
    }
}

impl fmt::Display for StrangeAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an answer that is not the API's: {} {}", self.status, self.why)
    }
}

fn so_far(error: Option<&Error>) -> String {
    error.map(|error| format!("; the last time: {error}")).unwrap_or_default()
}

/// An error and what is behind it, without the address, which may hold what is secret.
fn causes(error: &reqwest::Error) -> String {
    let mut said = String::new();
    let mut next: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = next {
        if !said.is_empty() {
            said.push_str(": ");
        }
        said.push_str(&error.to_string());
        next = error.source();
    }
    said
}
