//! Making an OAuth application: the form, and its credentials, which are shown in the answer to it
//! and never again.

use axum::http::StatusCode;
use axum::response::Response;
use rollcall_directory::acting::Refusal;
use rollcall_directory::applications::{ClientSecret, RegisterApplication, Scopes, Terms};
use rollcall_directory::sessions::Visitor;
use rollcall_directory::vaults::shown::OwnVaults;
use rollcall_directory::world::{ApplicationId, SecretId};

use super::credentials::{self, Made};
use super::pages::{MadeAlreadyPage, OauthApplicationPage};
use super::shown::{self, Typed};
use crate::Rollcall;
use crate::console::{No, PageCall, again, html, refused, show};
use crate::layout::{Problems, Section};

const DIRECTORY: (&str, &str) = ("/integrations/directory", "Directory");

pub(crate) async fn form(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let visitor = call.visitor(rollcall).await?;
    let nothing = Typed {
        name: String::new(),
        description: String::new(),
        redirect_url: String::new(),
        scopes: Scopes::default(),
    };
    Ok(show(&page(rollcall, call, &visitor, nothing, Problems::default())))
}

fn page(
    rollcall: &Rollcall,
    call: &PageCall,
    visitor: &Visitor,
    typed: Typed,
    problems: Problems,
) -> OauthApplicationPage {
    // A form that comes again keeps its id: sent twice, it makes one application.
    let client_id = match call.form_key_holds(rollcall, call.form.raw("client_id")) {
        true => call.form.raw("client_id").to_owned(),
        false => ApplicationId::from_random(rollcall.store.world().bytes()).to_string(),
    };
    let mut frame =
        call.frame_below(visitor, Section::Integrations, &[DIRECTORY], "OAuth Application");
    frame.has_problems = !problems.is_empty();
    let key = call.form_key(rollcall, &client_id);
    let closed = shown::closed(visitor);
    OauthApplicationPage { frame, closed, problems, form: typed.form(client_id, key) }
}

pub(crate) async fn send(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    // Asked first: once the secret is made, nothing may keep it from being shown.
    let asked = call.ask(rollcall, OwnVaults).await?;
    let visitor = &asked.visitor;
    visitor.entitled().map_err(No::Refused)?;
    let typed = Typed::of(call);
    let problems = typed.problems();
    if !problems.is_empty() {
        return Ok(again(&page(rollcall, call, visitor, typed, problems)));
    }
    let id = call.form.raw("client_id");
    let id = id.parse().ok().filter(|_| call.form_key_holds(rollcall, id));
    let Some(id) = id else {
        let text = "This form was opened before you signed in anew, so nothing was made. What you typed is still there: send it once more.";
        return Ok(again(&page(rollcall, call, visitor, typed, Problems::one("", text))));
    };
    let world = rollcall.store.world();
    let secret = ClientSecret::from_random(&world.bytes());
    let secret_id = SecretId::from_bytes(world.bytes());
    let act = RegisterApplication {
        id,
        name: typed.name.clone(),
        description: typed.description.clone(),
        redirect_url: typed.redirect_url.clone(),
        scopes: typed.scopes,
        secret_id,
        secret: secret.digest(),
        terms: Terms::default(),
    };
    match call.act(rollcall, act).await {
        Ok(application) => {
            let made = Made::of(&application, secret_id, &secret);
            Ok(credentials::shown_once(rollcall, call, visitor, &asked.answer, &made))
        }
        Err(No::Refused(Refusal::Exists(_))) => Ok(made_already(call, visitor, &id.to_string())),
        Err(No::Refused(why @ Refusal::Invalid(_))) => {
            let problems = Problems::one("", refused::text(&why));
            Ok(again(&page(rollcall, call, visitor, typed, problems)))
        }
        Err(no) => Err(no),
    }
}

/// A form came a second time: by a reload, the back button or two presses.
pub(super) fn made_already(call: &PageCall, visitor: &Visitor, id: &str) -> Response {
    let frame = call.frame_below(visitor, Section::Integrations, &[], "This was made already");
    html(StatusCode::CONFLICT, &MadeAlreadyPage { frame, id: id.to_owned() })
}
