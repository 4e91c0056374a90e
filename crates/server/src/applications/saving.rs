//! Saving fresh credentials as an item of a vault. The secret comes back from the page that shows
//! it; whether it is the live one is the act's question.

use axum::response::Response;
use rollcall_directory::acting::Refusal;
use rollcall_directory::applications::ClientSecret;
use rollcall_directory::applications::shown::OneIntegration;
use rollcall_directory::sessions::Visitor;
use rollcall_directory::vaults::shown::{OneVault, OwnVault, OwnVaults};
use rollcall_directory::vaults::{
    CreateVault, Field, FieldValue, HeldSecret, ItemText, Level, Place, SaveItem, Vault,
};
use rollcall_directory::world::{ApplicationId, ItemId, SecretId, VaultId};

use super::credentials::{self, Made};
use super::pages::{ApplicationName, SavedPage};
use crate::Rollcall;
use crate::console::{No, PageCall, again, refused, show};
use crate::layout::{Problems, Section, query};

/// What the page's form carries, read.
struct Sent<'a> {
    application: ApplicationId,
    name: String,
    secret_id: SecretId,
    secret: ClientSecret,
    vaults: &'a [OwnVault],
    visitor: &'a Visitor,
}

pub(crate) async fn save(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let own = call.ask(rollcall, OwnVaults).await?;
    let (Ok(application), Ok(secret_id)) =
        (call.form.raw("application").parse(), call.form.raw("secret_id").parse())
    else {
        return Err(No::Unreadable("The form does not say whose secret it holds."));
    };
    let shown = call.ask(rollcall, OneIntegration { id: application }).await?.answer.shown;
    let sent = Sent {
        application,
        name: shown.application.name,
        secret_id,
        secret: ClientSecret::presented(call.form.raw("secret")),
        vaults: &own.answer,
        visitor: &own.visitor,
    };
    match put_away(rollcall, call, &sent).await {
        Ok((vault, item)) => {
            let (application, vault, item) =
                (application.to_string(), vault.to_string(), item.to_string());
            let query = query(&[("application", &application), ("vault", &vault), ("item", &item)]);
            let path = "/integrations/directory/oauth-application/save";
            Ok(call.see_other(&format!("{path}?{query}")))
        }
        // Whatever it is that stands in the way: the secret must not be lost by it.
        Err(No::Refused(why)) => Ok(once_more(rollcall, call, &sent, &why)),
        Err(No::Busy) => Ok(once_more(rollcall, call, &sent, &Refusal::RootKeyReplaced)),
        Err(no) => Err(no),
    }
}

/// The same page again, with what is wrong. The secret on it is the one that the page had.
fn once_more(rollcall: &Rollcall, call: &PageCall, sent: &Sent<'_>, why: &Refusal) -> Response {
    let text = match why {
        Refusal::NoSuchSecret => {
            "This secret is not one of the integration's that work now. It may have been retired meanwhile.".to_owned()
        }
        why => refused::text(why),
    };
    let field = if sent.vaults.iter().any(|own| own.level == Level::Write) {
        "vault"
    } else {
        "vault_name"
    };
    let made = Made {
        application: sent.application,
        name: &sent.name,
        secret_id: sent.secret_id,
        secret: &sent.secret,
    };
    let problems = Problems::one(field, text);
    again(&credentials::page(rollcall, call, sent.visitor, sent.vaults, &made, problems))
}

async fn put_away(
    rollcall: &Rollcall,
    call: &PageCall,
    sent: &Sent<'_>,
) -> Result<(VaultId, ItemId), No> {
    let item = call.form.raw("item");
    let item: Option<ItemId> = item.parse().ok().filter(|_| call.form_key_holds(rollcall, item));
    // Then the page comes again, with an id that holds.
    let stale = Refusal::Invalid("this page is from before you signed in anew: save once more");
    let Some(item) = item else { return Err(No::Refused(stale)) };
    let vault = vault(rollcall, call, sent).await?;
    let field = |label: &str, value: &str, concealed| Field {
        label: label.to_owned(),
        value: FieldValue::new(value.to_owned()),
        concealed,
    };
    let text = ItemText {
        title: sent.name.clone(),
        fields: vec![
            field("Client ID", &sent.application.to_string(), false),
            field("Client secret", sent.secret.expose(), true),
            field("Account ID", &sent.visitor.account.to_string(), false),
            field("Server", &rollcall.settings.public_url, false),
        ],
    };
    if let Some(flaw) = text.flaw() {
        return Err(No::Refused(flaw));
    }
    let place = Place { account: sent.visitor.account, vault: vault.id, item, version: 1 };
    let sealed = rollcall.store.seal_item(&vault.key, &place, &text).map_err(No::Fault)?;
    let digest = sent.secret.digest();
    let secret = HeldSecret { application: sent.application, secret: sent.secret_id, digest };
    let act = SaveItem { vault: vault.id, item, over: 0, sealed, secret: Some(secret) };
    match call.act(rollcall, act).await {
        // The item is there: this form came twice, and the first one did it.
        Ok(_) | Err(No::Refused(Refusal::ChangedMeanwhile)) => Ok((vault.id, item)),
        Err(no) => Err(no),
    }
}

/// The vault that was chosen; or, where there is none to choose from, a new one of the given name.
async fn vault(rollcall: &Rollcall, call: &PageCall, sent: &Sent<'_>) -> Result<Vault, No> {
    let chosen = match call.form.has("vault_name") {
        false => call.form.raw("vault").parse::<VaultId>().ok(),
        true => {
            let id: Option<VaultId> = call.form.raw("new_vault").parse().ok();
            let Some(vault) = id else { return Err(No::Refused(Refusal::NoSuchVault)) };
            let name = call.form.get("vault_name").to_owned();
            let key = rollcall.store.new_vault_key(sent.visitor.account, vault);
            match call.act(rollcall, CreateVault { vault, name, key }).await {
                Ok(made) => return Ok(made),
                // Made by the same form a moment ago.
                Err(No::Refused(Refusal::Exists(_))) => Some(vault),
                Err(no) => return Err(no),
            }
        }
    };
    let Some(vault) = chosen else { return Err(No::Refused(Refusal::NoSuchVault)) };
    Ok(call.ask(rollcall, OneVault { vault }).await?.answer.vault)
}

pub(crate) async fn saved(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let (Ok(application), Ok(vault), Ok(item)) = (
        call.query.raw("application").parse::<ApplicationId>(),
        call.query.raw("vault").parse::<VaultId>(),
        call.query.raw("item").parse::<ItemId>(),
    ) else {
        call.visitor(rollcall).await?;
        return Err(No::NotThere);
    };
    let integration = call.ask(rollcall, OneIntegration { id: application }).await?;
    let vault = call.ask(rollcall, OneVault { vault }).await?.answer.vault;
    let name = integration.answer.shown.application.name;
    let path = format!("/integrations/{application}");
    let crumbs = [(&*path, &*name)];
    let here = format!("Saved in {}", vault.name);
    Ok(show(&SavedPage {
        frame: call.frame_below(&integration.visitor, Section::Integrations, &crumbs, &here),
        application: ApplicationName { id: application.to_string(), name },
        vault: vault.id.to_string(),
        item: item.to_string(),
    }))
}
