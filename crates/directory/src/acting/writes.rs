//! What acts change. `Writes` is one act's; `Changes` is a whole batch's, folded so that a row
//! that several acts touched is written once, over the version that was loaded.

use std::collections::{BTreeMap, BTreeSet};

use super::{Facts, RefusalTally, Tallied};
use crate::accounts::Account;
use crate::applications::{Application, SecretSeen};
use crate::audit::Chained;
use crate::links::{Link, LinkDigest};
use crate::sessions::{PasswordHash, Session, SessionDigest};
use crate::tokens::Revocation;
use crate::users::User;
use crate::vaults::{Access, Item, Vault};
use crate::world::{ApplicationId, ItemId, Moment, SecretId, UserId, VaultId};

#[derive(Clone, Debug, Default)]
pub struct Writes {
    pub(crate) account: Option<Account>,
    pub(crate) users_changed: Vec<User>,
    pub(crate) users_added: Vec<User>,
    pub(crate) users_removed: Vec<UserId>,
    /// `None`: deleted.
    pub(crate) applications: Vec<(ApplicationId, Option<Application>)>,
    pub(crate) revocations: Vec<Revocation>,
    pub(crate) passwords: Vec<(UserId, PasswordHash)>,
    pub(crate) tallies: Vec<(Tallied, RefusalTally)>,
    pub(crate) sessions_begun: Vec<Session>,
    pub(crate) sessions_ended: Vec<SessionDigest>,
    /// Each in the place of whatever link its person had.
    pub(crate) links_made: Vec<Link>,
    pub(crate) links_used: Vec<LinkDigest>,
    pub(crate) secrets_seen: Vec<SecretSeen>,
    /// `None`: deleted, and all in it.
    pub(crate) vaults: Vec<(VaultId, Option<Vault>)>,
    pub(crate) access: Vec<((VaultId, UserId), Option<Access>)>,
    pub(crate) items: Vec<((VaultId, ItemId), Option<Item>)>,
}

impl Writes {
    pub(crate) fn user(user: &User) -> Self {
        Self { users_changed: vec![user.clone()], ..Self::default() }
    }

    pub(crate) fn application(id: ApplicationId, after: Option<Application>) -> Self {
        Self { applications: vec![(id, after)], ..Self::default() }
    }
}

/// What a row was when it was loaded and what it is to be. `None`: not there.
#[derive(Clone, Debug)]
pub(crate) struct Edit<T> {
    pub before: Option<T>,
    pub after: Option<T>,
}

/// What a batch does to the rows of people.
#[derive(Debug, Default)]
pub(crate) struct UserRows<'a> {
    pub removed: Vec<&'a User>,
    /// As it was loaded, and as it is to be.
    pub changed: Vec<(&'a User, &'a User)>,
    pub added: Vec<&'a User>,
}

#[derive(Debug)]
pub struct Changes {
    /// When the batch decided.
    pub(crate) now: Moment,
    /// The account was there before; its row is written with every batch, for the audit head.
    pub(crate) account_is_new: bool,
    pub(crate) account: Option<Account>,
    pub(crate) users: BTreeMap<UserId, Edit<User>>,
    /// Who was removed: their row goes, and all that hangs on it, whoever may bear the id after.
    pub(crate) users_removed: BTreeSet<UserId>,
    pub(crate) applications: BTreeMap<ApplicationId, Edit<Application>>,
    pub(crate) revocations: Vec<Revocation>,
    pub(crate) passwords: BTreeMap<UserId, PasswordHash>,
    pub(crate) tallies: BTreeMap<Tallied, RefusalTally>,
    pub(crate) sessions_begun: BTreeMap<SessionDigest, Session>,
    pub(crate) sessions_ended: BTreeSet<SessionDigest>,
    /// The one that each of these people has now.
    pub(crate) links_made: BTreeMap<UserId, Link>,
    pub(crate) links_used: BTreeSet<LinkDigest>,
    pub(crate) secrets_seen: BTreeMap<(ApplicationId, SecretId, UserId), Moment>,
    pub(crate) vaults: BTreeMap<VaultId, Edit<Vault>>,
    /// These go, and all in them.
    pub(crate) vaults_deleted: BTreeSet<VaultId>,
    pub(crate) access: BTreeMap<(VaultId, UserId), Edit<Access>>,
    pub(crate) items: BTreeMap<(VaultId, ItemId), Edit<Item>>,
    pub(crate) records: Vec<Chained>,
}

