//! Keys: one root key from outside, under which the MAC keys are sealed in the database, and the
//! separate keys that are derived from a MAC key for each use. A copied database without the root
//! key opens nothing and forges nothing.

mod derive;
mod ring;
mod root;
pub mod rotate;

pub use derive::{MacKey, Use};
pub use ring::{KeyId, KeyRing, SealedKey};
pub use root::{RootKey, RootKeyError, RootKeyId, RootKeyShape};

/// What is kept of a random secret of 256 bits: client secret, session, code of a link.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    use aws_lc_rs::digest::{SHA256, digest};
    digest(&SHA256, bytes).as_ref().try_into().expect("SHA-256 gives 32 bytes")
}
