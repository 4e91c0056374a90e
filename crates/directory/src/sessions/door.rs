//! The question at the door: whose address is this, and what is their password held against? Asked
//! before the slow comparison; the act that follows looks again.

use super::PasswordHash;
use crate::users::User;
use crate::world::AccountId;

#[derive(Clone, Debug)]
pub struct Door {
    pub account: AccountId,
    pub email: String,
}

#[derive(Clone, Debug)]
pub struct AtTheDoor {
    pub user: User,
    /// `None`: none was ever set.
    pub password: Option<PasswordHash>,
}

impl AtTheDoor {
    /// What to hold a password against. `None`: nobody gets in here, whatever they type.
    #[must_use]
    pub fn opens_to(&self) -> Option<&PasswordHash> {
        self.password.as_ref().filter(|_| self.user.is_active())
    }
}
