//! Lets somebody into a vault, changes what they may do there, or takes it away. By somebody who
//! may write to it; whoever is in may leave. Somebody who may write always remains, unless they are
//! suspended or removed: then an owner may take the vault over, and the record says that they did.

use super::change::admitted;
use super::{Access, Level, Vault};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;
use crate::groups::Right;
use crate::world::{UserId, VaultId};

#[derive(Clone, Copy, Debug)]
pub struct ShareVault {
    pub vault: VaultId,
    pub user: UserId,
    /// `None`: no longer.
    pub level: Option<Level>,
}

impl ShareVault {
    /// May this caller? And is it an owner's taking over?
    fn may(&self, by: &Caller, facts: &Facts) -> Result<bool, Refusal> {
        let person = by.person().ok_or(Refusal::PersonOnly)?;
        if facts.vault(self.vault).is_none() {
            return Err(Refusal::NoSuchVault);
        }
        let to_themselves = person == self.user;
        let owner = facts.user(Some(person)).is_some_and(|user| user.groups.owner);
        let takes_over = owner && to_themselves && self.level == Some(Level::Write);
        if takes_over && facts.writers(self.vault).is_empty() {
            return Ok(true);
        }
        let leaves = to_themselves && self.level.is_none();
        let demanded = if leaves { Level::Read } else { Level::Write };
        admitted(by, facts, self.vault, demanded).map(|_| false)
    }

    /// What the person is to have, if they may have it.
    fn access(&self, facts: &Facts, given: &Given) -> Result<Option<Access>, Refusal> {
        let Some(level) = self.level else { return Ok(None) };
        let user = facts.user(Some(self.user)).ok_or(Refusal::NoSuchUser)?;
        if user.is_suspended() {
            return Err(Refusal::PersonSuspended(user.id));
        }
        let there = facts.access.keys().filter(|(vault, _)| *vault == self.vault).count();
        let is_new = !facts.access.contains_key(&(self.vault, self.user));
        if is_new && there >= Vault::PEOPLE_MAX {
            return Err(Refusal::Invalid("a vault lets in at most 200 people"));
        }
        Ok(Some(Access { level, suspensions: user.suspensions, given: given.now }))
    }
}

impl Act for ShareVault {
    const NAME: &'static str = "share_vault";
    type Done = ();

    fn demand(&self) -> Demand {
        Demand::Person(Right::Member)
    }

    fn needs(&self, needs: &mut Needs) {
        needs.vault(self.vault);
        needs.users([self.user]);
    }

    fn decide(&self, by: &Caller, facts: &Facts, given: &Given) -> Decision<()> {
        let taken_over = match self.may(by, facts) {
            Ok(taken_over) => taken_over,
            Err(why) => return by.refused(why),
        };
        if facts.level(self.vault, self.user) == self.level {
            return Decision::Nothing { done: () };
        }
        let access = match self.access(facts, given) {
            Ok(access) => access,
            Err(why) => return by.refused(why),
        };
        if self.level != Some(Level::Write) && facts.writers(self.vault) == [self.user] {
            return by.refused(Refusal::NoWriterRemains);
        }
        let writes =
            Writes { access: vec![((self.vault, self.user), access)], ..Writes::default() };
        let entry = Entry::VaultShared {
            vault: self.vault,
            user: self.user,
            level: self.level,
            taken_over,
        };
        by.changed(writes, entry, ())
    }
}
