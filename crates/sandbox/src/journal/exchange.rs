//! One exchange: what a client sent, what it was answered, and what became of the connection.
//! Plain data, without a secret in it; the form in which the journal is kept, shown and graded.

use std::time::Duration;

use rollcall_directory::world::Moment;
use serde::{Deserialize, Serialize};

/// Fields are only ever added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// From 1, in the order in which the calls came.
    pub number: u64,
    /// By the double's clock, which may have been moved.
    pub started: Moment,
    /// By the machine's clock, since the journal began: what a client waited between two calls.
    #[serde(with = "millis")]
    pub since_start: Duration,
    #[serde(with = "millis")]
    pub took: Duration,
    pub request_id: String,
    pub sent: Sent,
    pub meant: Meant,
    pub answered: Answered,
    /// What the answer says, read for whoever grades.
    #[serde(default)]
    pub told: Told,
    /// The scenario or fault that was played in it, by its name.
    pub played: Option<String>,
}

/// The request as it came, secrets masked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    pub method: String,
    /// With the query, masked; as it was written.
    pub target: String,
    /// `HTTP/1.1` or `HTTP/2.0`.
    pub version: String,
    pub secure: bool,
    pub headers: Vec<(String, String)>,
    pub body: Text,
}

/// What the double makes of the request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Meant {
    /// `ListUsers`, `NotFound`: as in logs and metrics.
    pub operation: String,
    /// `v1beta1` or `v1`, where the address has one.
    pub family: Option<String>,
    /// From the address, or else the account of the credentials.
    pub account: Option<String>,
    pub user: Option<String>,
    pub credential: Credential,
    #[serde(default)]
    pub page_token: PageToken,
    /// The arguments of a list as they were written, in either spelling of their names.
    #[serde(default)]
    pub filter: Option<String>,
    #[serde(default)]
    pub page_size: Option<String>,
    /// Credentials that stood where none belongs.
    #[serde(default)]
    pub misplaced: Vec<Misplaced>,
}

impl Meant {
    /// In the path or in the query: addresses are kept in logs and histories.
    #[must_use]
    pub fn has_secret_in_address(&self) -> bool {
        self.misplaced.iter().any(|one| matches!(one.place, Place::Path | Place::Query))
    }
}

/// What the page token of a request is to the ones that were given before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum PageToken {
    /// The first page.
    #[default]
    None,
    /// Letter by letter what this exchange answered; the newest one, if several did.
    AsGiven { exchange: u64 },
    /// Nearly what this exchange answered.
    Altered { exchange: u64, how: Alteration },
    /// Nothing like it was ever given.
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alteration {
    /// Upper and lower case.
    Case,
    CutShort,
    /// Something stands before or after it: quotes, blanks, padding.
    Surrounded,
    /// Some of its characters are others.
    Characters,
}

/// A credential that stood where none belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misplaced {
    pub place: Place,
    /// Of the parameter, the header or the field.
    #[serde(default)]
    pub name: Option<String>,
    /// A secret or a token of this double; else it goes by the name it stood under.
    pub is_ours: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Path,
    Query,
    Header,
    Body,
}

/// What was presented, without what makes it a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Credential {
    #[default]
    None,
    /// HTTP Basic with the client id of an application of this double.
    Client { client_id: String, is_right: bool },
    /// The token that this double issued as its n-th, from 1 on; of this application.
    Token { number: u64, client_id: String },
    /// Anything that this double does not know: nothing of it is kept. `scheme`: the word before it.
    Unknown { scheme: String },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Answered {
    Whole {
        status: u16,
        headers: Vec<(String, String)>,
        body: Text,
    },
    /// The connection ended in the middle of the answer.
    Broken {
        status: u16,
        headers: Vec<(String, String)>,
        body: Text,
        by: Left,
    },
    /// The connection ended without an answer, by us or by the client. `acted`: whether the call
    /// was done; nothing where the client left while it was under way.
    Nothing {
        acted: Option<bool>,
        by: Left,
    },
}

/// Who ended a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Left {
    Client,
    Double,
}

/// What an answer says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    /// The ids of the people in it, in its order: a page of them, or one.
    pub people: Vec<String>,
    pub next_page_token: Option<String>,
    /// `message` of an error of the API, `error` of one of OAuth.
    pub word: Option<String>,
    /// The number of the token that it gave.
    pub token: Option<u64>,
    pub retry_after_seconds: Option<u64>,
}

impl Answered {
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Whole { status, .. } | Self::Broken { status, .. } => Some(*status),
            Self::Nothing { .. } => None,
        }
    }
}

/// A body: its first bytes as text, secrets masked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    pub text: String,
    /// How long all of it was.
    pub bytes: u64,
    /// Only the beginning is in `text`.
    pub is_cut: bool,
}

mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(time: &Duration, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_f64(time.as_secs_f64() * 1000.0)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        let millis = f64::deserialize(from)?;
        Duration::try_from_secs_f64(millis / 1000.0).map_err(serde::de::Error::custom)
    }
}
