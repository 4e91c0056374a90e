//! The keys of the rows that a batch must see: what its acts ask for, and its callers' credentials.

use std::collections::BTreeSet;

use super::Presented;
use crate::world::{ApplicationId, TokenId, UserId};

#[derive(Clone, Debug, Default)]
pub struct Needs {
    pub(crate) users: BTreeSet<UserId>,
    pub(crate) emails: BTreeSet<String>,
    pub(crate) owners: bool,
    pub(crate) applications: BTreeSet<ApplicationId>,
    pub(crate) clients: BTreeSet<ApplicationId>,
    pub(crate) revocations: BTreeSet<TokenId>,
    pub(crate) tallies: BTreeSet<ApplicationId>,
}

impl Needs {
    pub fn users(&mut self, users: impl IntoIterator<Item = UserId>) {
        self.users.extend(users);
    }

    /// Addresses by their [`crate::users::email_key`]: is one taken?
    pub fn emails(&mut self, keys: impl IntoIterator<Item = String>) {
        // What cannot be stored cannot be there; PostgreSQL would not even be asked about it.
        self.emails.extend(keys.into_iter().filter(|key| !key.contains('\0')));
    }

    /// How many active owners there are. Whoever changes an owner needs this too.
    pub fn owners(&mut self) {
        self.owners = true;
    }

    pub fn application(&mut self, application: ApplicationId) {
        self.applications.insert(application);
    }

    /// Was this client id ever given out in the account? Deleting an application does not free it.
    pub fn client_id(&mut self, application: ApplicationId) {
        self.clients.insert(application);
    }

    pub fn revocation(&mut self, token: TokenId) {
        self.revocations.insert(token);
    }

    pub(super) fn credential(&mut self, presented: &Presented) {
        match presented {
            Presented::Operator => {}
            Presented::Token { token, .. } => {
                self.application(token.application);
                self.revocation(token.token);
                self.tallies.insert(token.application);
            }
            Presented::ClientSecret { client, .. } => {
                self.application(*client);
                self.tallies.insert(*client);
            }
        }
    }
}
