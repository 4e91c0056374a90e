//! What an application is. Its four scopes are the account's decision, not part of a token:
//! they are looked up on every call.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{SecretDigest, Terms};
use crate::world::{ApplicationId, Moment, SecretId, UserId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    GetUser,
    ListUsers,
    SuspendUsers,
    ReactivateUsers,
}

impl Scope {
    pub const ALL: [Self; 4] =
        [Self::GetUser, Self::ListUsers, Self::SuspendUsers, Self::ReactivateUsers];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GetUser => "get_user",
            Self::ListUsers => "list_users",
            Self::SuspendUsers => "suspend_users",
            Self::ReactivateUsers => "reactivate_users",
        }
    }

    const fn bit(self) -> i16 {
        match self {
            Self::GetUser => 1,
            Self::ListUsers => 2,
            Self::SuspendUsers => 4,
            Self::ReactivateUsers => 8,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or_else(|| {
            format!("{text:?} is not a scope; they are get_user, list_users, suspend_users, reactivate_users")
        })
    }
}

/// A set of scopes, stored as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(i16);

impl Scopes {
    pub const ALL: Self = Self(15);

    #[must_use]
    pub fn of(scopes: &[Scope]) -> Self {
        Self(scopes.iter().fold(0, |bits, scope| bits | scope.bit()))
    }

    #[must_use]
    pub const fn holds(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    #[must_use]
    pub fn list(self) -> Vec<Scope> {
        Scope::ALL.into_iter().filter(|scope| self.holds(*scope)).collect()
    }

    #[must_use]
    pub const fn to_row(self) -> i16 {
        self.0
    }

    /// Bits that this version does not know are an error, not a right.
    #[must_use]
    pub const fn from_row(row: i16) -> Option<Self> {
        if row & !Self::ALL.0 == 0 { Some(Self(row)) } else { None }
    }
}

/// A secret that was not retired; it works as its terms say. A retired one is not kept: the audit
/// log has its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveSecret {
    pub id: SecretId,
    pub digest: SecretDigest,
    pub label: String,
    pub created: Moment,
    pub terms: Terms,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    pub id: ApplicationId,
    pub name: String,
    pub description: String,
    /// Demanded and never fetched: nothing here redirects.
    pub redirect_url: String,
    pub scopes: Scopes,
    /// One or two.
    pub secrets: Vec<LiveSecret>,
    pub created: Moment,
    /// `None`: the operator.
    pub made_by: Option<UserId>,
    /// Raised by every change; a change is written only over the version it was decided on.
    pub version: u32,
}

impl Application {
    pub const SECRETS_MAX: usize = 2;

    #[must_use]
    pub fn secret(&self, id: SecretId) -> Option<&LiveSecret> {
        self.secrets.iter().find(|secret| secret.id == id)
    }

    #[must_use]
    pub fn has_live_secret(&self, id: SecretId) -> bool {
        self.secret(id).is_some()
    }

    pub(crate) fn changed(&self) -> Self {
        Self { version: self.version.saturating_add(1), ..self.clone() }
    }
}
