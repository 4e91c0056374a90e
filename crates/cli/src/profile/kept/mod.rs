//! The secret of a profile: read from where it is kept, kept, and forgotten. It goes with the base
//! URL and the client ID that it was kept for: a profile that was turned to another server by hand
//! has none.

pub mod command;
mod file;
#[cfg(feature = "keyring")]
mod keyring;
#[cfg(not(feature = "keyring"))]
#[path = "no_keyring.rs"]
mod keyring;

use rollcall_sdk::SecretText;

use super::{Keeping, Name, Place, Profile};
use crate::failure::Failure;

/// The most that a secret has.
pub const SECRET_MAX_BYTES: u64 = 4096;

/// Whose secret it is.
#[derive(Clone, Copy)]
pub struct Owner<'a> {
    pub place: &'a Place,
    pub name: &'a Name,
    pub profile: &'a Profile,
}

impl Owner<'_> {
    pub fn read(&self) -> Result<SecretText, Failure> {
        match &self.profile.secret {
            Keeping::Keyring => keyring::read(self),
            Keeping::File => file::read(self),
            Keeping::Command { command } => command::read(command),
            Keeping::None => Err(self.none("keeps no secret")),
        }
    }

    /// Where the profile says.
    pub fn keep(&self, secret: &SecretText) -> Result<(), Failure> {
        match &self.profile.secret {
            Keeping::Keyring => keyring::keep(self, secret),
            Keeping::File => file::keep(self, secret),
            Keeping::Command { .. } | Keeping::None => Ok(()),
        }
    }

    /// Whether there was one.
    pub fn forget(&self) -> Result<bool, Failure> {
        match &self.profile.secret {
            Keeping::Keyring => keyring::forget(self),
            Keeping::File => file::forget(self),
            Keeping::Command { .. } => Ok(true),
            Keeping::None => Ok(false),
        }
    }

    fn none(&self, why: &str) -> Failure {
        Failure::wrong_use(
            format!("the profile {} {why}", self.name),
            format!(
                "`rollcall login --profile {}` keeps one; or set ROLLCALL_CLIENT_SECRET, or say --secret-file FILE",
                self.name
            ),
        )
    }
}

/// A secret as somebody wrote or printed it, without the end of its line.
pub fn checked(text: &str) -> Result<SecretText, &'static str> {
    match text.trim() {
        "" => Err("there is no secret in it"),
        text if text.len() as u64 > SECRET_MAX_BYTES => Err("that is too long to be a secret"),
        text if text.chars().any(|c| c.is_control()) => Err("a secret is one line"),
        text => Ok(SecretText::from(text.to_owned())),
    }
}

#[cfg(test)]
mod tests;
