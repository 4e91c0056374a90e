//! Reactivate: the person may sign in again. Nothing from before the suspension comes back. Where it
//! is so set, an application may not do it for somebody who has seen a live secret of it: whoever
//! was suspended might hold that secret, and let themselves in again.

use super::{ReasonText, User, owners_only};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::applications::Scope;
use crate::audit::Entry;
use crate::world::{AccountId, UserId};

#[derive(Clone, Debug)]
pub struct Reactivate {
    pub account: Option<AccountId>,
    pub user: Option<UserId>,
    pub why: Option<ReasonText>,
    /// Refuse an application whose live secret the person has seen.
    pub guarded: bool,
}

impl Act for Reactivate {
    const NAME: &'static str = "reactivate_user";
    type Done = User;

    fn demand(&self) -> Demand {
        Demand::Scope { account: self.account, scope: Scope::ReactivateUsers }
    }

    fn needs(&self, needs: &mut Needs) {
        needs.users(self.user);
        needs.secrets_seen_by(self.user);
        // Not for the rule: so that the count stays right for those who act after this one.
        needs.owners();
    }

    fn decide(&self, by: &Caller, facts: &Facts, _given: &Given) -> Decision<User> {
        let Some(user) = facts.user(self.user).filter(|user| user.is_seen_by(by)) else {
            return by.refused(Refusal::NoSuchUser);
        };
        if !user.is_suspended() {
            return Decision::Nothing { done: user.clone() };
        }
        if let Some(why) = owners_only(by, facts, user) {
            return by.refused(why);
        }
        let application = by.application().filter(|_| self.guarded);
        if application.is_some_and(|id| facts.has_seen_a_live_secret(user.id, id)) {
            return by.refused(Refusal::SecretSeen(user.id));
        }
        let user = user.reactivated();
        let entry = Entry::UserReactivated { user: user.id, why: self.why.clone() };
        by.changed(Writes::user(&user), entry, user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::stories::*;

    #[test]
    fn a_suspended_person_is_back_under_a_new_epoch() {
        let person = a_person(1).suspended();
        let act = Reactivate { account: None, user: Some(person.id), why: None, guarded: false };
        let done = decide(&act, std::slice::from_ref(&person)).expect_change();
        assert!(!done.is_suspended());
        assert!(done.epoch > person.epoch);
    }

    #[test]
    fn an_active_person_stays_as_they_are() {
        let person = a_person(1);
        let act = Reactivate { account: None, user: Some(person.id), why: None, guarded: false };
        assert_eq!(decide(&act, std::slice::from_ref(&person)).expect_nothing(), person);
    }
}
