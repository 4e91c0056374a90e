//! The questions about applications that the operator asks: a page of an account's, and one.

use super::{Application, LastUse, LiveSecret};
use crate::world::{AccountId, ApplicationId, SecretId};

/// A page in the order of their ids, behind the last one of the page before. `None`: there is no
/// such account.
#[derive(Clone, Copy, Debug)]
pub struct ListApplications {
    pub account: AccountId,
    pub after: Option<ApplicationId>,
    pub limit: u16,
}

/// `None`: there is no such account, or no such application in it.
#[derive(Clone, Copy, Debug)]
pub struct FindApplication {
    pub account: AccountId,
    pub id: ApplicationId,
}

/// An application, and what is known of the use of its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationShown {
    pub application: Application,
    last_uses: Vec<(SecretId, LastUse)>,
}

impl ApplicationShown {
    pub(super) const fn unused(application: Application) -> Self {
        Self { application, last_uses: Vec::new() }
    }

    pub(super) fn note(&mut self, secret: SecretId, last: LastUse) {
        self.last_uses.push((secret, last));
    }

    /// `None`: it was not used yet.
    #[must_use]
    pub fn last_use(&self, secret: SecretId) -> Option<&LastUse> {
        self.last_uses.iter().find(|(id, _)| *id == secret).map(|(_, last)| last)
    }
}

/// What one has that the other has not in just this form: of a row that was changed, the old form
/// is taken away and the new one put there.
pub(super) fn secrets_only_in<'a>(
    one: Option<&'a Application>,
    other: Option<&'a Application>,
) -> impl Iterator<Item = &'a LiveSecret> {
    let there = move |secret: &LiveSecret| other.is_some_and(|app| app.secrets.contains(secret));
    one.into_iter().flat_map(|app| &app.secrets).filter(move |secret| !there(secret))
}
