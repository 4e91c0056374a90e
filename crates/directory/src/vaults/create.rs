//! Makes a vault, for the person who asks, who may write to it.

use super::{Access, Level, SealedVaultKey, Vault};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;
use crate::groups::Right;
use crate::world::VaultId;

#[derive(Clone, Debug)]
pub struct CreateVault {
    /// A fresh id.
    pub vault: VaultId,
    pub name: String,
    /// A fresh one, from [`crate::store::Store::new_vault_key`].
    pub key: SealedVaultKey,
}

impl Act for CreateVault {
    const NAME: &'static str = "create_vault";
    type Done = Vault;

    fn demand(&self) -> Demand {
        Demand::Person(Right::Member)
    }

    fn needs(&self, needs: &mut Needs) {
        needs.vault(self.vault);
        needs.vault_count();
        needs.root_key();
    }

    fn decide(&self, by: &Caller, facts: &Facts, given: &Given) -> Decision<Vault> {
        let Some(user) = facts.user(by.person()) else { return by.refused(Refusal::PersonOnly) };
        if let Some(flaw) = Vault::flaw(&self.name) {
            return by.refused(flaw);
        }
        if facts.vault(self.vault).is_some() {
            return by.refused(Refusal::Exists("vault"));
        }
        if facts.vault_count() >= Vault::PER_ACCOUNT_MAX {
            return by.refused(Refusal::Invalid("an account has at most 10,000 vaults"));
        }
        // Sealed by a process that has not yet learnt of another root key: nobody could open it.
        if facts.root_key.as_ref().is_some_and(|root| *root != self.key.root) {
            return by.refused(Refusal::RootKeyReplaced);
        }
        let vault = Vault {
            id: self.vault,
            name: self.name.clone(),
            key: self.key.clone(),
            created: given.now,
            created_by: user.id,
            items: 0,
            version: 1,
        };
        let access =
            Access { level: Level::Write, suspensions: user.suspensions, given: given.now };
        let writes = Writes {
            vaults: vec![(vault.id, Some(vault.clone()))],
            access: vec![((vault.id, user.id), Some(access))],
            ..Writes::default()
        };
        let entry = Entry::VaultCreated { vault: vault.id, name: vault.name.clone() };
        by.changed(writes, entry, vault)
    }
}
