//! The console's table of contents: every page of the list, and its handler. A new page does not
//! compile until it has one. Also what all of them pass: whether a form was sent from a page of
//! ours, its fields, and the headers of the answer.

mod call;
mod no;
pub(crate) mod refused;

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::Response;

pub(crate) use self::call::{PageCall, again, html, see_other, show};
pub(crate) use self::no::No;
use crate::edge::cross_site::OwnOrigins;
use crate::edge::fields::Fields;
use crate::edge::guesses::Guesses;
use crate::edge::password_gate::PasswordGate;
use crate::edge::{answer, body, cookies::Cookies, page_headers};
use crate::layout::assets::Asset;
use crate::page::{Page, PageMethod, Resolved};
use crate::settings::Settings;
use crate::tokens::form::is_form;
use crate::{Rollcall, applications, audit, sessions, users, vaults};

/// A form with an item of a vault is the largest; all others are a few hundred bytes.
const FORM_MAX_BYTES: usize = 128 * 1024;

/// What the console keeps in memory.
pub(crate) struct Console {
    pub own_origins: OwnOrigins,
    pub cookies: Cookies,
    pub passwords: PasswordGate,
    pub guesses: Guesses,
}

impl Console {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            own_origins: OwnOrigins::of(&settings.public_url),
            cookies: Cookies::of(&settings.public_url),
            passwords: PasswordGate::new(),
            guesses: Guesses::new(),
        }
    }
}

/// What logs and counters call it.
pub(crate) fn operation(resolved: &Resolved) -> &'static str {
    match resolved {
        Resolved::Found { page, .. } => page.name(),
        Resolved::Asset(_) => "ConsoleAsset",
        Resolved::Options { .. } => "Options",
        Resolved::MethodNotAllowed { .. } => "MethodNotAllowed",
        Resolved::NotFound { .. } => "NotFound",
    }
}

pub(crate) async fn answer(
    rollcall: &Rollcall,
    resolved: Resolved,
    from: IpAddr,
    request_id: &str,
    request: Request,
) -> Response {
    let mut response = match resolved {
        Resolved::Found { page, ids } => {
            let mut call = PageCall::of(rollcall, page, ids, from, request_id, &request);
            let answered = match received(rollcall, &mut call, request).await {
                Ok(()) => handle(rollcall, &call).await,
                Err(no) => Err(no),
            };
            match answered {
                Ok(response) => response,
                Err(no) => no::answer(rollcall, &call, no).await,
            }
        }
        Resolved::Asset(name) => {
            Asset::answer(&name).unwrap_or_else(|| no::not_found(None, request_id))
        }
        Resolved::Options { allow } => {
            let mut response = answer::empty(StatusCode::NO_CONTENT);
            answer::allow(&mut response, allow);
            response
        }
        Resolved::MethodNotAllowed { allow } => {
            let mut response = no::method_not_allowed(request_id);
            answer::allow(&mut response, allow);
            response
        }
        Resolved::NotFound { account } => no::not_found(account.as_deref(), request_id),
    };
    page_headers::add(&mut response);
    response
}

/// A request whose headers two readers may read in two ways.
pub(crate) fn bad_request(why: &'static str, request_id: &str) -> Response {
    let mut response = no::unreadable(why, request_id);
    page_headers::add(&mut response);
    response
}

/// What is sent: from a page of ours, and a form.
async fn received(rollcall: &Rollcall, call: &mut PageCall, request: Request) -> Result<(), No> {
    if call.page.method() == PageMethod::Get {
        return Ok(());
    }
    let (parts, sent) = request.into_parts();
    rollcall.console.own_origins.sent_it(&parts.headers).map_err(No::NotOurs)?;
    // A form without a field has no content type in some browsers' eyes.
    if parts.headers.contains_key(header::CONTENT_TYPE) && !is_form(&parts.headers) {
        return Err(No::Unreadable("What was sent is not a form of ours."));
    }
    let sent = body::read(&parts.headers, sent, FORM_MAX_BYTES, &rollcall.settings.limits).await;
    let sent = sent.map_err(|flaw| match flaw {
        body::Flaw::TooLarge => No::TooLarge,
        body::Flaw::Broken => No::Unreadable("What was sent broke off, or did not come in time."),
    })?;
    call.form = Fields::parse(&sent).map_err(No::Unreadable)?;
    Ok(())
}

