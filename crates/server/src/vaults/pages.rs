//! The pages about vaults, as plain data.

use askama::Template;

use crate::layout::{Frame, Pages, Problems, When};

#[derive(Template)]
#[template(path = "vaults/pages/vaults.html")]
pub(crate) struct VaultsPage {
    pub frame: Frame,
    pub vaults: Vec<VaultRow>,
    pub pages: Pages,
}

pub(crate) struct VaultRow {
    pub id: String,
    pub name: String,
    pub access: &'static str,
    pub items: u64,
    pub made: When,
}

#[derive(Template)]
#[template(path = "vaults/pages/new.html")]
pub(crate) struct NewVaultPage {
    pub frame: Frame,
    pub problems: Problems,
    /// The id that the vault is to have, so that a form sent twice makes one.
    pub id: String,
    pub key: String,
    pub name: String,
}

#[derive(Clone)]
pub(crate) struct VaultShown {
    pub id: String,
    pub name: String,
    pub writable: bool,
}

#[derive(Template)]
#[template(path = "vaults/pages/vault.html")]
pub(crate) struct VaultPage {
    pub frame: Frame,
    pub vault: VaultShown,
    /// Not so for an owner who looks at a vault that nobody may write to any more.
    pub readable: bool,
    pub may_take_over: bool,
    /// The viewer's id.
    pub you: String,
    pub items: Vec<ItemRow>,
    pub pages: Pages,
    pub people: Vec<Access>,
}

pub(crate) struct ItemRow {
    pub id: String,
    pub title: String,
    pub kind: &'static str,
    pub saved: When,
}

pub(crate) struct Access {
    pub id: String,
    pub name: String,
    pub email: String,
    pub access: &'static str,
    pub writes: bool,
    pub is_you: bool,
}

#[derive(Template)]
#[template(path = "vaults/pages/access.html")]
pub(crate) struct AccessPage {
    pub frame: Frame,
    pub problems: Problems,
    pub vault: VaultShown,
    pub people: Vec<Access>,
    pub email: String,
    pub access: String,
}

#[derive(Template)]
#[template(path = "vaults/pages/new_item.html")]
pub(crate) struct NewItemPage {
    pub frame: Frame,
    pub problems: Problems,
    pub vault: VaultShown,
    pub id: String,
    pub key: String,
    pub title: String,
    pub fields: Vec<FieldForm>,
}

/// One line of the form. Its value is not filled in again: it may be a secret.
#[derive(Clone)]
pub(crate) struct FieldForm {
    pub number: usize,
    pub label: String,
    pub hidden: bool,
}

#[derive(Template)]
#[template(path = "vaults/pages/item.html")]
pub(crate) struct ItemPage {
    pub frame: Frame,
    pub vault: VaultShown,
    pub item: ItemShown,
    pub fields: Vec<FieldShown>,
}

pub(crate) struct ItemShown {
    pub id: String,
    pub title: String,
    pub saved: When,
    pub has_hidden: bool,
    pub revealed: bool,
    /// Whose credentials it holds, where the viewer may look at that.
    pub application: Option<String>,
}

pub(crate) struct FieldShown {
    pub id: String,
    pub label: String,
    pub hidden: bool,
    /// Nothing: hidden, and not asked for.
    pub value: Option<String>,
}

#[derive(Template)]
#[template(path = "vaults/pages/delete_item.html")]
pub(crate) struct DeleteItemPage {
    pub frame: Frame,
    pub problems: Problems,
    pub vault: VaultShown,
    pub item_id: String,
}

#[derive(Template)]
#[template(path = "vaults/pages/delete_vault.html")]
pub(crate) struct DeleteVaultPage {
    pub frame: Frame,
    pub problems: Problems,
    pub vault: VaultShown,
    pub inside: String,
    pub typed: String,
    pub confirm_hint: String,
}
