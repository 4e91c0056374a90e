//! Who has seen which client secret: whoever made it, and whoever opened an item of a vault that
//! holds it. Kept for as long as the secret is live.

pub(crate) mod postgres;
pub(crate) mod sqlite;

use super::Application;
use crate::acting::{Caller, Decision, Writes};
use crate::audit::Entry;
use crate::world::{ApplicationId, Moment, SecretId, UserId};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretSeen {
    pub application: ApplicationId,
    pub secret: SecretId,
    pub user: UserId,
    /// For the first time.
    pub at: Moment,
}

/// An application with a secret that was made just now: a person who makes one sees it; the operator
/// is nobody of the account.
pub(super) fn with_a_secret_made(
    by: &Caller,
    after: Application,
    secret: SecretId,
    at: Moment,
    entry: Entry,
) -> Decision<Application> {
    let application = after.id;
    let seen = by.person().map(|user| SecretSeen { application, secret, user, at });
    let writes = Writes {
        secrets_seen: seen.into_iter().collect(),
        ..Writes::application(application, Some(after.clone()))
    };
    by.changed(writes, entry, after)
}
