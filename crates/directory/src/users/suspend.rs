//! Suspend: from the moment it is answered the person is out, everywhere. Nothing they hold is
//! ended one by one: the act raises their epoch, and whatever checks a credential compares it.

use super::{ReasonText, User, owners_only};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::applications::Scope;
use crate::audit::Entry;
use crate::world::{AccountId, UserId};

#[derive(Clone, Debug)]
pub struct Suspend {
    /// The account that the caller named; it must be the caller's own.
    pub account: Option<AccountId>,
    /// `None`: what the caller named cannot be anybody's id.
    pub user: Option<UserId>,
    pub why: Option<ReasonText>,
}

impl Act for Suspend {
    const NAME: &'static str = "suspend_user";
    type Done = User;

    fn demand(&self) -> Demand {
        Demand::Scope { account: self.account, scope: Scope::SuspendUsers }
    }

    fn needs(&self, needs: &mut Needs) {
        needs.users(self.user);
        needs.owners();
    }

    fn decide(&self, by: &Caller, facts: &Facts, _given: &Given) -> Decision<User> {
        let Some(user) = facts.user(self.user).filter(|user| user.is_seen_by(by)) else {
            return by.refused(Refusal::NoSuchUser);
        };
        if user.is_suspended() {
            return Decision::Nothing { done: user.clone() };
        }
        if by.person() == Some(user.id) {
            return by.refused(Refusal::Oneself(user.id));
        }
        if let Some(why) = owners_only(by, facts, user) {
            return by.refused(why);
        }
        if user.externally_managed {
            return by.refused(Refusal::ExternallyManaged(user.id));
        }
        if user.is_active_owner() && facts.active_owners() <= 1 {
            return by.refused(Refusal::NoOwnerRemains(user.id));
        }
        let user = user.suspended();
        let entry = Entry::UserSuspended { user: user.id, why: self.why.clone() };
        by.changed(Writes::user(&user), entry, user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::stories::*;

    #[test]
    fn an_active_person_is_suspended_and_their_epoch_raised() {
        let person = a_person(1);
        let done = decide(&suspend(&person), std::slice::from_ref(&person)).expect_change();
        assert!(done.is_suspended());
        assert!(done.epoch > person.epoch);
    }

    #[test]
    fn a_suspended_person_stays_as_they_are_without_a_record() {
        let person = a_person(1).suspended();
        assert_eq!(
            decide(&suspend(&person), std::slice::from_ref(&person)).expect_nothing(),
            person
        );
    }

    #[test]
    fn the_last_active_owner_stays() {
        let (last, former) = (an_owner(1), an_owner(2).suspended());
        let refusal = decide(&suspend(&last), &[last.clone(), former]).expect_refusal();
        assert_eq!(refusal, Refusal::NoOwnerRemains(last.id));
    }

    #[test]
    fn one_of_two_owners_may_go() {
        let (one, other) = (an_owner(1), an_owner(2));
        assert!(decide(&suspend(&one), &[one.clone(), other]).expect_change().is_suspended());
    }

    #[test]
    fn somebody_elses_person_is_left_to_them() {
        let person = User { externally_managed: true, ..a_person(1) };
        let refusal = decide(&suspend(&person), std::slice::from_ref(&person)).expect_refusal();
        assert_eq!(refusal, Refusal::ExternallyManaged(person.id));
    }

    #[test]
    fn nobody_is_not_suspended() {
        let act = Suspend { account: None, user: None, why: None };
        assert_eq!(decide(&act, &[]).expect_refusal(), Refusal::NoSuchUser);
    }

    fn suspend(user: &User) -> Suspend {
        Suspend { account: None, user: Some(user.id), why: None }
    }
}
