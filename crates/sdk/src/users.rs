//! A person as the API shows one, read leniently: the API is a preview, and what it may show more
//! one day must not stop an incident's work.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// A person of an account. Fields that are not known here are passed over; those that are absent or
/// null are empty, but for the ID, without which nobody can be meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// What the API calls this person by.
    pub id: String,
    /// The address.
    #[serde(default, deserialize_with = "or_nothing")]
    pub email: String,
    /// In any script; text from outside.
    #[serde(default, deserialize_with = "or_nothing")]
    pub display_name: String,
    /// Whether they may come in.
    #[serde(default, deserialize_with = "or_nothing")]
    pub state: State,
    /// RFC 3339, as the server wrote it.
    #[serde(default, deserialize_with = "or_nothing")]
    pub create_time: String,
    /// `accounts/ACCOUNT/users/USER`.
    #[serde(default, deserialize_with = "or_nothing")]
    pub path: String,
}

/// `null` is read as if it were not there.
fn or_nothing<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    from: D,
) -> Result<T, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}

/// Whether a person may come in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum State {
    /// They may.
    Active,
    /// They may not.
    Suspended,
    /// The server does not say.
    #[default]
    Unspecified,
    /// A word that is not known here.
    Other(String),
}

impl State {
    /// As it stands on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Active => "ACTIVE",
            Self::Suspended => "SUSPENDED",
            Self::Unspecified => "STATE_UNSPECIFIED",
            Self::Other(word) => word,
        }
    }
}

impl From<String> for State {
    fn from(word: String) -> Self {
        match word.as_str() {
            "ACTIVE" => Self::Active,
            "SUSPENDED" => Self::Suspended,
            "STATE_UNSPECIFIED" => Self::Unspecified,
            _ => Self::Other(word),
        }
    }
}

impl From<State> for String {
    fn from(state: State) -> Self {
        state.as_str().to_owned()
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What may be done to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// They may not come in any more.
    Suspend,
    /// They may come in again.
    Reactivate,
}

impl Act {
    /// The state that somebody is in after it.
    pub const fn leads_to(self) -> State {
        match self {
            Self::Suspend => State::Suspended,
            Self::Reactivate => State::Active,
        }
    }

    /// `suspend` or `reactivate`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Reactivate => "reactivate",
        }
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An act that is known to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acted {
    /// The person, as the server showed them after it.
    pub user: User,
    /// How it is known.
    pub how: How,
}

/// How it is known that an act holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The server said so.
    Answered,
    /// No answer came, or none that said anything; the person was read, and it is so.
    ReadBack,
}