async fn handle(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    use {applications::console as integrations, users::console as people};
    match call.page {
        Page::Front => sessions::console::front(rollcall).await,
        Page::Home => sessions::console::home(rollcall, call).await,
        Page::SignInForm => sessions::console::sign_in_form(rollcall, call).await,
        Page::SignIn => sessions::console::sign_in(rollcall, call).await,
        Page::SignOut => sessions::console::sign_out(rollcall, call).await,
        Page::SignOutEverywhere => sessions::console::sign_out_everywhere(rollcall, call).await,
        Page::LinkForm => sessions::link::form(call),
        Page::UseLink => sessions::link::send(rollcall, call).await,
        Page::PasswordForm => sessions::own::password_form(rollcall, call).await,
        Page::ChangePassword => sessions::own::change_password(rollcall, call).await,
        Page::Settings => sessions::own::settings(rollcall, call).await,

        Page::People => people::list(rollcall, call).await,
        Page::InviteForm => users::inviting::form(rollcall, call).await,
        Page::Invite => users::inviting::send(rollcall, call).await,
        Page::Person => people::person(rollcall, call).await,
        Page::SuspendForm => users::standing::suspend_form(rollcall, call).await,
        Page::Suspend => users::standing::suspend(rollcall, call).await,
        Page::ReactivateForm => users::standing::reactivate_form(rollcall, call).await,
        Page::Reactivate => users::standing::reactivate(rollcall, call).await,
        Page::GroupsForm => users::inviting::groups_form(rollcall, call).await,
        Page::ChangeGroups => users::inviting::change_groups(rollcall, call).await,
        Page::ResetLinkForm => users::inviting::reset_link_form(rollcall, call).await,
        Page::MakeResetLink => users::inviting::make_reset_link(rollcall, call).await,

        Page::Integrations => integrations::list(rollcall, call).await,
        Page::Directory => integrations::directory(rollcall, call).await,
        Page::OauthApplicationForm => applications::making::form(rollcall, call).await,
        Page::GenerateCredentials => applications::making::send(rollcall, call).await,
        Page::CredentialsSaved => applications::saving::saved(rollcall, call).await,
        Page::SaveCredentials => applications::saving::save(rollcall, call).await,
        Page::Integration => integrations::one(rollcall, call).await,
        Page::EditIntegrationForm => integrations::edit_form(rollcall, call).await,
        Page::EditIntegration => integrations::edit(rollcall, call).await,
        Page::AddSecretForm => applications::secrets::add_form(rollcall, call).await,
        Page::AddSecret => applications::secrets::add(rollcall, call).await,
        Page::RetireSecretForm => applications::secrets::retire_form(rollcall, call).await,
        Page::RetireSecret => applications::secrets::retire(rollcall, call).await,
        Page::RotateSecretForm => applications::secrets::rotate_form(rollcall, call).await,
        Page::RotateSecret => applications::secrets::rotate(rollcall, call).await,
        Page::DeleteIntegrationForm => integrations::delete_form(rollcall, call).await,
        Page::DeleteIntegration => integrations::delete(rollcall, call).await,

        Page::Vaults => vaults::console::list(rollcall, call).await,
        Page::CreateVaultForm => vaults::console::new_form(rollcall, call).await,
        Page::CreateVault => vaults::console::create(rollcall, call).await,
        Page::Vault => vaults::console::one(rollcall, call).await,
        Page::VaultAccessForm => vaults::sharing::form(rollcall, call).await,
        Page::ChangeVaultAccess => vaults::sharing::send(rollcall, call).await,
        Page::CreateItemForm => vaults::items::new_form(rollcall, call).await,
        Page::CreateItem => vaults::items::create(rollcall, call).await,
        Page::Item => vaults::items::one(rollcall, call).await,
        Page::RevealItem => vaults::items::reveal(rollcall, call).await,
        Page::DeleteItemForm => vaults::items::delete_form(rollcall, call).await,
        Page::DeleteItem => vaults::items::delete(rollcall, call).await,
        Page::DeleteVaultForm => vaults::console::delete_form(rollcall, call).await,
        Page::DeleteVault => vaults::console::delete(rollcall, call).await,

        Page::Activity => audit::console::activity(rollcall, call).await,
    }
}
