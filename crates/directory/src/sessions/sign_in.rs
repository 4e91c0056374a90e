//! Signing in: the password was found right before, slowly; here it must still be theirs. And what
//! becomes of a failed one: strangers raise a counter, of which so many an hour are records.

use super::{Session, SessionDigest};
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;
use crate::world::UserId;

/// Presented with [`crate::acting::Presented::Password`].
#[derive(Clone, Copy, Debug)]
pub struct SignIn {
    pub user: UserId,
    /// Of a fresh secret.
    pub session: SessionDigest,
}

impl Act for SignIn {
    const NAME: &'static str = "sign_in";
    type Done = Session;

    fn demand(&self) -> Demand {
        Demand::Password
    }

    fn needs(&self, needs: &mut Needs) {
        needs.users([self.user]);
    }

    fn decide(&self, by: &Caller, facts: &Facts, given: &Given) -> Decision<Session> {
        if by.person() != Some(self.user) {
            return by.refused(Refusal::PersonOnly);
        }
        let Some(user) = facts.user(Some(self.user)) else {
            return by.refused(Refusal::NoSuchUser);
        };
        let session = Session::begin(self.session, user, given.now);
        let writes = Writes { sessions_begun: vec![session], ..Writes::default() };
        by.changed(writes, Entry::SignedIn { user: user.id }, session)
    }
}

/// Somebody tried to sign in and could not. Presented with
/// [`crate::acting::Presented::Stranger`]; always refused, so that it is recorded as refusals are.
#[derive(Clone, Copy, Debug)]
pub struct FailToSignIn {
    /// Whose address was given, if it is anybody's.
    pub user: Option<UserId>,
}

impl Act for FailToSignIn {
    const NAME: &'static str = "sign_in";
    type Done = ();

    fn demand(&self) -> Demand {
        Demand::Anybody
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn decide(&self, by: &Caller, facts: &Facts, _given: &Given) -> Decision<()> {
        if facts.account().is_none() {
            return by.refused(Refusal::NoSuchAccount);
        }
        by.refused(Refusal::SignInFailed(self.user))
    }
}
