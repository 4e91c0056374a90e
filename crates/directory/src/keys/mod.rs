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
