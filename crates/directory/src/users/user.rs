//! One person of an account.

use serde::{Deserialize, Serialize};

use crate::Fault;
use crate::acting::Caller;
use crate::groups::Groups;
use crate::world::{Moment, UserId};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Active,
    Suspended,
    /// Has not come in by their link yet: nobody's colleague so far, and hidden from the API.
    Invited,
}

impl State {
    /// As the databases store it.
    #[must_use]
    pub const fn to_row(self) -> i16 {
        match self {
            Self::Active => 1,
            Self::Suspended => 2,
            Self::Invited => 3,
        }
    }

    #[must_use]
    pub const fn from_row(row: i16) -> Option<Self> {
        match row {
            1 => Some(Self::Active),
            2 => Some(Self::Suspended),
            3 => Some(Self::Invited),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub email: String,
    pub display_name: String,
    pub state: State,
    pub groups: Groups,
    /// Managed by somebody else's directory: cannot be suspended here.
    pub externally_managed: bool,
    pub created: Moment,
    /// Raised by every act that ends what this person holds; whatever was issued under a lower
    /// one is dead. Never goes down.
    pub epoch: u32,
    /// How often they were suspended. Access to a vault is given under one number and is gone with
    /// it: no reactivation brings it back, while a change of password or groups leaves it alone.
    pub suspensions: u32,
}

impl User {
    #[must_use]
    pub const fn is_suspended(&self) -> bool {
        matches!(self.state, State::Suspended)
    }

    #[must_use]
    pub const fn is_active(&self) -> bool {
        matches!(self.state, State::Active)
    }

    #[must_use]
    pub const fn is_invited(&self) -> bool {
        matches!(self.state, State::Invited)
    }

    #[must_use]
    pub const fn is_active_owner(&self) -> bool {
        self.groups.owner && self.is_active()
    }

    /// An application knows nothing of who has not come in yet.
    pub(crate) const fn is_seen_by(&self, by: &Caller) -> bool {
        by.application().is_none() || !self.is_invited()
    }

    pub(crate) fn suspended(&self) -> Self {
        Self {
            state: State::Suspended,
            suspensions: self.suspensions.saturating_add(1),
            ..self.under_a_new_epoch()
        }
    }

    pub(crate) fn reactivated(&self) -> Self {
        Self { state: State::Active, ..self.under_a_new_epoch() }
    }

    /// By a link: whoever it was, they are active now.
    pub(crate) fn come_in(&self) -> Self {
        Self { state: State::Active, ..self.under_a_new_epoch() }
    }

    pub(crate) fn regrouped(&self, groups: Groups) -> Self {
        Self { groups, ..self.under_a_new_epoch() }
    }

    /// Their sessions and links.
    pub(crate) fn under_a_new_epoch(&self) -> Self {
        Self { epoch: self.epoch.saturating_add(1), ..self.clone() }
    }
}

/// What makes two addresses the same: case does not count, everything else does (`+tags` too).
#[must_use]
pub fn email_key(email: &str) -> String {
    email.to_lowercase()
}

/// Why somebody did something, in their words; cut to a length before it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReasonText(String);

impl ReasonText {
    pub const LENGTH_MAX_BYTES: usize = 1024;

    #[must_use]
    pub fn cut(text: &str) -> Self {
        let mut end = text.len().min(Self::LENGTH_MAX_BYTES);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        Self(text[..end].to_owned())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is wrong with somebody's row, as it was read, and with the key of their address beside it.
pub(crate) fn wrong(
    read: Result<User, Fault>,
    key: &str,
    id: impl FnOnce() -> String,
) -> Option<String> {
    match read {
        Err(fault) => Some(format!("person who cannot be read: {}: {fault}", id())),
        Ok(user) if email_key(&user.email) != key => {
            Some(format!("person who is looked up under another address: {}", user.id))
        }
        Ok(_) => None,
    }
}
