//! Sets a person's password, by the operator; the hash was made before.

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
    }

    fn decide(&self, by: &Caller, facts: &Facts, _given: &Given) -> Decision<()> {
        if facts.user(Some(self.user)).is_none() {
            return by.refused(Refusal::NoSuchUser);
        }
        let writes =
            Writes { passwords: vec![(self.user, self.hash.to_row())], ..Writes::default() };
        by.changed(writes, Entry::PasswordSet { user: self.user }, ())
    }
}

/// The question: what is the hash of this person's password? The door compares; this only looks.
#[derive(Clone, Copy, Debug)]
pub struct StoredPassword {
    pub account: AccountId,
    pub user: UserId,
}
