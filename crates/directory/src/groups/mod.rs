//! The groups that give rights. Everybody is a member; some belong to more.

use std::fmt;

use serde::{Deserialize, Serialize};

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

/// The groups one person is in, beside being a member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    pub owner: bool,
    pub administrator: bool,
    pub security: bool,
}

impl Groups {
    /// Who may make an OAuth application and see its secret.
    #[must_use]
    pub const fn may_manage_integrations(self) -> bool {
        self.owner || self.administrator || self.security
    }
}
