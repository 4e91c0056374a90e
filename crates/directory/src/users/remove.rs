//! Removes a person, by the operator: their row goes, their password with it, and their address is
//! free again. Whatever they held names an id that nobody bears any more; ids are random, so nobody
//! else gets it. Who is managed by somebody else's directory may be removed too: it is the way to
//! mend an import that said so wrongly.

use super::{ReasonText, User};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;
use crate::world::UserId;

#[derive(Clone, Debug)]
pub struct RemoveUser {
    pub user: UserId,
    pub why: Option<ReasonText>,
}

impl Act for RemoveUser {
    const NAME: &'static str = "remove_user";
    /// As they were.
    type Done = User;

    fn demand(&self) -> Demand {
        Demand::Operator
    }

    fn needs(&self, needs: &mut Needs) {
        needs.users([self.user]);
        needs.owners();
    }

    fn decide(&self, by: &Caller, facts: &Facts, _given: &Given) -> Decision<User> {
        let Some(user) = facts.user(Some(self.user)) else {
            return by.refused(Refusal::NoSuchUser);
        };
        if user.is_active_owner() && facts.active_owners() <= 1 {
            return by.refused(Refusal::NoOwnerRemains(user.id));
        }
        let record = Entry::UserRemoved { user: user.id, why: self.why.clone() };
        let writes = Writes { users_removed: vec![user.id], ..Writes::default() };
        by.changed(writes, record, user.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::stories::*;

    fn remove(user: &User) -> RemoveUser {
        RemoveUser { user: user.id, why: None }
    }

    #[test]
    fn a_person_is_removed_whatever_they_are() {
        for person in [
            a_person(2),
            a_person(2).suspended(),
            an_owner(2).suspended(),
            User { externally_managed: true, ..a_person(2) },
        ] {
            let there = [an_owner(1), person.clone()];
            assert_eq!(decide(&remove(&person), &there).expect_change(), person);
        }
    }

    #[test]
    fn the_last_active_owner_stays() {
        let there = [an_owner(1), an_owner(2).suspended(), a_person(3)];
        let refusal = decide(&remove(&there[0]), &there).expect_refusal();
        assert_eq!(refusal, Refusal::NoOwnerRemains(there[0].id));
    }

    #[test]
    fn one_of_two_owners_may_go() {
        let there = [an_owner(1), an_owner(2)];
        assert_eq!(decide(&remove(&there[0]), &there).expect_change().id, there[0].id);
    }

    #[test]
    fn nobody_is_not_removed() {
        let refusal = decide(&remove(&a_person(9)), &[a_person(1)]).expect_refusal();
        assert_eq!(refusal, Refusal::NoSuchUser);
    }
}
