//! A session: what the cookie of somebody who signed in stands for. 256 random bits, of which only
//! the digest is kept. It works for as long as the person's epoch is the one it was made under, so
//! that whatever ends what a person holds ends it too, and it has an idle and an absolute end.

use std::fmt;
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::keys::sha256;
use crate::users::User;
use crate::world::{Moment, UserId};

/// What the cookie holds: never stored, prints as `***`.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SessionSecret(String);

impl SessionSecret {
    /// Longer than any that we made: not looked at.
    const LENGTH_MAX_BYTES: usize = 128;

    #[must_use]
    pub fn from_random(bytes: &[u8; 32]) -> Self {
        Self(BASE64URL_NOPAD.encode(bytes))
    }

    /// What somebody presents. `None`: it cannot be one of ours.
    #[must_use]
    pub fn presented(text: &str) -> Option<Self> {
        (text.len() <= Self::LENGTH_MAX_BYTES).then(|| Self(text.to_owned()))
    }

    #[must_use]
    pub fn digest(&self) -> SessionDigest {
        SessionDigest(sha256(self.0.as_bytes()))
    }

    /// For the cookie: 43 characters of `A-Za-z0-9_-`.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// SHA-256 of the secret, by which a session is found. Whoever has the database cannot make a
/// cookie of it, and how long a look-up takes says nothing about a secret that is not there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionDigest([u8; 32]);

impl SessionDigest {
    #[must_use]
    pub const fn from_row(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SessionDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionDigest,
    pub user: UserId,
    /// The person's, when it began.
    pub epoch: u32,
    pub began: Moment,
    /// When it was last used, to within [`Session::SEEN_EVERY`].
    pub seen: Moment,
}

impl Session {
    pub const IDLE_END: Duration = Duration::from_secs(30 * 60);
    pub const LIFE: Duration = Duration::from_secs(12 * 3600);
    /// A use is written when the last one that is written is so old.
    pub const SEEN_EVERY: Duration = Duration::from_secs(60);
    /// Of one person, at a time: the next one ends the one that was not used for the longest.
    pub const PER_PERSON_MAX: u16 = 20;

    pub(crate) const fn begin(id: SessionDigest, user: &User, now: Moment) -> Self {
        Self { id, user: user.id, epoch: user.epoch, began: now, seen: now }
    }

    /// By the clock alone.
    #[must_use]
    pub fn has_ended(&self, now: Moment) -> bool {
        now >= self.began.plus(Self::LIFE) || now >= self.seen.plus(Self::IDLE_END)
    }

    /// Is it time to write that it is used?
    #[must_use]
    pub fn is_to_be_noted(&self, now: Moment) -> bool {
        now.since(self.seen) >= Self::SEEN_EVERY
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::stories::a_person;

    #[test]
    fn only_the_digest_of_a_secret_is_told() {
        let secret = SessionSecret::from_random(&[0xfb; 32]);
        assert_eq!(secret.expose().len(), 43);
        assert_eq!(format!("{secret:?} {:?}", secret.digest()), "*** ***");
        let presented = SessionSecret::presented(secret.expose()).unwrap();
        assert_eq!(presented.digest(), secret.digest());
        assert!(SessionSecret::presented(&"x".repeat(129)).is_none());
    }

    #[test]
    fn a_session_ends_when_it_is_idle_and_when_it_is_old() {
        let start = Moment::from_seconds(1_000);
        let id = SessionDigest::from_row([1; 32]);
        let session = Session::begin(id, &a_person(1), start);
        let minutes = |n: u64| start.plus(Duration::from_secs(n * 60));
        assert!(!session.has_ended(minutes(29)));
        assert!(session.has_ended(minutes(30)));
        let used = Session { seen: minutes(12 * 60 - 1), ..session };
        assert!(!used.has_ended(minutes(12 * 60 - 1)));
        assert!(used.has_ended(minutes(12 * 60)));
        assert!(!session.is_to_be_noted(start) && session.is_to_be_noted(minutes(1)));
    }
}
