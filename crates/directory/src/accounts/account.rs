//! What an account is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::audit::Head;
use crate::world::{AccountId, Moment};

/// Only a Business account is entitled to the Users API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    Business,
    Other,
}

impl Plan {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Business => "business",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Plan {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "business" => Ok(Self::Business),
            "other" => Ok(Self::Other),
            _ => Err(format!("{text:?} is not a plan; it is business or other")),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub name: String,
    pub plan: Plan,
    /// People come from an identity provider: then the Users API is not available.
    pub provisioning_automated: bool,
    /// Raised when a backup is restored: nothing issued before works after.
    pub epoch: u32,
    pub created: Moment,
    /// Where the account's audit log ends.
    pub head: Head,
}

/// What an account says about its callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rights {
    pub plan: Plan,
    pub provisioning_automated: bool,
    pub epoch: u32,
}

impl Account {
    #[must_use]
    pub const fn rights(&self) -> Rights {
        Rights {
            plan: self.plan,
            provisioning_automated: self.provisioning_automated,
            epoch: self.epoch,
        }
    }
}
