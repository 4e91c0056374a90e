//! What must hold of any bytes that come as a token, a page token or a root key: what was sealed
//! opens, and nothing else does. The fuzz targets feed these, and so do the property tests below;
//! a failure is a panic. Never in the binary.

use std::sync::LazyLock;
use std::time::Duration;

use data_encoding::{BASE64, HEXLOWER, HEXUPPER};

use crate::applications::{checksummed, without_checksum};
use crate::keys::{KeyId, KeyRing, RootKey, SealedKey};
use crate::tokens::{AccessToken, Claims};
use crate::users::{After, PAGE_TOKEN_LIFE, StateFilter};
use crate::world::{AccountId, ApplicationId, Moment, SecretId, TokenId, UserId};

static RING: LazyLock<KeyRing> = LazyLock::new(|| ring([2; 32]));
/// The same id, another key: another server's.
static FOREIGN: LazyLock<KeyRing> = LazyLock::new(|| ring([3; 32]));

fn ring(secret: [u8; 32]) -> KeyRing {
    let (root, made) = (RootKey::from_bytes([1; 32]), Moment::from_seconds(0));
    let key = SealedKey::seal(&root, KeyId(1), &secret, [3; 12], made);
    KeyRing::open(&root, &[key], Moment::from_seconds(100)).expect("its own root key opens it")
}

/// From 1970 to some 4,000 years on, as a clock says it.
fn moment(bytes: [u8; 8]) -> Moment {
    Moment::from_millis(i64::from_be_bytes(bytes) & 0x7fff_ffff_ffff)
}

/// So many bytes from the front, or nothing to test.
fn cut<const N: usize>(data: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = data.split_first_chunk()?;
    *data = rest;
    Some(*head)
}

/// The text with one of its bytes another letter of the alphabet of tokens.
fn changed(text: &str, at: u8, by: u8) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bytes = text.as_bytes().to_vec();
    let at = usize::from(at) % bytes.len();
    let letter = LETTERS[usize::from(by) % LETTERS.len()];
    bytes[at] = if bytes[at] == letter { b'~' } else { letter };
    String::from_utf8(bytes).expect("ASCII stays ASCII")
}

fn fits_in_a_header_and_an_address(text: &str) -> bool {
    text.len() <= 256 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

/// Any text, and any text with a right checksum, is refused; what was sealed opens, for its own
/// keys only, and not with a byte changed.
pub fn access_token(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        assert!(Claims::open(text, &RING).is_err(), "a forged token opened");
    }
    let forged = checksummed(AccessToken::PREFIX, data);
    assert!(Claims::open(&forged, &RING).is_err(), "a forged token opened");
    let _ = claims(data);
}

fn claims(mut data: &[u8]) -> Option<()> {
    let [at, by] = cut(&mut data)?;
    let claims = Claims {
        token: TokenId::from_bytes(cut(&mut data)?),
        account: AccountId::from_bytes(cut(&mut data)?),
        application: ApplicationId::from_bytes(cut(&mut data)?),
        secret: SecretId::from_bytes(cut(&mut data)?),
        issued: Moment::from_millis(i64::from_be_bytes(cut(&mut data)?)),
        ends: Moment::from_millis(i64::from_be_bytes(cut(&mut data)?)),
        epoch: u32::from_be_bytes(cut(&mut data)?),
    };
    let sealed = claims.seal(&RING);
    let text = sealed.expose();
    assert!(fits_in_a_header_and_an_address(text), "{text}");
    assert_eq!(Claims::open(text, &RING), Ok(claims));
    assert!(Claims::open(text, &FOREIGN).is_err(), "another server's token opened");
    assert!(Claims::open(&changed(text, at, by), &RING).is_err(), "a changed token opened");
    let mut bytes = without_checksum(AccessToken::PREFIX, text).expect("it has its checksum");
    let at = usize::from(at) % bytes.len();
    bytes[at] ^= by.max(1);
    let good_checksum = checksummed(AccessToken::PREFIX, &bytes);
    assert!(Claims::open(&good_checksum, &RING).is_err(), "changed under a right checksum");
    let now = Moment::from_seconds(0);
    let as_page = text.trim_start_matches(AccessToken::PREFIX);
    for filter in FILTERS {
        let account = AccountId::from_bytes([0; 16]);
        assert!(After::open(as_page, &RING, account, filter, now).is_err());
    }
    Some(())
}

const FILTERS: [StateFilter; 3] = [StateFilter::All, StateFilter::Active, StateFilter::Suspended];

/// Any text is refused; what was sealed opens for its own account, filter, keys and three days.
pub fn page_token(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let account = AccountId::from_bytes([1; 16]);
        let opened = After::open(text, &RING, account, StateFilter::All, Moment::from_seconds(0));
        assert!(opened.is_err(), "a forged page token opened");
    }
    let _ = after(data);
}

