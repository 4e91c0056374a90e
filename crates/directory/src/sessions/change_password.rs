//! A person changes their own password. The old one was found right before, slowly; here it must
//! still be theirs. Every session and link of theirs ends, and the one that asked goes on under a
//! new id.

use super::{PasswordHash, Session, SessionDigest};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;
use crate::groups::Right;
use crate::world::UserId;

#[derive(Clone, Debug)]
pub struct ChangePassword {
    /// Who asks.
    pub user: UserId,
    /// What the old password was held against.
    pub old: PasswordHash,
    pub new: PasswordHash,
    /// Of a fresh secret.
    pub session: SessionDigest,
}

impl Act for ChangePassword {
    const NAME: &'static str = "change_password";
    type Done = Session;

    fn demand(&self) -> Demand {
        Demand::Person(Right::Member)
    }

    fn needs(&self, needs: &mut Needs) {
        needs.users([self.user]);
        needs.password(self.user);
        needs.owners();
    }

    fn decide(&self, by: &Caller, facts: &Facts, given: &Given) -> Decision<Session> {
        if by.person() != Some(self.user) {
            return by.refused(Refusal::PersonOnly);
        }
        let Some(user) = facts.user(Some(self.user)) else {
            return by.refused(Refusal::NoSuchUser);
        };
        if facts.password(self.user) != Some(&self.old) {
            return by.refused(Refusal::ChangedMeanwhile);
        }
        let user = user.under_a_new_epoch();
        let session = Session::begin(self.session, &user, given.now);
        let writes = Writes {
            passwords: vec![(user.id, self.new.clone())],
            sessions_begun: vec![session],
            ..Writes::user(&user)
        };
        by.changed(writes, Entry::PasswordChanged { user: user.id }, session)
    }
}
