//! The root key: 256 bits from a file, a credential or a command, never in the database. It seals
//! what is secret there with AES-256-GCM; the place's own name is the associated data, so that
//! what is sealed cannot be put in the place of another.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf;
use data_encoding::{BASE64, HEXLOWER, HEXLOWER_PERMISSIVE};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct RootKey([u8; 32]);

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Which root key it is, without saying anything of it: 16 hexadecimal digits, derived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RootKeyId(pub String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a root key is 32 random bytes, written as 64 hexadecimal digits or as base64, on one line"
)]
pub struct RootKeyShape;

impl FromStr for RootKey {
    type Err = RootKeyShape;

    /// As `rollcall admin keys new-root-key` writes it.
    fn from_str(text: &str) -> Result<Self, RootKeyShape> {
        let text = text.trim().as_bytes();
        let bytes = Zeroizing::new(
            HEXLOWER_PERMISSIVE
                .decode(text)
                .or_else(|_| BASE64.decode(text))
                .map_err(|_| RootKeyShape)?,
        );
        bytes.as_slice().try_into().map(Self).map_err(|_| RootKeyShape)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the root key does not open this database's keys: it is another database's, or was replaced"
)]
pub struct RootKeyError;

impl RootKey {
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// As it is written to a file: 64 hexadecimal digits.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(HEXLOWER.encode(&self.0))
    }

    #[must_use]
    pub fn id(&self) -> RootKeyId {
        let mut id = [0; 8];
        hkdf::Salt::new(hkdf::HKDF_SHA256, &[])
            .extract(&self.0)
            .expand(&[b"rollcall/root/id/v1"], Bytes(id.len()))
            .and_then(|derived| derived.fill(&mut id))
            .expect("8 bytes are within what HKDF can give");
        RootKeyId(HEXLOWER.encode(&id))
    }

    /// Seals `secret` for the place named by `label`. `nonce` must never be used twice.
    pub(crate) fn seal(&self, label: &[u8], nonce: [u8; NONCE_LEN], secret: &[u8]) -> Vec<u8> {
        let mut sealed = secret.to_vec();
        // Fails only beyond 2^36 bytes; keys and certificates are short.
        self.sealing_key()
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(label),
                &mut sealed,
            )
            .expect("a key is short enough to seal");
        let mut out = nonce.to_vec();
        out.append(&mut sealed);
        out
    }

    pub(crate) fn open(
        &self,
        label: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, RootKeyError> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(RootKeyError)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| RootKeyError)?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = self
            .sealing_key()
            .open_in_place(nonce, Aad::from(label), &mut body)
            .map_err(|_| RootKeyError)?
            .len();
        body.truncate(length);
        Ok(body)
    }

    fn sealing_key(&self) -> LessSafeKey {
        let info = [b"rollcall/root/seals-keys/v1".as_slice()];
        let unbound: UnboundKey = hkdf::Salt::new(hkdf::HKDF_SHA256, &[])
            .extract(&self.0)
            .expand(&info, &AES_256_GCM)
            .expect("32 bytes are within what HKDF can give")
            .into();
        LessSafeKey::new(unbound)
    }
}

/// So many bytes, as HKDF wants to be told.
struct Bytes(usize);

impl hkdf::KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_key_is_read_as_it_was_written_and_told_apart() {
        let key = RootKey::from_bytes([7; 32]);
        let read: RootKey = key.to_text().parse().unwrap();
        assert_eq!(read.id(), key.id());
        let base64: RootKey = format!("{}\n", BASE64.encode(&[7; 32])).parse().unwrap();
        assert_eq!(base64.id(), key.id());
        assert_ne!(RootKey::from_bytes([8; 32]).id(), key.id());
        assert_eq!(format!("{key:?}"), "***");
    }

    #[test]
    fn what_is_too_short_or_no_key_is_refused() {
        for text in ["", "00", &"0".repeat(63), &"0".repeat(66), "not a key", &"zz".repeat(32)] {
            assert!(text.parse::<RootKey>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn what_is_sealed_opens_in_its_own_place_only() {
        let key = RootKey::from_bytes([1; 32]);
        let sealed = key.seal(b"here", [0; 12], b"a certificate");
        assert_eq!(key.open(b"here", &sealed).unwrap().as_slice(), b"a certificate");
        assert!(key.open(b"there", &sealed).is_err());
    }
}
