//! Puts a person into one group or takes them out of it, by the operator or by a
//! person who may manage people, and leaves the others as
//! they are: two who change two groups at once both have their way.

use super::User;
use super::set_groups::regroup;
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal};
use crate::groups::{Group, Right};
use crate::world::UserId;

#[derive(Clone, Copy, Debug)]
pub struct ChangeGroup {
    pub user: UserId,
    pub group: Group,
    /// In it afterwards, or not.
    pub member: bool,
}

impl Act for ChangeGroup {
    const NAME: &'static str = "change_group";
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
        regroup(by, facts, user, user.groups.with(self.group, self.member))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::stories::*;

    fn change(user: &User, group: Group, member: bool) -> ChangeGroup {
        ChangeGroup { user: user.id, group, member }
    }

    #[test]
    fn one_group_changes_and_the_others_stay() {
        let there = [an_owner(1), an_owner(2)];
        let act = change(&there[1], Group::Security, true);
        let done = decide(&act, &there).expect_change();
        assert_eq!(done.groups.names(), [Group::Owners, Group::Security]);
        assert!(done.epoch > there[1].epoch);
        let act = change(&there[1], Group::Owners, false);
        assert!(decide(&act, &there).expect_change().groups.names().is_empty());
    }

    #[test]
    fn who_is_in_it_already_stays_as_they_are() {
        let there = [an_owner(1)];
        let in_it = change(&there[0], Group::Owners, true);
        assert_eq!(decide(&in_it, &there).expect_nothing(), there[0]);
        let not_in_it = change(&there[0], Group::Security, false);
        assert_eq!(decide(&not_in_it, &there).expect_nothing(), there[0]);
    }

    #[test]
    fn the_last_active_owner_is_not_demoted() {
        let there = [an_owner(1), an_owner(2).suspended()];
        let refusal = decide(&change(&there[0], Group::Owners, false), &there).expect_refusal();
        assert_eq!(refusal, Refusal::NoOwnerRemains(there[0].id));
    }

    #[test]
    fn nobody_is_in_no_group() {
        let act = change(&a_person(9), Group::Owners, true);
        assert_eq!(decide(&act, &[]).expect_refusal(), Refusal::NoSuchUser);
    }
}
