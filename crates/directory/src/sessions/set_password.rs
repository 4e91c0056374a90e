//! Sets a person's password, by the operator; the hash was made before. What they held before ends.

use super::PasswordHash;
use crate::acting::{Act, Caller, Decision, Demand, Facts, Given, Needs, Refusal, Writes};
use crate::audit::Entry;
use crate::world::{AccountId, UserId};

#[derive(Clone, Debug)]
pub struct SetPassword {
    pub user: UserId,
    pub hash: PasswordHash,
}

impl Act for SetPassword {
    const NAME: &'static str = "set_password";
    type Done = ();

    fn demand(&self) -> Demand {
        Demand::Operator
    }

    fn needs(&self, needs: &mut Needs) {
        needs.users(Some(self.user));
        // Not for the rule: so that the count stays right for those who act after this one.
        needs.owners();
    }

    fn decide(&self, by: &Caller, facts: &Facts, _given: &Given) -> Decision<()> {
        let Some(user) = facts.user(Some(self.user)) else {
            return by.refused(Refusal::NoSuchUser);
        };
        // Whoever was invited can come in by it.
        let after = if user.is_invited() { user.come_in() } else { user.under_a_new_epoch() };
        let writes = Writes {
            passwords: vec![(self.user, self.hash.clone())],
            ..Writes::user(&after)
        };
        by.changed(writes, Entry::PasswordSet { user: self.user }, ())
    }
}

/// The question: what is the hash of this person's password? The door compares; this only looks.
#[derive(Clone, Copy, Debug)]
pub struct StoredPassword {
    pub account: AccountId,
    pub user: UserId,
}
