//! Vaults.

use super::*;
use crate::vaults::pages::*;

fn access() -> Vec<Access> {
    let access = |n: usize, writes: bool| Access {
        id: person(n).id,
        name: person(n).name,
        email: person(n).email,
        access: if writes { "Read and write" } else { "Read" },
        writes,
        is_you: n == 0,
    };
    vec![access(0, true), access(1, false), access(6, false)]
}

pub(super) fn every_page() -> Vec<(&'static str, String)> {
    let below = |here: &str| {
        frame(Section::Vaults, here, &[("/vaults", "Vaults"), ("/vaults/x", "Night shift")])
    };
    let row = |name: &str, items| VaultRow {
        id: vault().id,
        name: name.to_owned(),
        access: "Read and write",
        items,
        made: ago(90_000),
    };
    let item = |revealed| ItemPage {
        frame: below("Sentinel SOAR"),
        vault: vault(),
        item: ItemShown {
            id: vault().id,
            title: TYPED.to_owned(),
            saved: ago(60),
            has_hidden: true,
            revealed,
            application: Some(application().id),
        },
        fields: vec![
            FieldShown {
                id: "field-1".to_owned(),
                label: "Client ID".to_owned(),
                hidden: false,
                value: Some(application().id),
            },
            FieldShown {
                id: "field-2".to_owned(),
                label: TYPED.to_owned(),
                hidden: true,
                value: revealed.then(|| TYPED.to_owned()),
            },
        ],
    };
    let field = |number| FieldForm { number, label: TYPED.to_owned(), hidden: number > 1 };
    vec![
        rendered(
            "vaults",
            &VaultsPage {
                frame: frame(Section::Vaults, "Vaults", &[]),
                vaults: vec![row("Night shift", 4), row(TYPED, 0)],
                pages: Pages::default(),
            },
        ),
        rendered(
            "new-vault",
            &NewVaultPage {
                frame: frame(Section::Vaults, "New vault", &[("/vaults", "Vaults")]),
                problems: Problems::one("name", "Give the vault a name."),
                id: vault().id,
                key: "key".to_owned(),
                name: TYPED.to_owned(),
            },
        ),
        rendered(
            "vault",
            &VaultPage {
                frame: frame(Section::Vaults, "Night shift", &[("/vaults", "Vaults")]),
                vault: vault(),
                readable: true,
                may_take_over: true,
                you: person(0).id,
                pages: Pages::default(),
                items: vec![ItemRow {
                    id: vault().id,
                    title: TYPED.to_owned(),
                    kind: "Credentials",
                    saved: ago(50),
                }],
                people: access(),
            },
        ),
        rendered(
            "access",
            &AccessPage {
                frame: below("Access to Night shift"),
                problems: Problems::default(),
                vault: vault(),
                people: access(),
                email: TYPED.to_owned(),
                access: "read".to_owned(),
            },
        ),
        rendered(
            "new-item",
            &NewItemPage {
                frame: below("New item"),
                problems: Problems::default(),
                vault: vault(),
                id: vault().id,
                key: "key".to_owned(),
                title: TYPED.to_owned(),
                fields: (1..=4).map(field).collect(),
            },
        ),
        rendered("item", &item(false)),
        rendered("item-revealed", &item(true)),
        rendered(
            "delete-item",
            &DeleteItemPage {
                frame: below("Delete this item?"),
                problems: Problems::default(),
                vault: vault(),
                item_id: vault().id,
            },
        ),
        rendered(
            "delete-vault",
            &DeleteVaultPage {
                frame: below("Delete Night shift?"),
                problems: Problems::default(),
                vault: vault(),
                inside: "4 items are in it.".to_owned(),
                typed: TYPED.to_owned(),
                confirm_hint: "Night shift".to_owned(),
            },
        ),
    ]
}
