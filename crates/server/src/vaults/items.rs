//! Items of a vault. They are sealed before they are stored, and a hidden value is opened only by
//! the act that records who looked.

use axum::response::Response;
use rollcall_directory::acting::Refusal;
use rollcall_directory::groups::Right;
use rollcall_directory::sessions::Visitor;
use rollcall_directory::vaults::shown::{OneItem, OneItemShown};
use rollcall_directory::vaults::{
    DeleteItem, Field, FieldValue, Item, ItemText, Level, Place, RevealItem, SaveItem, Vault,
};
use rollcall_directory::world::{ApplicationId, ItemId, SecretId};

use super::console::{Seen, look, vault_id};
use super::pages::{
    DeleteItemPage, FieldForm, FieldShown, ItemPage, ItemShown, NewItemPage, VaultShown,
};
use crate::Rollcall;
use crate::console::{No, PageCall, again, refused, show};
use crate::layout::{Frame, Notice, Problems, Section, When};

/// As many as the form has lines for.
const FIELDS_ON_FORM: usize = 5;

pub(crate) async fn new_form(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look(rollcall, call).await?;
    seen.demand_write()?;
    Ok(show(&new_page(rollcall, call, &seen, Problems::default())))
}

fn new_page(rollcall: &Rollcall, call: &PageCall, seen: &Seen, problems: Problems) -> NewItemPage {
    let id = match call.form_key_holds(rollcall, call.form.raw("id")) {
        true => call.form.raw("id").to_owned(),
        false => ItemId::from_bytes(rollcall.store.world().bytes()).to_string(),
    };
    let mut frame = seen.frame(call, "New item");
    frame.has_problems = !problems.is_empty();
    let labels: Vec<&str> = call.form.all("label").collect();
    let hidden: Vec<&str> = call.form.all("hidden").collect();
    let field = |number: usize| FieldForm {
        number,
        label: labels.get(number - 1).map(|label| (*label).to_owned()).unwrap_or_default(),
        hidden: hidden.contains(&number.to_string().as_str()),
    };
    NewItemPage {
        frame,
        problems,
        vault: seen.shown(),
        key: call.form_key(rollcall, &id),
        id,
        title: call.form.get("title").to_owned(),
        fields: (1..=FIELDS_ON_FORM).map(field).collect(),
    }
}

/// What was typed, without the lines that were left empty.
fn typed(call: &PageCall) -> ItemText {
    let hidden: Vec<&str> = call.form.all("hidden").collect();
    let pairs = call.form.all("label").zip(call.form.all("value")).take(FIELDS_ON_FORM);
    let fields = pairs
        .enumerate()
        .filter(|(_, (label, value))| !label.trim().is_empty() || !value.trim().is_empty());
    let field = |(index, (label, value)): (usize, (&str, &str))| Field {
        label: label.trim().to_owned(),
        value: FieldValue::new(value.to_owned()),
        concealed: hidden.contains(&(index + 1).to_string().as_str()),
    };
    ItemText { title: call.form.get("title").to_owned(), fields: fields.map(field).collect() }
}

pub(crate) async fn create(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look(rollcall, call).await?;
    seen.demand_write()?;
    let text = typed(call);
    let mut problems = Problems::default();
    if text.title.is_empty() {
        problems.add("title", "Give the item a title.");
    }
    if text.fields.iter().any(|field| field.label.is_empty()) {
        problems.add(
            "fields",
            "Give each value a label. The values themselves have to be typed again.",
        );
    }
    if let (true, Some(flaw)) = (problems.is_empty(), text.flaw()) {
        problems.add("", refused::text(&flaw));
    }
    if !problems.is_empty() {
        return Ok(again(&new_page(rollcall, call, &seen, problems)));
    }
    let id = call.form.raw("id");
    let id = id.parse().ok().filter(|_| call.form_key_holds(rollcall, id));
    let Some(item) = id else { return Err(No::StaleForm) };
    let vault = &seen.one.vault;
    let place = Place { account: seen.visitor.account, vault: vault.id, item, version: 1 };
    let sealed = rollcall.store.seal_item(&vault.key, &place, &text).map_err(No::Fault)?;
    let act = SaveItem { vault: vault.id, item, over: 0, sealed, secret: None };
    match call.act(rollcall, act).await {
        // The second of two presses finds what the first one saved.
        Ok(_) | Err(No::Refused(Refusal::ChangedMeanwhile)) => {
            Ok(call.see_other(&format!("/vaults/{}/items/{item}?done=saved", vault.id)))
        }
        Err(No::Refused(why @ Refusal::Invalid(_))) => {
            let problems = Problems::one("", refused::text(&why));
            Ok(again(&new_page(rollcall, call, &seen, problems)))
        }
        Err(no) => Err(no),
    }
}

