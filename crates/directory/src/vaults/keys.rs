//! The keys of vaults: the root key wraps one for each vault, which wraps one for each version of
//! each item. AES-256-GCM throughout; what a thing is called in the rows is its associated data, so
//! that nothing opens in another's place. Pure: chance is given.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::keys::{RootKey, RootKeyError, RootKeyId};
use crate::world::{AccountId, ItemId, VaultId};

/// A vault's key as the database holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedVaultKey {
    pub sealed: Vec<u8>,
    pub root: RootKeyId,
}

impl SealedVaultKey {
    /// The same key, under another root key.
    pub(crate) fn resealed(
        &self,
        (account, vault): (AccountId, VaultId),
        from: &RootKey,
        to: &RootKey,
        nonce: [u8; NONCE_LEN],
    ) -> Result<Self, RootKeyError> {
        let label = label(account, vault);
        let key = from.open(&label, &self.sealed)?;
        Ok(Self { sealed: to.seal(&label, nonce, &key), root: to.id() })
    }
}

fn label(account: AccountId, vault: VaultId) -> Vec<u8> {
    [b"rollcall/vault-key/v1".as_slice(), account.as_bytes(), vault.as_bytes()].concat()
}

/// Prints as nothing: there is no `Debug`.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct Key([u8; 32]);

/// What does not open was changed, or is another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an item of a vault does not open: it was changed, or is another's")]
pub struct DoesNotOpen;

impl Key {
    pub(crate) const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A vault's key, from fresh bytes or as it was.
    pub(crate) fn seal_for_vault(
        &self,
        root: &RootKey,
        account: AccountId,
        vault: VaultId,
        nonce: [u8; NONCE_LEN],
    ) -> SealedVaultKey {
        let sealed = root.seal(&label(account, vault), nonce, &self.0);
        SealedVaultKey { sealed, root: root.id() }
    }

    pub(crate) fn of_vault(
        root: &RootKey,
        account: AccountId,
        vault: VaultId,
        sealed: &SealedVaultKey,
    ) -> Result<Self, RootKeyError> {
        let opened = root.open(&label(account, vault), &sealed.sealed)?;
        opened.as_slice().try_into().map(Self).map_err(|_| RootKeyError)
    }

    /// `nonce` must never be used twice under one key.
    pub(super) fn seal(&self, place: &[u8], nonce: [u8; NONCE_LEN], text: &[u8]) -> Vec<u8> {
        let mut sealed = text.to_vec();
        self.aead()
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place),
                &mut sealed,
            )
            .expect("an item is far shorter than 2^36 bytes");
        [nonce.as_slice(), &sealed].concat()
    }

    pub(super) fn open(
        &self,
        place: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, DoesNotOpen> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(DoesNotOpen)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| DoesNotOpen)?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = self
            .aead()
            .open_in_place(nonce, Aad::from(place), &mut body)
            .map_err(|_| DoesNotOpen)?
            .len();
        body.truncate(length);
        Ok(body)
    }

    pub(super) fn open_key(&self, place: &[u8], sealed: &[u8]) -> Result<Self, DoesNotOpen> {
        let opened = self.open(place, sealed)?;
        opened.as_slice().try_into().map(Self).map_err(|_| DoesNotOpen)
    }

    pub(super) fn seal_key(&self, place: &[u8], nonce: [u8; NONCE_LEN], key: &Self) -> Vec<u8> {
        self.seal(place, nonce, &key.0)
    }

    fn aead(&self) -> LessSafeKey {
        let unbound = UnboundKey::new(&AES_256_GCM, &self.0).expect("a key of 32 bytes");
        LessSafeKey::new(unbound)
    }
}

/// One version of an item: what it and its parts are bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub account: AccountId,
    pub vault: VaultId,
    pub item: ItemId,
    pub version: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Key,
    Overview,
    Details,
}

impl Place {
    /// The associated data of one of its parts; every field has a fixed length.
    pub(super) fn label(&self, part: Part) -> Vec<u8> {
        let part = match part {
            Part::Key => b"rollcall/vault-item/key/v1".as_slice(),
            Part::Overview => b"rollcall/vault-item/overview/v1",
            Part::Details => b"rollcall/vault-item/details/v1",
        };
        [
            part,
            self.account.as_bytes(),
            self.vault.as_bytes(),
            self.item.as_bytes(),
            &self.version.to_be_bytes(),
        ]
        .concat()
    }
}
