//! A short proof that we wrote something: a MAC over its parts, under a label of its own. It says
//! nothing secret and gives no right by itself.

use data_encoding::BASE64URL_NOPAD;
use rollcall_directory::keys::{KeyId, KeyRing, Use};

/// Key id and MAC.
const STAMP_BYTES: usize = 4 + 32;

pub(crate) fn stamp(keys: &KeyRing, purpose: Use, parts: &[&[u8]]) -> String {
    let (id, key) = keys.signing();
    let tag = key.sign(purpose, &message(parts));
    BASE64URL_NOPAD.encode(&[id.0.to_be_bytes().as_slice(), &tag].concat())
}

pub(crate) fn holds(keys: &KeyRing, purpose: Use, parts: &[&[u8]], text: &str) -> bool {
    if text.len() != BASE64URL_NOPAD.encode_len(STAMP_BYTES) {
        return false;
    }
    let Ok(bytes) = BASE64URL_NOPAD.decode(text.as_bytes()) else { return false };
    let Some((id, tag)) = bytes.split_first_chunk() else { return false };
    let key = keys.get(KeyId(u32::from_be_bytes(*id)));
    key.is_some_and(|key| key.verify(purpose, &message(parts), tag))
}

/// Each part behind its length, so that no part can pass for two.
fn message(parts: &[&[u8]]) -> Vec<u8> {
    let mut message = Vec::new();
    for part in parts {
        message.extend((part.len() as u64).to_be_bytes());
        message.extend_from_slice(part);
    }
    message
}

#[cfg(test)]
mod tests {
    use rollcall_directory::keys::{RootKey, SealedKey};
    use rollcall_directory::world::Moment;

    use super::*;

    #[test]
    fn a_stamp_holds_for_its_own_parts_and_purpose_alone() {
        let root = RootKey::from_bytes([1; 32]);
        let made = Moment::from_seconds(0);
        let key = SealedKey::seal(&root, KeyId(7), &[2; 32], [3; 12], made);
        let keys = KeyRing::open(&root, &[key], made).unwrap();
        let text = stamp(&keys, Use::Form, &[b"ab", b"c"]);
        assert!(holds(&keys, Use::Form, &[b"ab", b"c"], &text));
        assert!(!holds(&keys, Use::Form, &[b"a", b"bc"], &text));
        assert!(!holds(&keys, Use::KnownMachine, &[b"ab", b"c"], &text));
        for other in ["", "x", &text[1..], &format!("{text}A"), &"A".repeat(text.len())] {
            assert!(!holds(&keys, Use::Form, &[b"ab", b"c"], other), "{other}");
        }
    }
}
