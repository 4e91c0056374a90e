//! The keys of the rows that a batch must see: what its acts ask for, and its callers' credentials.

use std::collections::BTreeSet;

use super::{Facts, Presented, Tallied};
use crate::links::LinkDigest;
use crate::sessions::SessionDigest;
use crate::world::{ApplicationId, ItemId, TokenId, UserId, VaultId};

#[derive(Clone, Debug, Default)]
pub struct Needs {
    pub(crate) users: BTreeSet<UserId>,
    pub(crate) emails: BTreeSet<String>,
    pub(crate) owners: bool,
    pub(crate) applications: BTreeSet<ApplicationId>,
    pub(crate) clients: BTreeSet<ApplicationId>,
    pub(crate) revocations: BTreeSet<TokenId>,
    pub(crate) tallies: BTreeSet<Tallied>,
    pub(crate) sessions: BTreeSet<SessionDigest>,
    pub(crate) links: BTreeSet<LinkDigest>,
    pub(crate) passwords: BTreeSet<UserId>,
    pub(crate) seen_by: BTreeSet<UserId>,
    pub(crate) vaults: BTreeSet<VaultId>,
    pub(crate) items: BTreeSet<(VaultId, ItemId)>,
    pub(crate) vault_count: bool,
    pub(crate) root_key: bool,
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

    pub fn session(&mut self, session: SessionDigest) {
        self.sessions.insert(session);
    }

    pub fn link(&mut self, link: LinkDigest) {
        self.links.insert(link);
    }

    /// The hash of this person's password.
    pub fn password(&mut self, user: UserId) {
        self.passwords.insert(user);
    }

    /// Which live secrets has this person seen?
    pub fn secrets_seen_by(&mut self, user: impl IntoIterator<Item = UserId>) {
        self.seen_by.extend(user);
    }

    /// A vault, whom it lets in, and these people.
    pub fn vault(&mut self, vault: VaultId) {
        self.vaults.insert(vault);
    }

    /// An item, and its vault.
    pub fn item(&mut self, vault: VaultId, item: ItemId) {
        self.vault(vault);
        self.items.insert((vault, item));
    }

    /// How many vaults the account has.
    pub fn vault_count(&mut self) {
        self.vault_count = true;
    }

    /// Under which root key everything is sealed now.
    pub fn root_key(&mut self) {
        self.root_key = true;
    }

    /// Some rows name people whose rows are needed too: these are loaded first.
    pub(crate) fn names_people(&self) -> bool {
        !(self.sessions.is_empty() && self.links.is_empty() && self.vaults.is_empty())
    }

    /// The same, and the people whom those rows named.
    pub(crate) fn with_people_of(&self, facts: &Facts) -> Self {
        let mut needs = self.clone();
        let callers = (facts.sessions.values().map(|session| session.user))
            .chain(facts.links.values().map(|link| link.user));
        for user in callers {
            needs.users.insert(user);
            needs.tallies.insert(Tallied::Person(user));
        }
        needs.users.extend(facts.access.keys().map(|(_, user)| *user));
        needs
    }

    pub(super) fn credential(&mut self, presented: &Presented) {
        match presented {
            Presented::Operator => {}
            Presented::Token { token, .. } => {
                self.application(token.application);
                self.revocation(token.token);
                self.tallies.insert(Tallied::Application(token.application));
            }
            Presented::ClientSecret { client, .. } => {
                self.application(*client);
                self.tallies.insert(Tallied::Application(*client));
            }
            Presented::Session(session) => {
                self.sessions.insert(*session);
            }
            Presented::Password { user, .. } => {
                self.users([*user]);
                self.password(*user);
                self.tallies.insert(Tallied::Person(*user));
            }
            Presented::Link(link) => {
                self.links.insert(*link);
            }
            Presented::Stranger => {
                self.tallies.insert(Tallied::Strangers);
            }
        }
    }
}
