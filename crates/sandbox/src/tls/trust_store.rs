//! The authority as Java wants it: a key store of the old form (JKS), which every Java reads and
//! which is a few lines to write. One certificate, trusted; nothing secret is in it.

use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};
use rollcall_directory::world::Moment;

const MAGIC: u32 = 0xfeed_feed;
const VERSION: u32 = 2;
const TRUSTED: u32 = 2;
pub(super) const ALIAS: &str = "rollcall-double";
/// Java's own default. It guards against accidents, not against people.
pub(super) const PASSWORD: &str = "changeit";
/// Java's salt of the checksum.
const SALT: &[u8] = b"Mighty Aphrodite";

pub(super) fn of(certificate: &[u8], now: Moment) -> Vec<u8> {
    let mut store = Vec::with_capacity(certificate.len() + 128);
    for number in [MAGIC, VERSION, 1, TRUSTED] {
        store.extend(number.to_be_bytes());
    }
    text(&mut store, ALIAS);
    store.extend(now.millis().to_be_bytes());
    text(&mut store, "X.509");
    let length = u32::try_from(certificate.len()).expect("a certificate of ours is short");
    store.extend(length.to_be_bytes());
    store.extend(certificate);
    let mut checksum = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    for unit in PASSWORD.encode_utf16() {
        checksum.update(&unit.to_be_bytes());
    }
    checksum.update(SALT);
    checksum.update(&store);
    store.extend(checksum.finish().as_ref());
    store
}

fn text(store: &mut Vec<u8>, text: &str) {
    let length = u16::try_from(text.len()).expect("our words are short");
    store.extend(length.to_be_bytes());
    store.extend(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As keytool of Java 17 writes it: for the same certificate the two differ in the time and
    /// in the checksum over it.
    #[test]
    fn it_has_the_form_that_java_reads() {
        let store = of(&[0x30, 0x00], Moment::from_millis(0x0102_0304_0506));
        let head = b"\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\x01\0\0\0\x02\0\x0frollcall-double";
        let rest = b"\0\0\x01\x02\x03\x04\x05\x06\0\x05X.509\0\0\0\x02\x30\0";
        assert_eq!(store[..store.len() - 20], [&head[..], &rest[..]].concat());
    }
}
