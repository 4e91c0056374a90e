//! The MAC keys a process holds: the newest signs, all that are there verify.

use std::collections::BTreeMap;
use std::fmt;

use zeroize::Zeroize;

use super::{MacKey, RootKey, RootKeyError};
use crate::world::Moment;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub u32);

/// A MAC key as the database holds it.
#[derive(Clone, Debug)]
pub struct SealedKey {
    pub id: KeyId,
    pub sealed: Vec<u8>,
    pub made: Moment,
}

impl SealedKey {
    #[must_use]
    pub fn seal(
        root: &RootKey,
        id: KeyId,
        secret: &[u8; 32],
        nonce: [u8; 12],
        made: Moment,
    ) -> Self {
        Self { id, sealed: root.seal(&label(id), nonce, secret), made }
    }
}

fn label(id: KeyId) -> Vec<u8> {
    [b"rollcall/mac-key/".as_slice(), &id.0.to_be_bytes()].concat()
}

pub struct KeyRing {
    keys: BTreeMap<KeyId, MacKey>,
    newest: KeyId,
    /// When the newest key was made: a clock before that has gone back.
    newest_made: Moment,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing").field("keys", &self.keys.keys()).finish()
    }
}

impl KeyRing {
    /// Opens every sealed key; one that does not open is an error, never skipped.
    pub fn open(root: &RootKey, sealed: &[SealedKey]) -> Result<Self, RootKeyError> {
        let mut keys = BTreeMap::new();
        for key in sealed {
            let mut secret = root.open(&label(key.id), &key.sealed)?;
            keys.insert(key.id, MacKey::derive(&secret));
            secret.zeroize();
        }
        let newest = sealed.iter().max_by_key(|key| key.id).ok_or(RootKeyError)?;
        Ok(Self { keys, newest: newest.id, newest_made: newest.made })
    }

    #[must_use]
    pub fn newest(&self) -> (KeyId, &MacKey) {
        let key = self.keys.get(&self.newest).expect("the newest key is one of the keys");
        (self.newest, key)
    }

    #[must_use]
    pub fn get(&self, id: KeyId) -> Option<&MacKey> {
        self.keys.get(&id)
    }

    #[must_use]
    pub fn newest_made(&self) -> Moment {
        self.newest_made
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Use;

    fn sealed(root: &RootKey, id: u32) -> SealedKey {
        let secret = [u8::try_from(id).unwrap(); 32];
        SealedKey::seal(root, KeyId(id), &secret, [3; 12], Moment::from_millis(0))
    }

    #[test]
    fn only_the_right_root_key_opens_the_ring() {
        let root = RootKey::from_bytes([1; 32]);
        let keys = [sealed(&root, 1), sealed(&root, 2)];
        let ring = KeyRing::open(&root, &keys).unwrap();
        assert_eq!(ring.newest().0, KeyId(2));
        assert!(KeyRing::open(&RootKey::from_bytes([2; 32]), &keys).is_err());
    }

    #[test]
    fn a_sealed_key_cannot_stand_in_anothers_place() {
        let root = RootKey::from_bytes([1; 32]);
        let moved = SealedKey { id: KeyId(9), ..sealed(&root, 1) };
        assert!(KeyRing::open(&root, &[moved]).is_err());
    }

    #[test]
    fn each_use_has_its_own_key() {
        let key = MacKey::derive(&[5; 32]);
        let tag = key.sign(Use::AccessToken, b"x");
        assert!(key.verify(Use::AccessToken, b"x", &tag));
        assert!(!key.verify(Use::PageToken, b"x", &tag));
    }
}
