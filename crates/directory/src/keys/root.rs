//! The root key: 256 bits from a file, a credential or a command, never in the database. It seals
//! the MAC keys with AES-256-GCM; the key's own id is the associated data, so that a sealed key
//! cannot be put in the place of another.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf;
use zeroize::{Zeroize, ZeroizeOnDrop};

#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct RootKey([u8; 32]);

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

    /// Seals `secret` for the place named by `label`. `nonce` must never be used twice.
    pub(super) fn seal(&self, label: &[u8], nonce: [u8; NONCE_LEN], secret: &[u8]) -> Vec<u8> {
        let mut sealed = secret.to_vec();
        // Fails only beyond 2^36 bytes; keys are 32.
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

    pub(super) fn open(&self, label: &[u8], sealed: &[u8]) -> Result<[u8; 32], RootKeyError> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(RootKeyError)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| RootKeyError)?;
        let mut body = body.to_vec();
        let secret = self
            .sealing_key()
            .open_in_place(nonce, Aad::from(label), &mut body)
            .map_err(|_| RootKeyError)?;
        let key = <[u8; 32]>::try_from(&*secret).map_err(|_| RootKeyError);
        body.zeroize();
        key
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
