//! What the rows say, as a batch loaded them and as its acts have changed them since. An act sees
//! only what it asked for: a row that nobody asked for reads as not there, which no rule grants
//! anything on.

use std::collections::{HashMap, HashSet};

use super::{CallerFacts, ClientFacts, ClientSecretFacts, RefusalTally, Writes};
use crate::accounts::Account;
use crate::applications::Application;
use crate::tokens::Claims;
use crate::users::{User, email_key};
use crate::world::{ApplicationId, TokenId, UserId};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    pub(crate) account: Option<Account>,
    pub(crate) users: HashMap<UserId, User>,
    pub(crate) emails_taken: HashSet<String>,
    /// `None`: nobody asked.
    pub(crate) active_owners: Option<u64>,
    pub(crate) applications: HashMap<ApplicationId, Application>,
    pub(crate) clients: HashSet<ApplicationId>,
    pub(crate) revoked: HashSet<TokenId>,
    pub(crate) tallies: HashMap<ApplicationId, RefusalTally>,
}

impl Facts {
    #[must_use]
    pub const fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    #[must_use]
    pub fn user(&self, id: Option<UserId>) -> Option<&User> {
        self.users.get(&id?)
    }

    #[must_use]
    pub fn email_taken(&self, key: &str) -> bool {
        self.emails_taken.contains(key)
    }

    /// None where nobody asked, so that a rule which forgot to ask refuses rather than grants.
    #[must_use]
    pub fn active_owners(&self) -> u64 {
        debug_assert!(self.active_owners.is_some(), "an act that counts owners must ask for them");
        self.active_owners.unwrap_or(0)
    }

    #[must_use]
    pub fn application(&self, id: ApplicationId) -> Option<&Application> {
        self.applications.get(&id)
    }

    #[must_use]
    pub fn client_id_was_given_out(&self, id: ApplicationId) -> bool {
        self.clients.contains(&id)
    }

    #[must_use]
    pub fn is_revoked(&self, token: TokenId) -> bool {
        self.revoked.contains(&token)
    }

    pub(super) fn caller_facts(&self, token: &Claims) -> CallerFacts {
        let application = self.application(token.application);
        CallerFacts {
            account: self.account.as_ref().map(Account::rights),
            scopes: application.map(|application| application.scopes),
            secret: application
                .and_then(|application| application.secret(token.secret))
                .map(|secret| secret.terms.clone()),
            token_is_revoked: self.is_revoked(token.token),
        }
    }

    pub(super) fn client_facts(&self, client: ApplicationId) -> Option<ClientFacts> {
        let (account, application) = (self.account.as_ref()?, self.application(client)?);
        Some(ClientFacts {
            account: account.id,
            epoch: account.epoch,
            secrets: application
                .secrets
                .iter()
                .map(|secret| ClientSecretFacts {
                    id: secret.id,
                    digest: secret.digest,
                    terms: secret.terms.clone(),
                })
                .collect(),
        })
    }

    /// The next act sees what this one changed; sums follow.
    pub(crate) fn apply(&mut self, writes: &Writes) {
        if let Some(account) = &writes.account {
            self.account = Some(account.clone());
        }
        for user in &writes.users_changed {
            let before = self.users.insert(user.id, user.clone());
            self.owners_follow(before.as_ref(), Some(user));
        }
        for user in &writes.users_added {
            self.emails_taken.insert(email_key(&user.email));
            self.users.insert(user.id, user.clone());
            self.owners_follow(None, Some(user));
        }
        for id in &writes.users_removed {
            let before = self.users.remove(id);
            if let Some(user) = &before {
                self.emails_taken.remove(&email_key(&user.email));
            }
            self.owners_follow(before.as_ref(), None);
        }
        for (id, application) in &writes.applications {
            self.clients.insert(*id);
            match application {
                Some(application) => self.applications.insert(*id, application.clone()),
                None => self.applications.remove(id),
            };
        }
        self.revoked.extend(writes.revocations.iter().map(|revocation| revocation.token));
        self.tallies.extend(writes.tallies.iter().map(|(id, tally)| (*id, *tally)));
    }

    fn owners_follow(&mut self, before: Option<&User>, after: Option<&User>) {
        let Some(count) = &mut self.active_owners else { return };
        let was = before.is_some_and(User::is_active_owner);
        match (was, after.is_some_and(User::is_active_owner)) {
            (false, true) => *count += 1,
            // At nothing it stays there: then nobody may go.
            (true, false) => *count = count.saturating_sub(1),
            (false, false) | (true, true) => {}
        }
    }
}
