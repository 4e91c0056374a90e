//! Renames a vault, or deletes it with all that is in it, by somebody who may write to it.

use super::{Level, Vault};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;
use crate::groups::Right;
use crate::world::{UserId, VaultId};

/// The vault, if the caller may do so much with it. One that was not shared with them is one that
/// is not there.
pub(super) fn admitted<'a>(
    by: &Caller,
    facts: &'a Facts,
    vault: VaultId,
    demanded: Level,
) -> Result<(&'a Vault, UserId), Refusal> {
    let person = by.person().ok_or(Refusal::PersonOnly)?;
    let held = facts.level(vault, person).ok_or(Refusal::NoSuchVault)?;
    let vault = facts.vault(vault).ok_or(Refusal::NoSuchVault)?;
    if held < demanded {
        return Err(Refusal::VaultReadOnly);
    }
    Ok((vault, person))
}

#[derive(Clone, Debug)]
pub struct RenameVault {
    pub vault: VaultId,
    pub name: String,
}

impl Act for RenameVault {
    const NAME: &'static str = "rename_vault";
    type Done = Vault;

    fn demand(&self) -> Demand {
        Demand::Person(Right::Member)
    }

    fn needs(&self, needs: &mut Needs) {
        needs.vault(self.vault);
    }

    fn decide(&self, by: &Caller, facts: &Facts, _given: &Given) -> Decision<Vault> {
        let vault = match admitted(by, facts, self.vault, Level::Write) {
            Ok((vault, _)) => vault,
            Err(why) => return by.refused(why),
        };
        if vault.name == self.name {
            return Decision::Nothing { done: vault.clone() };
        }
        if let Some(flaw) = Vault::flaw(&self.name) {
            return by.refused(flaw);
        }
        let version = vault.version.saturating_add(1);
        let after = Vault { name: self.name.clone(), version, ..vault.clone() };
        let writes = Writes { vaults: vec![(after.id, Some(after.clone()))], ..Writes::default() };
        let entry = Entry::VaultRenamed { vault: after.id, name: after.name.clone() };
        by.changed(writes, entry, after)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct DeleteVault {
    pub vault: VaultId,
}

impl Act for DeleteVault {
    const NAME: &'static str = "delete_vault";
    type Done = ();

    fn demand(&self) -> Demand {
        Demand::Person(Right::Member)
    }

    fn needs(&self, needs: &mut Needs) {
        needs.vault(self.vault);
        needs.vault_count();
    }

    fn decide(&self, by: &Caller, facts: &Facts, _given: &Given) -> Decision<()> {
        let vault = match admitted(by, facts, self.vault, Level::Write) {
            Ok((vault, _)) => vault,
            Err(why) => return by.refused(why),
        };
        let writes = Writes { vaults: vec![(vault.id, None)], ..Writes::default() };
        let entry = Entry::VaultDeleted { vault: vault.id, name: vault.name.clone() };
        by.changed(writes, entry, ())
    }
}
