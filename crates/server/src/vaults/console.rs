//! The list of vaults, the page of one, making and deleting them.

use axum::response::Response;
use rollcall_directory::acting::Refusal;
use rollcall_directory::paging::At;
use rollcall_directory::sessions::Visitor;
use rollcall_directory::users::User;
use rollcall_directory::vaults::shown::{ItemsOf, OneVault, OneVaultShown, OwnVault, OwnVaults};
use rollcall_directory::vaults::{CreateVault, DeleteVault, Level, Place};
use rollcall_directory::world::{ItemId, VaultId};

use super::pages::{
    Access, DeleteVaultPage, ItemRow, NewVaultPage, VaultPage, VaultRow, VaultShown, VaultsPage,
};
use crate::Rollcall;
use crate::console::{No, PageCall, again, refused, show};
use crate::layout::{Frame, Notice, Pages, Problems, Section, When, counted};
use crate::users::console::{at, page_query};
use crate::users::shown::name;

const PAGE_SIZE: u16 = 50;

pub(super) const fn level_words(level: Level) -> &'static str {
    match level {
        Level::Read => "Read",
        Level::Write => "Read and write",
    }
}

/// The vault of the address, and who looks at it.
pub(super) struct Seen {
    pub visitor: Visitor,
    pub one: OneVaultShown,
}

impl Seen {
    pub(super) fn shown(&self) -> VaultShown {
        VaultShown {
            id: self.one.vault.id.to_string(),
            name: self.one.vault.name.clone(),
            writable: self.one.level == Some(Level::Write),
        }
    }

    pub(super) fn frame(&self, call: &PageCall, here: &str) -> Frame {
        let path = format!("/vaults/{}", self.one.vault.id);
        let crumbs = [(&*path, &*self.one.vault.name)];
        call.frame_below(&self.visitor, Section::Vaults, &crumbs, here)
    }

    pub(super) fn people(&self) -> Vec<Access> {
        let access = |(user, level): &(User, Level)| Access {
            id: user.id.to_string(),
            name: name(user).to_owned(),
            email: user.email.clone(),
            access: level_words(*level),
            writes: *level == Level::Write,
            is_you: user.id == self.visitor.user.id,
        };
        self.one.people.iter().map(access).collect()
    }

    /// For what only who may write is shown at all.
    pub(super) fn demand_write(&self) -> Result<(), No> {
        match self.one.level {
            Some(Level::Write) => Ok(()),
            Some(Level::Read) => Err(No::Refused(Refusal::VaultReadOnly)),
            None => Err(No::Refused(Refusal::NoSuchVault)),
        }
    }
}

pub(super) async fn vault_id(rollcall: &Rollcall, call: &PageCall) -> Result<VaultId, No> {
    match call.ids.vault.as_deref().and_then(|id| id.parse().ok()) {
        Some(id) => Ok(id),
        None => {
            call.visitor(rollcall).await?;
            Err(No::Refused(Refusal::NoSuchVault))
        }
    }
}

pub(super) async fn look(rollcall: &Rollcall, call: &PageCall) -> Result<Seen, No> {
    let vault = vault_id(rollcall, call).await?;
    let asked = call.ask(rollcall, OneVault { vault }).await?;
    Ok(Seen { visitor: asked.visitor, one: asked.answer })
}

pub(crate) async fn list(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let asked = call.ask(rollcall, OwnVaults).await?;
    let row = |own: &OwnVault| VaultRow {
        id: own.vault.id.to_string(),
        name: own.vault.name.clone(),
        access: level_words(own.level),
        items: own.vault.items,
        made: When::of(own.vault.created, call.now),
    };
    let mut frame = call.frame(&asked.visitor, Section::Vaults, "Vaults");
    frame.notice = match call.query.get("done") {
        "deleted" => Some(Notice::said("The vault is deleted, with all that was in it.")),
        "left" => Some(Notice::said("You have no access to the vault any more.")),
        _ => None,
    };
    Ok(show(&VaultsPage {
        frame,
        vaults: asked.answer.iter().map(row).collect(),
        pages: Pages::default(),
    }))
}

pub(crate) async fn new_form(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let visitor = call.visitor(rollcall).await?;
    Ok(show(&new_page(rollcall, call, &visitor, Problems::default())))
}

fn new_page(
    rollcall: &Rollcall,
    call: &PageCall,
    visitor: &Visitor,
    problems: Problems,
) -> NewVaultPage {
    let id = match call.form_key_holds(rollcall, call.form.raw("id")) {
        true => call.form.raw("id").to_owned(),
        false => VaultId::from_bytes(rollcall.store.world().bytes()).to_string(),
    };
    let mut frame = call.frame_below(visitor, Section::Vaults, &[], "New vault");
    frame.has_problems = !problems.is_empty();
    let name = call.form.get("name").to_owned();
    NewVaultPage { frame, problems, key: call.form_key(rollcall, &id), id, name }
}

