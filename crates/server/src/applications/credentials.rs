//! The one page that shows a client secret: right after it was made, and again only when saving it
//! did not work. The secret travels in the page and its form, and is kept nowhere between them.

use axum::response::Response;
use rollcall_directory::applications::{Application, ClientSecret};
use rollcall_directory::sessions::Visitor;
use rollcall_directory::vaults::Level;
use rollcall_directory::vaults::shown::OwnVault;
use rollcall_directory::world::{ApplicationId, ItemId, SecretId, VaultId};
use rollcall_wire::route::{Route, RoutesServed};

use super::pages::{Credentials, CredentialsPage, Ready, VaultChoice};
use crate::Rollcall;
use crate::console::{PageCall, show};
use crate::layout::{Problems, Section};

/// What was just made, for whom.
pub(super) struct Made<'a> {
    pub application: ApplicationId,
    pub name: &'a str,
    pub secret_id: SecretId,
    pub secret: &'a ClientSecret,
}

impl<'a> Made<'a> {
    pub(super) fn of(
        application: &'a Application,
        secret_id: SecretId,
        secret: &'a ClientSecret,
    ) -> Self {
        Self { application: application.id, name: &application.name, secret_id, secret }
    }
}

/// The answer to whoever made it.
pub(super) fn shown_once(
    rollcall: &Rollcall,
    call: &PageCall,
    visitor: &Visitor,
    vaults: &[OwnVault],
    made: &Made<'_>,
) -> Response {
    show(&page(rollcall, call, visitor, vaults, made, Problems::default()))
}

pub(super) fn page(
    rollcall: &Rollcall,
    call: &PageCall,
    visitor: &Visitor,
    vaults: &[OwnVault],
    made: &Made<'_>,
    problems: Problems,
) -> CredentialsPage {
    let client_id = made.application.to_string();
    let path = format!("/integrations/{client_id}");
    let crumbs = [(&*path, made.name)];
    let mut frame =
        call.frame_below(visitor, Section::Integrations, &crumbs, "Save the credentials");
    frame.has_problems = !problems.is_empty();
    let world = rollcall.store.world();
    let item = ItemId::from_bytes(world.bytes()).to_string();
    let writable = vaults.iter().filter(|own| own.level == Level::Write);
    let choice =
        |own: &OwnVault| VaultChoice { id: own.vault.id.to_string(), name: own.vault.name.clone() };
    CredentialsPage {
        frame,
        problems,
        shown: Credentials {
            lead: format!("With these, {} proves who it is.", made.name),
            secret_id: made.secret_id.to_string(),
            secret: made.secret.expose().to_owned(),
            key: call.form_key(rollcall, &item),
            item,
            new_vault: VaultId::from_bytes(world.bytes()).to_string(),
            ready: ready(rollcall, visitor, &client_id, made.secret),
            client_id,
        },
        vaults: writable.map(choice).collect(),
    }
}

/// The path of a route in the family that is served; the documented one where both are.
fn path(route: Route, served: RoutesServed, account: &str) -> String {
    let first = route.addresses(served).next().map(|(_, path)| path).unwrap_or_default();
    first.replace("{account}", account)
}

fn ready(
    rollcall: &Rollcall,
    visitor: &Visitor,
    client_id: &str,
    secret: &ClientSecret,
) -> Vec<Ready> {
    let url = rollcall.settings.public_url.trim_end_matches('/');
    let (account, secret) = (visitor.account.to_string(), secret.expose());
    let token = path(Route::Token, rollcall.settings.routes, &account);
    let users = path(Route::ListUsers, rollcall.settings.routes, &account);
    let curl = format!(
        "curl --user '{client_id}:{secret}' \\\n  --data grant_type=client_credentials \\\n  '{url}{token}'"
    );
    let env = format!(
        "ROLLCALL_URL={url}\nROLLCALL_ACCOUNT_ID={account}\nROLLCALL_CLIENT_ID={client_id}\nROLLCALL_CLIENT_SECRET={secret}"
    );
    let shell = format!(
        "# With the lines of .env in the environment:\ntoken=$(curl --silent --user \"$ROLLCALL_CLIENT_ID:$ROLLCALL_CLIENT_SECRET\" \\\n  --data grant_type=client_credentials \"$ROLLCALL_URL{token}\" |\n  sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')\ncurl --header \"Authorization: Bearer $token\" \\\n  \"$ROLLCALL_URL{users}\""
    );
    vec![
        Ready { id: "ready-curl", label: "curl", lines: curl },
        Ready { id: "ready-env", label: ".env", lines: env },
        Ready { id: "ready-shell", label: "Command line", lines: shell },
    ]
}
