//! The MAC keys a process holds: one signs, all that are there verify. At most two are kept: the
//! newest, and the one before it, whose tokens are still out.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::{MacKey, RootKey, RootKeyError, RootKeyId};
use crate::world::Moment;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub u32);

/// A MAC key as the database holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedKey {
    pub id: KeyId,
    pub sealed: Vec<u8>,
    pub made: Moment,
    /// Empty where it was sealed before this was noted.
    pub root: RootKeyId,
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
        Self { id, sealed: root.seal(&label(id), nonce, secret), made, root: root.id() }
    }

    /// The same key, sealed under another root key.
    pub fn resealed(
        &self,
        from: &RootKey,
        to: &RootKey,
        nonce: [u8; 12],
    ) -> Result<Self, RootKeyError> {
        let secret = from.open(&label(self.id), &self.sealed)?;
        let sealed = to.seal(&label(self.id), nonce, &secret);
        Ok(Self { id: self.id, sealed, made: self.made, root: to.id() })
    }

    fn open(&self, root: &RootKey) -> Result<MacKey, RootKeyError> {
        let secret = root.open(&label(self.id), &self.sealed)?;
        let secret: &[u8; 32] = secret.as_slice().try_into().map_err(|_| RootKeyError)?;
        Ok(MacKey::derive(secret))
    }
}

fn label(id: KeyId) -> Vec<u8> {
    [b"rollcall/mac-key/".as_slice(), &id.0.to_be_bytes()].concat()
}

pub struct KeyRing {
    keys: BTreeMap<KeyId, MacKey>,
    signs: KeyId,
    /// When the newest key was made: a clock before that has gone back.
    newest_made: Moment,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing")
            .field("keys", &self.keys.keys())
            .field("signs", &self.signs)
            .finish()
    }
}

impl KeyRing {
    /// A new key signs only after this time: until then every process has come to know it.
    pub const SETTLES_IN: Duration = Duration::from_secs(10);

    /// Opens every sealed key; one that does not open is an error, never skipped.
    pub fn open(root: &RootKey, sealed: &[SealedKey], now: Moment) -> Result<Self, RootKeyError> {
        let mut keys = BTreeMap::new();
        for key in sealed {
            keys.insert(key.id, key.open(root)?);
        }
        let newest = sealed.iter().max_by_key(|key| key.id).ok_or(RootKeyError)?;
        let settled = sealed.iter().filter(|key| key.made.plus(Self::SETTLES_IN) <= now);
        // All of them new: then there is none that others know better.
        let first = sealed.iter().map(|key| key.id).min().unwrap_or(newest.id);
        let signs = settled.map(|key| key.id).max().unwrap_or(first);
        Ok(Self { keys, signs, newest_made: newest.made })
    }

    /// The key that signs.
    #[must_use]
    pub fn signing(&self) -> (KeyId, &MacKey) {
        let key = self.keys.get(&self.signs).expect("the key that signs is one of the keys");
        (self.signs, key)
    }

    #[must_use]
    pub fn get(&self, id: KeyId) -> Option<&MacKey> {
        self.keys.get(&id)
    }

    /// All that verify, the oldest first.
    pub fn ids(&self) -> impl Iterator<Item = KeyId> {
        self.keys.keys().copied()
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

    const NOW: Moment = Moment::from_millis(1_000_000);

    fn sealed(root: &RootKey, id: u32) -> SealedKey {
        let secret = [u8::try_from(id).unwrap(); 32];
        SealedKey::seal(root, KeyId(id), &secret, [3; 12], Moment::from_millis(0))
    }

    #[test]
    fn only_the_right_root_key_opens_the_ring() {
        let root = RootKey::from_bytes([1; 32]);
        let keys = [sealed(&root, 1), sealed(&root, 2)];
        let ring = KeyRing::open(&root, &keys, NOW).unwrap();
        assert_eq!(ring.signing().0, KeyId(2));
        assert!(KeyRing::open(&RootKey::from_bytes([2; 32]), &keys, NOW).is_err());
    }

    #[test]
    fn a_new_key_verifies_at_once_and_signs_when_all_know_it() {
        let root = RootKey::from_bytes([1; 32]);
        let new = SealedKey { made: NOW, ..sealed(&root, 2) };
        let keys = [sealed(&root, 1), new];
        let at = |now| KeyRing::open(&root, &keys, now).unwrap();
        assert_eq!(at(NOW).signing().0, KeyId(1));
        assert!(at(NOW).get(KeyId(2)).is_some());
        assert_eq!(at(NOW.plus(KeyRing::SETTLES_IN)).signing().0, KeyId(2));
    }

    #[test]
    fn under_another_root_key_it_is_the_same_key() {
        let (old, new) = (RootKey::from_bytes([1; 32]), RootKey::from_bytes([2; 32]));
        let before = sealed(&old, 1);
        let after = before.resealed(&old, &new, [4; 12]).unwrap();
        assert_eq!(after.root, new.id());
        let tag =
            KeyRing::open(&old, &[before], NOW).unwrap().signing().1.sign(Use::PageToken, b"x");
        let ring = KeyRing::open(&new, std::slice::from_ref(&after), NOW).unwrap();
        assert!(ring.signing().1.verify(Use::PageToken, b"x", &tag));
        assert!(KeyRing::open(&old, &[after], NOW).is_err());
    }

    #[test]
    fn a_sealed_key_cannot_stand_in_anothers_place() {
        let root = RootKey::from_bytes([1; 32]);
        let moved = SealedKey { id: KeyId(9), ..sealed(&root, 1) };
        assert!(KeyRing::open(&root, &[moved], NOW).is_err());
    }

    #[test]
    fn each_use_has_its_own_key() {
        let key = MacKey::derive(&[5; 32]);
        let tag = key.sign(Use::AccessToken, b"x");
        assert!(key.verify(Use::AccessToken, b"x", &tag));
        assert!(!key.verify(Use::PageToken, b"x", &tag));
    }
}