pub(crate) async fn create(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let visitor = call.visitor(rollcall).await?;
    let name = call.form.get("name");
    if name.is_empty() {
        let problems = Problems::one("name", "Give the vault a name.");
        return Ok(again(&new_page(rollcall, call, &visitor, problems)));
    }
    let id = call.form.raw("id");
    let id = id.parse().ok().filter(|_| call.form_key_holds(rollcall, id));
    let Some(vault) = id else { return Err(No::StaleForm) };
    let key = rollcall.store.new_vault_key(visitor.account, vault);
    match call.act(rollcall, CreateVault { vault, name: name.to_owned(), key }).await {
        // The second of two presses finds what the first one made.
        Ok(_) | Err(No::Refused(Refusal::Exists(_))) => {
            Ok(call.see_other(&format!("/vaults/{vault}")))
        }
        Err(No::Refused(why @ Refusal::Invalid(_))) => {
            let problems = Problems::one("name", refused::text(&why));
            Ok(again(&new_page(rollcall, call, &visitor, problems)))
        }
        Err(no) => Err(no),
    }
}

pub(crate) async fn one(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look(rollcall, call).await?;
    let vault = seen.one.vault.id;
    let mut frame = call.frame_below(&seen.visitor, Section::Vaults, &[], &seen.one.vault.name);
    if call.query.get("done") == "item-deleted" {
        frame.notice = Some(Notice::said("The item is deleted."));
    }
    let has_a_writer = seen.one.people.iter().any(|(_, level)| *level == Level::Write);
    let may_take_over = !has_a_writer && seen.visitor.user.groups.owner;
    // Who is not let in sees who is, where they may take the vault over, and nothing that is in it.
    let (items, pages) = match seen.one.level {
        None => (Vec::new(), Pages::default()),
        Some(_) => {
            let at: At<ItemId> = at(call);
            let page = call.ask(rollcall, ItemsOf { vault, at, size: PAGE_SIZE }).await?.answer;
            let mut items = Vec::new();
            for item in &page.items.rows {
                let place = Place {
                    account: seen.visitor.account,
                    vault,
                    item: item.id,
                    version: item.version,
                };
                let overview = rollcall.store.open_overview(&page.vault.key, &place, &item.sealed);
                items.push(ItemRow {
                    id: item.id.to_string(),
                    title: overview.map_err(No::Fault)?.title,
                    kind: if item.secret.is_some() { "Credentials" } else { "Item" },
                    saved: When::of(item.changed, call.now),
                });
            }
            let pages = Pages {
                previous: page.items.previous.as_ref().and_then(|at| page_query(at, &[])),
                next: page.items.next.as_ref().and_then(|at| page_query(at, &[])),
            };
            (items, pages)
        }
    };
    Ok(show(&VaultPage {
        frame,
        vault: seen.shown(),
        readable: seen.one.level.is_some(),
        may_take_over,
        you: seen.visitor.user.id.to_string(),
        items,
        pages,
        people: seen.people(),
    }))
}

pub(crate) async fn delete_form(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look(rollcall, call).await?;
    seen.demand_write()?;
    Ok(show(&delete_page(call, &seen, Problems::default())))
}

fn delete_page(call: &PageCall, seen: &Seen, problems: Problems) -> DeleteVaultPage {
    let vault = &seen.one.vault;
    let mut frame = seen.frame(call, &format!("Delete {}?", vault.name));
    frame.has_problems = !problems.is_empty();
    DeleteVaultPage {
        frame,
        problems,
        vault: seen.shown(),
        inside: match vault.items {
            0 => "Nothing is in it.".to_owned(),
            1 => "1 item is in it, and goes with it for everybody.".to_owned(),
            count => format!("{} are in it, and go with it for everybody.", counted(count, "item")),
        },
        typed: call.form.get("name").to_owned(),
        confirm_hint: format!("“{}”, so that it is not deleted by a slip.", vault.name),
    }
}

pub(crate) async fn delete(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look(rollcall, call).await?;
    let vault = &seen.one.vault;
    if call.form.get("name") != vault.name.trim() {
        let problems = Problems::one("name", "This is not the vault's name.");
        return Ok(again(&delete_page(call, &seen, problems)));
    }
    call.act(rollcall, DeleteVault { vault: vault.id }).await?;
    Ok(call.see_other("/vaults?done=deleted"))
}
