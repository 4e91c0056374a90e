//! Vaults: what is kept sealed for people, whom it is shared with, and under which keys.

mod change;
mod create;
mod items;
pub(crate) mod keys;
pub mod postgres;
mod seal;
mod share;
pub mod shown;
pub mod sqlite;
mod text;
pub(crate) mod unseal;
mod vault;

pub use change::{DeleteVault, RenameVault};
pub use create::CreateVault;
pub use items::{DeleteItem, HeldSecret, RevealItem, Revealed, SaveItem};
pub(crate) use keys::Key;
pub use keys::{DoesNotOpen, Place, SealedVaultKey};
pub(crate) use seal::{Chance, seal};
pub use share::ShareVault;
pub use text::{Field, FieldShown, FieldValue, ItemText, Overview};
pub(crate) use unseal as open;
pub use vault::{Access, Item, Level, SealedItem, Vault};
