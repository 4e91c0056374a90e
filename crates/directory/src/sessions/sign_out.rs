//! Signing out: here, by taking this session away; or everywhere, by raising the person's epoch,
//! which ends every session and link of theirs and leaves their vaults as they are.

use super::SessionDigest;
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;
use crate::groups::Right;
use crate::world::UserId;

/// The session that it is presented with, or another one of the same person.
#[derive(Clone, Copy, Debug)]
pub struct EndSession {
    pub session: SessionDigest,
}

impl Act for EndSession {
    const NAME: &'static str = "sign_out";
    type Done = ();

    fn demand(&self) -> Demand {
        Demand::Person(Right::Member)
    }

    fn needs(&self, needs: &mut Needs) {
        needs.session(self.session);
    }

    fn decide(&self, by: &Caller, facts: &Facts, _given: &Given) -> Decision<()> {
        let Some(person) = by.person() else { return by.refused(Refusal::PersonOnly) };
        // Somebody else's is answered as one that is not there.
        let theirs = facts.session(&self.session).filter(|session| session.user == person);
        if theirs.is_none() {
            return Decision::Nothing { done: () };
        }
        let writes = Writes { sessions_ended: vec![self.session], ..Writes::default() };
        by.changed(writes, Entry::SignedOut { user: person }, ())
    }
}

/// By the person themselves, or by the operator.
#[derive(Clone, Copy, Debug)]
pub struct EndSessions {
    pub user: UserId,
}

impl Act for EndSessions {
    const NAME: &'static str = "sign_out_everywhere";
    type Done = ();

    fn demand(&self) -> Demand {
        Demand::Person(Right::Member)
    }

    fn needs(&self, needs: &mut Needs) {
        needs.users([self.user]);
        // Not for the rule: so that the count stays right for those who act after this one.
        needs.owners();
    }

    fn decide(&self, by: &Caller, facts: &Facts, _given: &Given) -> Decision<()> {
        if by.person().is_some_and(|person| person != self.user) {
            return by.refused(Refusal::PersonOnly);
        }
        let Some(user) = facts.user(Some(self.user)) else {
            return by.refused(Refusal::NoSuchUser);
        };
        let writes = Writes::user(&user.under_a_new_epoch());
        by.changed(writes, Entry::SessionsEnded { user: user.id }, ())
    }
}