impl Changes {
    pub(crate) fn at(now: Moment) -> Self {
        Self {
            now,
            account_is_new: false,
            account: None,
            users: BTreeMap::new(),
            users_removed: BTreeSet::new(),
            applications: BTreeMap::new(),
            revocations: Vec::new(),
            passwords: BTreeMap::new(),
            tallies: BTreeMap::new(),
            sessions_begun: BTreeMap::new(),
            sessions_ended: BTreeSet::new(),
            links_made: BTreeMap::new(),
            links_used: BTreeSet::new(),
            secrets_seen: BTreeMap::new(),
            vaults: BTreeMap::new(),
            vaults_deleted: BTreeSet::new(),
            access: BTreeMap::new(),
            items: BTreeMap::new(),
            records: Vec::new(),
        }
    }

    /// The rows of people to take away, to change and to add, in this order: whoever is removed
    /// frees an address that somebody else in the same batch may have taken.
    pub(crate) fn user_rows(&self) -> UserRows<'_> {
        let mut rows = UserRows::default();
        for (id, edit) in &self.users {
            match (&edit.before, &edit.after) {
                (Some(before), after) if self.users_removed.contains(id) => {
                    rows.removed.push(before);
                    rows.added.extend(after);
                }
                (Some(before), Some(after)) => rows.changed.push((before, after)),
                (None, Some(after)) => rows.added.push(after),
                (_, None) => {}
            }
        }
        rows
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty() && self.tallies.is_empty()
    }

    /// Takes in one act's writes. `facts` are those that the act decided on, before it is applied.
    pub(super) fn fold(&mut self, writes: &Writes, facts: &Facts) {
        for user in writes.users_changed.iter().chain(&writes.users_added) {
            self.users
                .entry(user.id)
                .or_insert_with(|| Edit { before: facts.user(Some(user.id)).cloned(), after: None })
                .after = Some(user.clone());
        }
        for id in &writes.users_removed {
            self.users
                .entry(*id)
                .or_insert_with(|| Edit { before: facts.user(Some(*id)).cloned(), after: None })
                .after = None;
            self.users_removed.insert(*id);
            self.passwords.remove(id);
            self.sessions_begun.retain(|_, session| session.user != *id);
            self.links_made.remove(id);
            self.secrets_seen.retain(|(_, _, user), _| user != id);
            self.access.retain(|(_, user), _| user != id);
        }
        for (id, after) in &writes.applications {
            self.applications
                .entry(*id)
                .or_insert_with(|| Edit { before: facts.application(*id).cloned(), after: None })
                .after
                .clone_from(after);
        }
        self.revocations.extend(&writes.revocations);
        self.passwords.extend(writes.passwords.iter().cloned());
        self.tallies.extend(writes.tallies.iter().copied());
        for session in &writes.sessions_begun {
            self.sessions_begun.insert(session.id, *session);
        }
        for id in &writes.sessions_ended {
            self.sessions_begun.remove(id);
            self.sessions_ended.insert(*id);
        }
        for id in &writes.links_used {
            self.links_made.retain(|_, link| link.id != *id);
            self.links_used.insert(*id);
        }
        for link in &writes.links_made {
            self.links_made.insert(link.user, link.clone());
        }
        for seen in &writes.secrets_seen {
            let key = (seen.application, seen.secret, seen.user);
            self.secrets_seen.entry(key).or_insert(seen.at);
        }
        self.fold_vaults(writes, facts);
    }

    fn fold_vaults(&mut self, writes: &Writes, facts: &Facts) {
        for (id, after) in &writes.vaults {
            self.vaults
                .entry(*id)
                .or_insert_with(|| Edit { before: facts.vault(*id).cloned(), after: None })
                .after
                .clone_from(after);
        }
        for (key, after) in &writes.access {
            self.access
                .entry(*key)
                .or_insert_with(|| Edit { before: facts.access.get(key).copied(), after: None })
                .after = *after;
        }
        for (key, after) in &writes.items {
            self.items
                .entry(*key)
                .or_insert_with(|| Edit { before: facts.items.get(key).cloned(), after: None })
                .after
                .clone_from(after);
        }
        for (id, _) in writes.vaults.iter().filter(|(_, after)| after.is_none()) {
            self.vaults_deleted.insert(*id);
            self.access.retain(|(vault, _), _| vault != id);
            self.items.retain(|(vault, _), _| vault != id);
        }
    }
}
