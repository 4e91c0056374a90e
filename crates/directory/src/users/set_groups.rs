//! Puts a person into groups or takes them out, by the operator or by a person who may manage people.
//! The owner rules hold here too: one remains, and only owners make and unmake them.

use super::{User, is_an_owner, owners_only};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;
use crate::groups::{Groups, Right};
use crate::world::UserId;

#[derive(Clone, Copy, Debug)]
pub struct SetGroups {
    pub user: UserId,
    pub groups: Groups,
}

impl Act for SetGroups {
    const NAME: &'static str = "set_groups";
    type Done = User;

    fn demand(&self) -> Demand {
        Demand::Person(Right::ManagePeople)
    }

    fn needs(&self, needs: &mut Needs) {
        needs.users(Some(self.user));
        needs.owners();
    }

    fn decide(&self, by: &Caller, facts: &Facts, _given: &Given) -> Decision<User> {
        let Some(user) = facts.user(Some(self.user)) else {
            return by.refused(Refusal::NoSuchUser);
        };
        regroup(by, facts, user, self.groups)
    }
}

/// The rule for whatever changes a person's groups.
pub(super) fn regroup(by: &Caller, facts: &Facts, user: &User, groups: Groups) -> Decision<User> {
    if user.groups == groups {
        return Decision::Nothing { done: user.clone() };
    }
    if user.is_active_owner() && !groups.owner && facts.active_owners() <= 1 {
        return by.refused(Refusal::NoOwnerRemains(user.id));
    }
    if let Some(why) = owners_only(by, facts, user) {
        return by.refused(why);
    }
    if groups.owner && !is_an_owner(by, facts) {
        return by.refused(Refusal::OwnersOnly(user.id));
    }
    let user = user.regrouped(groups);
    let entry = Entry::GroupsChanged { user: user.id, groups: groups.names() };
    by.changed(Writes::user(&user), entry, user)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::stories::*;

    #[test]
    fn the_last_owner_is_not_demoted() {
        let (owner, person) = (an_owner(1), a_person(2));
        let act = SetGroups { user: owner.id, groups: Groups::default() };
        let refusal = decide(&act, &[owner.clone(), person]).expect_refusal();
        assert_eq!(refusal, Refusal::NoOwnerRemains(owner.id));
    }

    #[test]
    fn a_person_becomes_an_owner() {
        let (owner, person) = (an_owner(1), a_person(2));
        let groups = Groups { owner: true, ..Groups::default() };
        let act = SetGroups { user: person.id, groups };
        assert!(decide(&act, &[owner, person]).expect_change().groups.owner);
    }
}
