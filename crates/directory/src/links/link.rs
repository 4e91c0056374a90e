//! A one-time link: a code that is handed over, by which somebody sets their password and signs in.
//! 256 random bits, of which only the digest is kept; bound to the person's epoch, so that a
//! suspension ends it and no reactivation brings it back; the last one made is the only one.

use std::fmt;
use std::time::Duration;

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::applications::checksummed;
use crate::keys::sha256;
use crate::users::User;
use crate::world::{Moment, UserId};

/// What is handed over: never stored, prints as `***`.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct LinkCode(String);

impl LinkCode {
    pub const PREFIX: &str = "rcl_";
    /// Longer than any that we made: not looked at.
    const LENGTH_MAX_BYTES: usize = 128;

    #[must_use]
    pub fn from_random(bytes: &[u8; 32]) -> Self {
        Self(checksummed(Self::PREFIX, bytes))
    }

    /// What somebody pastes, with the space that came along. `None`: it cannot be one of ours.
    #[must_use]
    pub fn presented(text: &str) -> Option<Self> {
        let text = text.trim();
        (text.len() <= Self::LENGTH_MAX_BYTES).then(|| Self(text.to_owned()))
    }

    #[must_use]
    pub fn digest(&self) -> LinkDigest {
        LinkDigest(sha256(self.0.as_bytes()))
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LinkCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// SHA-256 of the code, by which a link is found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkDigest([u8; 32]);

impl LinkDigest {
    #[must_use]
    pub const fn from_row(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for LinkDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// What a link is for. All do the same; they differ in who made them and how long they live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// By the operator, for somebody who has no password yet: the first owner.
    Setup,
    /// By somebody of the account, for somebody who has no password yet.
    Invitation,
    /// For somebody who has one and lost it.
    Reset,
}

impl Purpose {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Invitation => "invitation",
            Self::Reset => "reset",
        }
    }

    #[must_use]
    pub const fn life(self) -> Duration {
        match self {
            Self::Setup | Self::Reset => Duration::from_secs(24 * 3600),
            Self::Invitation => Duration::from_secs(7 * 24 * 3600),
        }
    }

    pub(crate) const fn to_row(self) -> i16 {
        match self {
            Self::Setup => 1,
            Self::Invitation => 2,
            Self::Reset => 3,
        }
    }

    pub(crate) const fn from_row(row: i16) -> Option<Self> {
        match row {
            1 => Some(Self::Setup),
            2 => Some(Self::Invitation),
            3 => Some(Self::Reset),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub id: LinkDigest,
    pub user: UserId,
    /// The person's, when it was made.
    pub epoch: u32,
    pub purpose: Purpose,
    /// `None`: the operator.
    pub made_by: Option<UserId>,
    pub made: Moment,
    pub ends: Moment,
}

impl Link {
    pub(crate) fn make(
        id: LinkDigest,
        user: &User,
        purpose: Purpose,
        made_by: Option<UserId>,
        now: Moment,
    ) -> Self {
        let ends = now.plus(purpose.life());
        Self { id, user: user.id, epoch: user.epoch, purpose, made_by, made: now, ends }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_again_by_its_digest_and_printed_as_nothing() {
        let code = LinkCode::from_random(&[0xfb; 32]);
        assert!(code.expose().starts_with("rcl_") && code.expose().len() == 4 + 43 + 6);
        let pasted = LinkCode::presented(&format!("  {}\n", code.expose())).unwrap();
        assert_eq!(pasted.digest(), code.digest());
        assert_eq!(format!("{code:?} {:?}", code.digest()), "*** ***");
        assert!(LinkCode::presented(&"x".repeat(129)).is_none());
    }

    #[test]
    fn a_purpose_is_read_as_it_was_written() {
        for purpose in [Purpose::Setup, Purpose::Invitation, Purpose::Reset] {
            assert_eq!(Purpose::from_row(purpose.to_row()), Some(purpose));
        }
        assert_eq!(Purpose::from_row(0), None);
    }
}
