//! Opens what [`super::seal`] sealed, in its own place only. Pure.

use super::keys::{DoesNotOpen, Key, Part, Place};
use super::{ItemText, Overview, SealedItem};

pub(crate) fn overview(
    vault: &Key,
    place: &Place,
    sealed: &SealedItem,
) -> Result<Overview, DoesNotOpen> {
    let key = vault.open_key(&place.label(Part::Key), &sealed.key)?;
    let text = key.open(&place.label(Part::Overview), &sealed.overview)?;
    serde_json::from_slice(&text).map_err(|_| DoesNotOpen)
}

pub(crate) fn item(
    vault: &Key,
    place: &Place,
    sealed: &SealedItem,
) -> Result<ItemText, DoesNotOpen> {
    let key = vault.open_key(&place.label(Part::Key), &sealed.key)?;
    let text = key.open(&place.label(Part::Details), &sealed.details)?;
    serde_json::from_slice(&text).map_err(|_| DoesNotOpen)
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;
    use crate::keys::RootKey;
    use crate::vaults::seal::{Chance, seal};
    use crate::vaults::text::an_item;
    use crate::world::{AccountId, ItemId, VaultId};

    const ACCOUNT: AccountId = AccountId::from_bytes([1; 16]);
    const VAULT: VaultId = VaultId::from_bytes([2; 16]);

    fn place() -> Place {
        let item = ItemId::from_bytes([3; 16]);
        Place { account: ACCOUNT, vault: VAULT, item, version: 1 }
    }

    fn chance() -> Chance {
        Chance { key: [5; 32], nonces: [[6; 12], [7; 12], [8; 12]] }
    }

    fn vault_key() -> Key {
        Key::from_bytes([4; 32])
    }

    #[test]
    fn an_item_opens_as_it_was_sealed() {
        let sealed = seal(&vault_key(), &place(), &an_item(), &chance());
        assert_eq!(item(&vault_key(), &place(), &sealed), Ok(an_item()));
        assert_eq!(overview(&vault_key(), &place(), &sealed), Ok(an_item().overview()));
    }

    #[test]
    fn it_opens_in_no_other_place_and_under_no_other_key() {
        let sealed = seal(&vault_key(), &place(), &an_item(), &chance());
        for other in [
            Place { account: AccountId::from_bytes([9; 16]), ..place() },
            Place { vault: VaultId::from_bytes([9; 16]), ..place() },
            Place { item: ItemId::from_bytes([9; 16]), ..place() },
            Place { version: 2, ..place() },
        ] {
            assert_eq!(item(&vault_key(), &other, &sealed), Err(DoesNotOpen));
            assert_eq!(overview(&vault_key(), &other, &sealed), Err(DoesNotOpen));
        }
        assert_eq!(item(&Key::from_bytes([9; 32]), &place(), &sealed), Err(DoesNotOpen));
        let swapped =
            SealedItem { overview: sealed.details.clone(), details: sealed.overview, ..sealed };
        assert_eq!(item(&vault_key(), &place(), &swapped), Err(DoesNotOpen));
        assert_eq!(overview(&vault_key(), &place(), &swapped), Err(DoesNotOpen));
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let sealed = seal(&vault_key(), &place(), &an_item(), &chance());
        for at in 0..sealed.details.len() {
            let mut changed = sealed.clone();
            changed.details[at] ^= 1;
            assert_eq!(item(&vault_key(), &place(), &changed), Err(DoesNotOpen));
        }
        for at in 0..sealed.key.len() {
            let mut changed = sealed.clone();
            changed.key[at] ^= 1;
            assert_eq!(item(&vault_key(), &place(), &changed), Err(DoesNotOpen));
        }
        let cut = SealedItem { details: vec![0; 5], ..sealed };
        assert_eq!(item(&vault_key(), &place(), &cut), Err(DoesNotOpen));
    }

    #[test]
    fn a_vault_key_opens_in_its_vault_under_its_root_and_after_another_replaced_it() {
        let (old, new) = (RootKey::from_bytes([1; 32]), RootKey::from_bytes([2; 32]));
        let sealed = vault_key().seal_for_vault(&old, ACCOUNT, VAULT, [9; 12]);
        let opens = |root: &RootKey, sealed: &_| {
            let key = Key::of_vault(root, ACCOUNT, VAULT, sealed).ok()?;
            item(&key, &place(), &seal(&vault_key(), &place(), &an_item(), &chance())).ok()
        };
        assert_eq!(opens(&old, &sealed), Some(an_item()));
        assert_eq!(opens(&new, &sealed), None);
        let elsewhere = VaultId::from_bytes([9; 16]);
        assert!(Key::of_vault(&old, ACCOUNT, elsewhere, &sealed).is_err());
        let resealed = sealed.resealed((ACCOUNT, VAULT), &old, &new, [8; 12]).unwrap();
        assert_eq!((opens(&new, &resealed), opens(&old, &resealed)), (Some(an_item()), None));
        assert!(sealed.resealed((ACCOUNT, VAULT), &new, &old, [8; 12]).is_err());
    }

    /// The format is for ever: what was sealed by an earlier version opens. Made once by an
    /// implementation that is not ours (Python's `cryptography`), from the same inputs.
    #[test]
    fn what_another_implementation_sealed_is_the_same() {
        let sealed = seal(&vault_key(), &place(), &an_item(), &chance());
        let hex = |text: &str| HEXLOWER.decode(text.as_bytes()).unwrap();
        assert_eq!(sealed.key, hex(KEY));
        assert_eq!(sealed.overview, hex(OVERVIEW));
        assert_eq!(sealed.details, hex(DETAILS));
        let root = RootKey::from_bytes([1; 32]);
        let vault = vault_key().seal_for_vault(&root, ACCOUNT, VAULT, [9; 12]);
        assert_eq!(vault.sealed, hex(VAULT_KEY));
    }

    const KEY: &str = "06060606060606060606060620d991defc0e1d6a316659f5a0f6b8ca8739d71dc526a1efb0104362\
        a42761de3d2c276c37ecb4bb020ed9a6a66eb275";
    const OVERVIEW: &str = "070707070707070707070707b26049791419679cf78a81a3ec477dcbdb26b1921510aa0a1cddd245\
        6fb876ac0c033b7d68d6dd73b3cb4df6629d5de74a8bc9698b880e23ebb1c44fec8d8853126e61f2\
        356d82ef061558bc93e036878cf81708e313475de6d5728c68c196b499d3929bc0ec6752b3c6fe27\
        408dd5d67f5212a1271e639c";
    const DETAILS: &str = "080808080808080808080808f6bfcdfadcca2e5a1433c754649d186d2290917ed9476f21ccfb8952\
        5b79a53a238d47c33a5985a96211e72d1b898a3fb7bcd68003cbd3171f0031a4983d0bebeb00b796\
        4e39c14de7a548fc122157bac4c567db76d5de883672fa138fab310d04ead38438461c9da3e2d580\
        0520871fb4cbf06d6a581acfdbbed1b5fabd9bfd9f48cfd38929985cbaec0773730e3b813b48eb1b\
        48288956826d5d0d5a";
    const VAULT_KEY: &str = "09090909090909090909090958d1240bb1d65307d3234039c7f7b7fd69f64652e86357fee7fcc444\
        30bf4fd3c22c39ed2d7f86d47fc4015487b06cc0";
}