async fn ids(rollcall: &Rollcall, call: &PageCall) -> Result<OneItem, No> {
    let vault = vault_id(rollcall, call).await?;
    let Some(item) = call.ids.item.as_deref().and_then(|id| id.parse().ok()) else {
        call.visitor(rollcall).await?;
        return Err(No::Refused(Refusal::NoSuchItem));
    };
    Ok(OneItem { vault, item })
}

fn place(visitor: &Visitor, vault: &Vault, item: &Item) -> Place {
    Place { account: visitor.account, vault: vault.id, item: item.id, version: item.version }
}

fn frame(call: &PageCall, visitor: &Visitor, vault: &Vault, here: &str) -> Frame {
    let path = format!("/vaults/{}", vault.id);
    call.frame_below(visitor, Section::Vaults, &[(&path, &vault.name)], here)
}

fn shown_vault(one: &OneItemShown) -> VaultShown {
    VaultShown {
        id: one.vault.id.to_string(),
        name: one.vault.name.clone(),
        writable: one.level == Level::Write,
    }
}

fn shown_item(
    call: &PageCall,
    visitor: &Visitor,
    item: &Item,
    title: String,
    has_hidden: bool,
    revealed: bool,
) -> ItemShown {
    let application = |(application, _): (ApplicationId, SecretId)| application.to_string();
    let may_look = visitor.may(Right::ManageIntegrations);
    ItemShown {
        id: item.id.to_string(),
        title,
        saved: When::of(item.changed, call.now),
        has_hidden,
        revealed,
        application: item.secret.filter(|_| may_look).map(application),
    }
}

fn shown_field(index: usize, label: &str, hidden: bool, value: Option<&FieldValue>) -> FieldShown {
    FieldShown {
        id: format!("field-{}", index + 1),
        label: label.to_owned(),
        hidden,
        value: value.map(|value| value.expose().to_owned()),
    }
}

pub(crate) async fn one(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let asked = call.ask(rollcall, ids(rollcall, call).await?).await?;
    let (visitor, one) = (&asked.visitor, &asked.answer);
    let place = place(visitor, &one.vault, &one.item);
    let overview = rollcall.store.open_overview(&one.vault.key, &place, &one.item.sealed);
    let overview = overview.map_err(No::Fault)?;
    let fields = overview.fields.iter().enumerate();
    let fields = fields.map(|(index, field)| {
        shown_field(index, &field.label, field.value.is_none(), field.value.as_ref())
    });
    let fields: Vec<FieldShown> = fields.collect();
    let has_hidden = fields.iter().any(|field| field.hidden);
    let mut frame = frame(call, visitor, &one.vault, &overview.title);
    if call.query.get("done") == "saved" {
        frame.notice = Some(Notice::said("The item is saved."));
    }
    let item = shown_item(call, visitor, &one.item, overview.title, has_hidden, false);
    Ok(show(&ItemPage { frame, vault: shown_vault(one), item, fields }))
}

pub(crate) async fn reveal(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let asked = call.ask(rollcall, ids(rollcall, call).await?).await?;
    let (visitor, one) = (&asked.visitor, &asked.answer);
    let act = RevealItem { vault: one.vault.id, item: one.item.id };
    let revealed = call.act(rollcall, act).await?;
    // What was revealed, and recorded as such, is what is opened.
    let place = place(visitor, &revealed.vault, &revealed.item);
    let text = rollcall.store.open_item(&revealed.vault.key, &place, &revealed.item.sealed);
    let text = text.map_err(No::Fault)?;
    let fields = text.fields.iter().enumerate();
    let fields = fields.map(|(index, field)| {
        shown_field(index, &field.label, field.concealed, Some(&field.value))
    });
    let fields = fields.collect();
    let frame = frame(call, visitor, &revealed.vault, &text.title);
    let item = shown_item(call, visitor, &revealed.item, text.title.clone(), true, true);
    Ok(show(&ItemPage { frame, vault: shown_vault(one), item, fields }))
}

pub(crate) async fn delete_form(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let asked = call.ask(rollcall, ids(rollcall, call).await?).await?;
    let (visitor, one) = (&asked.visitor, &asked.answer);
    if one.level != Level::Write {
        return Err(No::Refused(Refusal::VaultReadOnly));
    }
    let place = place(visitor, &one.vault, &one.item);
    let overview = rollcall.store.open_overview(&one.vault.key, &place, &one.item.sealed);
    let title = overview.map_err(No::Fault)?.title;
    Ok(show(&DeleteItemPage {
        frame: frame(call, visitor, &one.vault, &format!("Delete “{title}”?")),
        problems: Problems::default(),
        vault: shown_vault(one),
        item_id: one.item.id.to_string(),
    }))
}

pub(crate) async fn delete(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let OneItem { vault, item } = ids(rollcall, call).await?;
    match call.act(rollcall, DeleteItem { vault, item }).await {
        Ok(()) | Err(No::Refused(Refusal::NoSuchItem)) => {
            Ok(call.see_other(&format!("/vaults/{vault}?done=item-deleted")))
        }
        Err(no) => Err(no),
    }
}
