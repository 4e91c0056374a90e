//! Items of vaults, sealed before an act and opened after one: the acts see them sealed, and here is
//! the root key that their vaults' keys hang on.

use zeroize::Zeroize;

use super::Store;
use crate::Fault;
use crate::keys::RootKeyError;
use crate::vaults::{
    Chance, DoesNotOpen, ItemText, Key, Overview, Place, SealedItem, SealedVaultKey, open, seal,
};
use crate::world::{AccountId, VaultId};

impl Store {
    /// A fresh key for a vault that is to be made.
    #[must_use]
    pub fn new_vault_key(&self, account: AccountId, vault: VaultId) -> SealedVaultKey {
        let world = self.world();
        let key = Key::from_bytes(world.bytes());
        key.seal_for_vault(&self.held.root.load(), account, vault, world.bytes())
    }

    /// For the version of the item that the place names.
    pub fn seal_item(
        &self,
        vault: &SealedVaultKey,
        place: &Place,
        text: &ItemText,
    ) -> Result<SealedItem, Fault> {
        let world = self.world();
        let key = self.vault_key(vault, place)?;
        let mut chance =
            Chance { key: world.bytes(), nonces: [world.bytes(), world.bytes(), world.bytes()] };
        let sealed = seal(&key, place, text, &chance);
        chance.key.zeroize();
        Ok(sealed)
    }

    /// What may be shown of an item to whoever may read its vault.
    pub fn open_overview(
        &self,
        vault: &SealedVaultKey,
        place: &Place,
        sealed: &SealedItem,
    ) -> Result<Overview, Fault> {
        let key = self.vault_key(vault, place)?;
        open::overview(&key, place, sealed).map_err(|error| broken(place, error))
    }

    /// All of it: only of what an act has revealed.
    pub fn open_item(
        &self,
        vault: &SealedVaultKey,
        place: &Place,
        sealed: &SealedItem,
    ) -> Result<ItemText, Fault> {
        let key = self.vault_key(vault, place)?;
        open::item(&key, place, sealed).map_err(|error| broken(place, error))
    }

    fn vault_key(&self, vault: &SealedVaultKey, place: &Place) -> Result<Key, Fault> {
        let root = self.held.root.load();
        // Sealed under another root key meanwhile, which this process learns of within seconds.
        let unavailable = |error: RootKeyError| Fault::Unavailable(format!("a vault: {error}"));
        Key::of_vault(&root, place.account, place.vault, vault).map_err(unavailable)
    }
}

fn broken(place: &Place, _: DoesNotOpen) -> Fault {
    Fault::inconsistent("vault_items", "details", place.item)
}
