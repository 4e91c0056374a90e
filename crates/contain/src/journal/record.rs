//! What a journal says. A closed list.

use jiff::Timestamp;
use rollcall_sdk::{Class, Error, How, State};
use serde::{Deserialize, Serialize};

use crate::plan::Digest;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// From 1, without a gap.
    pub n: u64,
    pub at: Timestamp,
    #[serde(flatten)]
    pub record: Record,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum Record {
    /// The first line: of which plan this is the journal.
    Journal { version: u32, run: String, plan: Digest },
    /// An apply began, or went on. `cut_bytes` are those of a torn last line that was cut off.
    Started { at_once: usize, retry_refused: bool, cut_bytes: u64 },
    /// The call is about to be made. `found` is the state that was read right before;
    /// none where the application may not read people.
    Intent { person: String, found: Option<State> },
    /// The call of an intent was not made: the run was stopped before it.
    Withdrawn { person: String },
    /// What came of a person.
    Outcome {
        person: String,
        #[serde(flatten)]
        outcome: Outcome,
    },
    /// An apply ended with something left to do.
    Stopped {
        #[serde(flatten)]
        why: Why,
    },
    /// Everybody's outcome is known.
    Finished,
}

/// What came of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// This run did it.
    Done { sure: Sure },
    /// They were so when the run came to them. Not touched.
    Already,
    /// The server says no to this person. Nothing was changed.
    Refused { issue: Issue },
    /// Not done. Tried again when the run is resumed.
    NotDone { issue: Issue },
    /// It may have been done. Looked at when the run is resumed.
    Unknown { issue: Issue },
}

/// How it is known that an act holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sure {
    /// The server said so.
    Answered,
    /// No answer came; the person was read at once, and it is so.
    ReadBack,
    /// The run ended between its call and the answer; when it was resumed, it was so.
    FoundOnResume,
}

/// Why an apply ended early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Why {
    /// Somebody said so.
    Interrupted,
    /// More failed than was allowed.
    Failures { failed: usize },
    /// One call after another failed: the server is not there.
    InARow { failed: usize },
    /// The credentials do not work, or the application may not do this to anybody.
    NotAllowed { issue: Issue },
    /// Everybody was tried; some could not be reached.
    LeftOver { people: usize },
}

/// An error, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    pub kind: Kind,
    /// Of HTTP.
    pub status: Option<u16>,
    /// Of `google.rpc.Status`.
    pub code: Option<i32>,
    pub message: String,
    pub request_id: Option<String>,
}

/// The class of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Credentials,
    Refused,
    Network,
    WrongUse,
}

/// A server may answer a page of prose; a journal keeps its beginning.
const MESSAGE_MAX_CHARS: usize = 500;

impl From<&Error> for Issue {
    fn from(error: &Error) -> Self {
        let kind = match error.class() {
            Class::Credentials => Kind::Credentials,
            Class::Refused => Kind::Refused,
            Class::Network => Kind::Network,
            Class::WrongUse => Kind::WrongUse,
        };
        let (status, code, message) = match error {
            Error::Refused(no) => (Some(no.status), Some(no.code), no.message.clone()),
            Error::Oauth(no) => {
                (Some(no.status), None, format!("{}: {}", no.error, no.description))
            }
            Error::Strange(answer) => (Some(answer.status), None, error.to_string()),
            _ => (None, None, error.to_string()),
        };
        let message = message.chars().take(MESSAGE_MAX_CHARS).collect();
        let request_id = error.request_id().map(|id| id.chars().take(MESSAGE_MAX_CHARS).collect());
        Self { kind, status, code, message, request_id }
    }
}

impl From<How> for Sure {
    fn from(how: How) -> Self {
        match how {
            How::Answered => Self::Answered,
            How::ReadBack => Self::ReadBack,
        }
    }
}

impl Sure {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::ReadBack => "read_back",
            Self::FoundOnResume => "found_on_resume",
        }
    }
}

impl Outcome {
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Done { .. } => "done",
            Self::Already => "already",
            Self::Refused { .. } => "refused",
            Self::NotDone { .. } => "not_done",
            Self::Unknown { .. } => "unknown",
        }
    }

    pub fn issue(&self) -> Option<&Issue> {
        match self {
            Self::Done { .. } | Self::Already => None,
            Self::Refused { issue } | Self::NotDone { issue } | Self::Unknown { issue } => {
                Some(issue)
            }
        }
    }
}
