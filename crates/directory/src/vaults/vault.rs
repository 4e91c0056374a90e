//! A vault, whom it lets in, and its items as they are kept: sealed. Only a vault's name is clear.

use serde::{Deserialize, Serialize};

use super::SealedVaultKey;
use crate::acting::{Facts, Refusal};
use crate::users::User;
use crate::world::{ApplicationId, ItemId, Moment, SecretId, UserId, VaultId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vault {
    pub id: VaultId,
    pub name: String,
    pub key: SealedVaultKey,
    pub created: Moment,
    pub created_by: UserId,
    /// How many items are in it.
    pub items: u64,
    /// Raised by every change of the name; a change is written only over the one it was decided on.
    pub version: u32,
}

impl Vault {
    pub const NAME_LENGTH_MAX_CHARS: usize = 100;
    pub const PER_ACCOUNT_MAX: u64 = 10_000;
    pub const ITEMS_MAX: u64 = 1_000;
    pub const PEOPLE_MAX: usize = 200;

    /// Why a vault cannot have this name.
    #[must_use]
    pub fn flaw(name: &str) -> Option<Refusal> {
        let long = name.chars().count() > Self::NAME_LENGTH_MAX_CHARS;
        (name.trim().is_empty() || long || name.contains('\0'))
            .then_some(Refusal::Invalid("a vault's name has 1 to 100 characters, none of them NUL"))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Read,
    /// And to save and delete items, to let people in, to delete the vault.
    Write,
}

impl Level {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    pub(crate) const fn to_row(self) -> i16 {
        match self {
            Self::Read => 1,
            Self::Write => 2,
        }
    }

    pub(crate) const fn from_row(row: i16) -> Option<Self> {
        match row {
            1 => Some(Self::Read),
            2 => Some(Self::Write),
            _ => None,
        }
    }
}

/// What somebody was given to a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    pub level: Level,
    /// The person's, when it was given: a suspension in between ends it for good.
    pub suspensions: u32,
    pub given: Moment,
}

impl Access {
    /// The one place that says whether access works.
    pub(crate) fn works_for(&self, user: &User) -> bool {
        user.is_active() && self.suspensions == user.suspensions
    }
}

impl Facts {
    /// What this person may do in the vault now. Ask for the vault before.
    #[must_use]
    pub fn level(&self, vault: VaultId, person: UserId) -> Option<Level> {
        let (user, access) = (self.user(Some(person))?, self.access.get(&(vault, person))?);
        access.works_for(user).then_some(access.level)
    }

    /// Who may write to the vault now.
    pub(super) fn writers(&self, vault: VaultId) -> Vec<UserId> {
        let people = self.access.keys().filter(|(of, _)| *of == vault).map(|(_, user)| *user);
        people.filter(|user| self.level(vault, *user) == Some(Level::Write)).collect()
    }
}

/// As it is kept. Each part opens only as itself, of this version of this item of this vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedItem {
    /// The version's own key, under the vault's.
    pub key: Vec<u8>,
    /// Title and labels, and what is not concealed.
    pub overview: Vec<u8>,
    pub details: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub id: ItemId,
    pub version: u32,
    pub sealed: SealedItem,
    /// The client secret that it holds, where it was saved as one: who opens it has seen that.
    pub secret: Option<(ApplicationId, SecretId)>,
    pub created: Moment,
    pub changed: Moment,
    pub changed_by: UserId,
}
