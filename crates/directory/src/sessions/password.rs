//! Passwords by Argon2id with the parameters that OWASP recommends (19 MiB, two passes, one
//! lane), kept as PHC strings. Slow on purpose: hash before an act, never in one.

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc};
use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Prints as nothing: there is no `Debug`.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Password(String);

/// A PHC string, such as `$argon2id$v=19$m=19456,t=2,p=1$…`.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl Password {
    pub const LENGTH_MAX_BYTES: usize = 1024;

    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    #[must_use]
    pub fn hash(&self, salt: &[u8; 16]) -> Option<PasswordHash> {
        self.hash_with(&Argon2::default(), salt)
    }

    /// The same with little memory and in little time, for the made-up people of a double alone, whose
    /// passwords are printed: it is started often, and stays in memory beside what is tried against it.
    #[must_use]
    pub fn hash_made_up(&self, salt: &[u8; 16]) -> Option<PasswordHash> {
        let little = Params::new(Params::MIN_M_COST, 1, 1, None).ok()?;
        self.hash_with(&Argon2::new(Algorithm::Argon2id, Version::V0x13, little), salt)
    }

    fn hash_with(&self, argon2: &Argon2<'_>, salt: &[u8; 16]) -> Option<PasswordHash> {
        if self.0.is_empty() || self.0.len() > Self::LENGTH_MAX_BYTES {
            return None;
        }
        let hash = argon2.hash_password_with_salt(self.0.as_bytes(), salt).ok()?;
        Some(PasswordHash(hash.to_string()))
    }

    #[must_use]
    pub fn matches(&self, hash: &PasswordHash) -> bool {
        self.0.len() <= Self::LENGTH_MAX_BYTES
            && phc::PasswordHash::new(&hash.0).is_ok_and(|hash| {
                Argon2::default().verify_password(self.0.as_bytes(), &hash).is_ok()
            })
    }
}

impl PasswordHash {
    #[must_use]
    pub fn from_row(phc: String) -> Self {
        Self(phc)
    }

    pub(crate) fn to_row(&self) -> String {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_password_matches() {
        let hash = Password::new("correct horse".into()).hash(&[1; 16]).unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(Password::new("correct horse".into()).matches(&hash));
        assert!(!Password::new("correct house".into()).matches(&hash));
        let made_up = Password::new("correct horse".into()).hash_made_up(&[1; 16]).unwrap();
        assert!(made_up.0.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
        assert!(Password::new("correct horse".into()).matches(&made_up));
        assert!(!Password::new("correct house".into()).matches(&made_up));
        assert!(Password::new("x".repeat(1025)).hash(&[1; 16]).is_none());
        assert!(!Password::new("x".into()).matches(&PasswordHash::from_row("rubbish".into())));
    }
}