fn after(mut data: &[u8]) -> Option<()> {
    let [at, by, filter] = cut(&mut data)?;
    let filter = FILTERS[usize::from(filter) % FILTERS.len()];
    let account = AccountId::from_bytes(cut(&mut data)?);
    let other = AccountId::from_bytes(cut(&mut data)?);
    let now = moment(cut(&mut data)?);
    let after = After {
        created: Moment::from_millis(i64::from_be_bytes(cut(&mut data)?)),
        id: UserId::from_bytes(cut(&mut data)?),
    };
    let text = after.seal(&RING, account, filter, now);
    assert!(fits_in_a_header_and_an_address(&text), "{text}");
    let open = |text: &str, ring: &KeyRing, account, filter, now| {
        After::open(text, ring, account, filter, now).ok()
    };
    let last = now.plus(PAGE_TOKEN_LIFE).minus(Duration::from_millis(1));
    assert_eq!(open(&text, &RING, account, filter, now), Some(after));
    assert_eq!(open(&text, &RING, account, filter, last), Some(after));
    assert_eq!(open(&text, &RING, account, filter, now.plus(PAGE_TOKEN_LIFE)), None);
    assert_eq!(open(&text, &FOREIGN, account, filter, now), None, "another server's opened");
    assert_eq!(open(&changed(&text, at, by), &RING, account, filter, now), None);
    assert!(other == account || open(&text, &RING, other, filter, now).is_none());
    for unlike in FILTERS.into_iter().filter(|unlike| *unlike != filter) {
        assert_eq!(open(&text, &RING, account, unlike, now), None, "another list's opened");
    }
    assert!(Claims::open(&text, &RING).is_err());
    assert!(Claims::open(&format!("{}{text}", AccessToken::PREFIX), &RING).is_err());
    Some(())
}

/// A root key reads as it was written, in each spelling; what is no key is refused; what it sealed
/// opens under it alone, in its own place alone.
pub fn root_key(data: &[u8]) {
    if let Some(key) = std::str::from_utf8(data).ok().and_then(|text| text.parse().ok()) {
        let key: RootKey = key;
        assert_reads_as(&key.to_text(), &key);
    }
    let _ = sealing(data);
}

fn assert_reads_as(text: &str, key: &RootKey) {
    let read: RootKey = text.parse().expect("a key that was written is read");
    assert_eq!(read.id(), key.id());
    assert_eq!(*read.to_text(), *key.to_text());
}

fn sealing(mut data: &[u8]) -> Option<()> {
    let bytes: [u8; 32] = cut(&mut data)?;
    let [at, by]: [u8; 2] = cut(&mut data)?;
    let nonce = cut(&mut data)?;
    let key = RootKey::from_bytes(bytes);
    assert_reads_as(&HEXLOWER.encode(&bytes), &key);
    assert_reads_as(&format!("\n {}\r\n", HEXUPPER.encode(&bytes)), &key);
    assert_reads_as(&format!("{}\n", BASE64.encode(&bytes)), &key);
    let mut other = bytes;
    other[usize::from(at) % 32] ^= by.max(1);
    let other = RootKey::from_bytes(other);
    assert_ne!(other.id(), key.id());
    let sealed = key.seal(b"here", nonce, data);
    assert_eq!(
        key.open(b"here", &sealed).map(|opened| opened.to_vec()).ok().as_deref(),
        Some(data)
    );
    assert!(other.open(b"here", &sealed).is_err(), "another root key opened it");
    assert!(key.open(b"there", &sealed).is_err(), "it opened in another's place");
    let mut changed = sealed;
    let at = usize::from(at) % changed.len();
    changed[at] ^= by.max(1);
    assert!(key.open(b"here", &changed).is_err(), "a changed one opened");
    assert!(key.open(b"here", data).is_err(), "a forged one opened");
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn access_tokens_open_as_sealed_and_in_no_other_form(data in vec(0u8.., 0..120)) {
            access_token(&data);
        }

        #[test]
        fn page_tokens_open_as_sealed_and_in_no_other_form(data in vec(0u8.., 0..120)) {
            page_token(&data);
        }

        #[test]
        fn root_keys_read_as_written_and_seal_for_one_place(data in vec(0u8.., 0..120)) {
            root_key(&data);
        }

        #[test]
        fn whatever_reads_as_a_root_key_prints_as_it(text in "\\s?([0-9a-fA-F]{64}|[A-Za-z0-9+/]{43}=)\\s?") {
            root_key(text.as_bytes());
        }
    }
}
