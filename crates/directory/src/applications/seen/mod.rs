//! Who has seen which client secret: whoever made it, and whoever opened an item of a vault that
//! holds it. Kept for as long as the secret is live.

pub(crate) mod postgres;
pub(crate) mod sqlite;

use crate::world::{ApplicationId, Moment, SecretId, UserId};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretSeen {
    pub application: ApplicationId,
    pub secret: SecretId,
    pub user: UserId,
    /// For the first time.
    pub at: Moment,
}

impl SecretSeen {
    /// A person who makes a secret sees it; the operator is nobody of the account.
    pub(super) fn by_its_maker(
        by: &crate::acting::Caller,
        application: ApplicationId,
        secret: SecretId,
        at: Moment,
    ) -> Vec<Self> {
        let seen = by.person().map(|user| Self { application, secret, user, at });
        seen.into_iter().collect()
    }
}
