//! What the rows say, as a batch loaded them and as its acts have changed them since. An act sees
//! only what it asked for: a row that nobody asked for reads as not there, which no rule grants
//! anything on.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use foldhash::quality::RandomState;

use super::{CallerFacts, ClientFacts, ClientSecretFacts, RefusalTally, Tallied, Writes};
use crate::accounts::Account;
use crate::applications::Application;
use crate::keys::RootKeyId;
use crate::links::{Link, LinkDigest};
use crate::sessions::{PasswordHash, Session, SessionDigest};
use crate::tokens::Claims;
use crate::users::{User, email_key};
use crate::vaults::{Access, Item, Vault};
use crate::world::{ApplicationId, ItemId, SecretId, TokenId, UserId, VaultId};

/// There may be a hundred thousand of both. Seeded by chance, and quicker than std's hash.
pub(crate) type Users = HashMap<UserId, User, RandomState>;
pub(crate) type EmailKeys = HashSet<String, RandomState>;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    pub(crate) account: Option<Account>,
    pub(crate) users: Users,
    pub(crate) emails_taken: EmailKeys,
    /// `None`: nobody asked.
    pub(crate) active_owners: Option<u64>,
    pub(crate) applications: HashMap<ApplicationId, Application>,
    pub(crate) clients: HashSet<ApplicationId>,
    pub(crate) revoked: HashSet<TokenId>,
    pub(crate) tallies: HashMap<Tallied, RefusalTally>,
    pub(crate) sessions: HashMap<SessionDigest, Session>,
    pub(crate) links: HashMap<LinkDigest, Link>,
    pub(crate) passwords: HashMap<UserId, PasswordHash>,
    pub(crate) seen: HashMap<UserId, BTreeSet<(ApplicationId, SecretId)>>,
    pub(crate) vaults: HashMap<VaultId, Vault>,
    pub(crate) access: BTreeMap<(VaultId, UserId), Access>,
    pub(crate) items: HashMap<(VaultId, ItemId), Item>,
    /// `None`: nobody asked.
    pub(crate) vault_count: Option<u64>,
    pub(crate) root_key: Option<RootKeyId>,
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

    #[must_use]
    pub fn session(&self, id: &SessionDigest) -> Option<&Session> {
        self.sessions.get(id)
    }

    #[must_use]
    pub fn link(&self, id: &LinkDigest) -> Option<&Link> {
        self.links.get(id)
    }

    #[must_use]
    pub fn password(&self, user: UserId) -> Option<&PasswordHash> {
        self.passwords.get(&user)
    }

    /// Has this person seen a live secret of the application? Ask for both before.
    #[must_use]
    pub fn has_seen_a_live_secret(&self, user: UserId, application: ApplicationId) -> bool {
        let (Some(seen), Some(application)) = (self.seen.get(&user), self.application(application))
        else {
            return false;
        };
        application.secrets.iter().any(|secret| seen.contains(&(application.id, secret.id)))
    }

    #[must_use]
    pub fn vault(&self, id: VaultId) -> Option<&Vault> {
        self.vaults.get(&id)
    }

    #[must_use]
    pub fn item(&self, vault: VaultId, item: ItemId) -> Option<&Item> {
        self.items.get(&(vault, item))
    }

    /// Too many to count where nobody asked, so that a rule which forgot to ask refuses.
    #[must_use]
    pub fn vault_count(&self) -> u64 {
        debug_assert!(self.vault_count.is_some(), "an act that counts vaults must ask for them");
        self.vault_count.unwrap_or(u64::MAX)
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
            // Whoever comes back under this id in the same batch gets nothing of theirs.
            self.passwords.remove(id);
            self.seen.remove(id);
            self.sessions.retain(|_, session| session.user != *id);
            self.links.retain(|_, link| link.user != *id);
            self.access.retain(|(_, user), _| user != id);
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
        self.passwords.extend(writes.passwords.iter().cloned());
        self.sessions.extend(writes.sessions_begun.iter().map(|session| (session.id, *session)));
        for id in &writes.sessions_ended {
            self.sessions.remove(id);
        }
        for id in &writes.links_used {
            self.links.remove(id);
        }
        for link in &writes.links_made {
            self.links.retain(|_, other| other.user != link.user);
            self.links.insert(link.id, link.clone());
        }
        for seen in &writes.secrets_seen {
            self.seen.entry(seen.user).or_default().insert((seen.application, seen.secret));
        }
        self.apply_to_vaults(writes);
    }

    fn apply_to_vaults(&mut self, writes: &Writes) {
        for (id, after) in &writes.vaults {
            let before = match after {
                Some(vault) => self.vaults.insert(*id, vault.clone()),
                None => self.vaults.remove(id),
            };
            let Some(count) = &mut self.vault_count else { continue };
            match (before.is_some(), after.is_some()) {
                (false, true) => *count = count.saturating_add(1),
                (true, false) => *count = count.saturating_sub(1),
                (false, false) | (true, true) => {}
            }
        }
        for (key, after) in &writes.access {
            match after {
                Some(access) => self.access.insert(*key, *access),
                None => self.access.remove(key),
            };
        }
        for (key, after) in &writes.items {
            let before = match after {
                Some(item) => self.items.insert(*key, item.clone()),
                None => self.items.remove(key),
            };
            let Some(vault) = self.vaults.get_mut(&key.0) else { continue };
            match (before.is_some(), after.is_some()) {
                (false, true) => vault.items = vault.items.saturating_add(1),
                (true, false) => vault.items = vault.items.saturating_sub(1),
                (false, false) | (true, true) => {}
            }
        }
        for (id, _) in writes.vaults.iter().filter(|(_, after)| after.is_none()) {
            self.access.retain(|(vault, _), _| vault != id);
            self.items.retain(|(vault, _), _| vault != id);
        }
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
