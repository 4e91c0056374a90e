//! Puts a person into groups or takes them out, by the operator. The owner rule holds here too.

use super::User;
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;
use crate::groups::{Group, Groups};
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
        Demand::Operator
    }

    fn needs(&self, needs: &mut Needs) {
        needs.users(Some(self.user));
        needs.owners();
    }

    fn decide(&self, by: &Caller, facts: &Facts, _given: &Given) -> Decision<User> {
        let Some(user) = facts.user(Some(self.user)) else {
            return by.refused(Refusal::NoSuchUser);
        };
        if user.groups == self.groups {
            return Decision::Nothing { done: user.clone() };
        }
        if user.is_active_owner() && !self.groups.owner && facts.active_owners() <= 1 {
            return by.refused(Refusal::NoOwnerRemains(user.id));
        }
        let user = user.regrouped(self.groups);
        let entry = Entry::GroupsChanged { user: user.id, groups: names(self.groups) };
        by.changed(Writes::user(&user), entry, user)
    }
}

fn names(groups: Groups) -> Vec<Group> {
    let held = |group: &Group| match group {
        Group::Owners => groups.owner,
        Group::Administrators => groups.administrator,
        Group::Security => groups.security,
    };
    Group::ALL.into_iter().filter(held).collect()
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
