//! The groups that give rights. Everybody is a member; some belong to more.

mod rights;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use rights::Right;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    Owners,
    Administrators,
    Security,
}

impl Group {
    pub const ALL: [Self; 3] = [Self::Owners, Self::Administrators, Self::Security];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owners => "owners",
            Self::Administrators => "administrators",
            Self::Security => "security",
        }
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Group {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|group| group.as_str() == text);
        known.ok_or_else(|| {
            format!("{text:?} is not a group; it is owners, administrators or security")
        })
    }
}

/// The groups one person is in, beside being a member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    pub owner: bool,
    pub administrator: bool,
    pub security: bool,
}

impl Groups {
    /// With this one too, or without it; the others as they are.
    #[must_use]
    pub const fn with(mut self, group: Group, member: bool) -> Self {
        match group {
            Group::Owners => self.owner = member,
            Group::Administrators => self.administrator = member,
            Group::Security => self.security = member,
        }
        self
    }

    /// Those somebody is in, in the order of [`Group::ALL`].
    #[must_use]
    pub fn names(self) -> Vec<Group> {
        let held = |group: &Group| match group {
            Group::Owners => self.owner,
            Group::Administrators => self.administrator,
            Group::Security => self.security,
        };
        Group::ALL.into_iter().filter(held).collect()
    }
}
