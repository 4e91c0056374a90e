//! An application's secrets: a second one, one in the place of another, one that is retired.

use axum::response::Response;
use rollcall_directory::acting::Refusal;
use rollcall_directory::applications::shown::{OneIntegration, OneIntegrationShown};
use rollcall_directory::applications::{
    AddSecret, Application, ClientSecret, LiveSecret, ReplaceSecret, RetireSecret, Terms,
};
use rollcall_directory::sessions::Visitor;
use rollcall_directory::vaults::shown::OwnVaults;
use rollcall_directory::world::{ApplicationId, SecretId};

use super::credentials::{self, Made};
use super::making::made_already;
use super::pages::{AddSecretPage, ApplicationName, RetireSecretPage, RotateSecretPage};
use super::shown;
use crate::Rollcall;
use crate::console::{No, PageCall, again, refused, show};
use crate::layout::{Frame, Problems, Section};

/// An application of the address, and who looks at it.
pub(super) struct Seen {
    pub visitor: Visitor,
    pub one: OneIntegrationShown,
}

impl Seen {
    pub(super) fn application(&self) -> &Application {
        &self.one.shown.application
    }

    pub(super) fn name(&self) -> ApplicationName {
        let application = self.application();
        ApplicationName { id: application.id.to_string(), name: application.name.clone() }
    }

    /// Of a page below the application's.
    pub(super) fn frame(&self, call: &PageCall, here: &str) -> Frame {
        let application = self.application();
        let path = format!("/integrations/{}", application.id);
        let crumbs = [(&*path, &*application.name)];
        call.frame_below(&self.visitor, Section::Integrations, &crumbs, here)
    }
}

pub(super) async fn look(rollcall: &Rollcall, call: &PageCall) -> Result<Seen, No> {
    let id = call.ids.application.as_deref().and_then(|id| id.parse::<ApplicationId>().ok());
    let Some(id) = id else {
        call.visitor(rollcall).await?;
        return Err(No::Refused(Refusal::NoSuchApplication));
    };
    let asked = call.ask(rollcall, OneIntegration { id }).await?;
    Ok(Seen { visitor: asked.visitor, one: asked.answer })
}

/// The secret that the address names.
fn secret<'s>(call: &PageCall, seen: &'s Seen) -> Result<&'s LiveSecret, No> {
    let id = call.ids.secret.as_deref().and_then(|id| id.parse().ok());
    let secret = id.and_then(|id| seen.application().secret(id));
    secret.ok_or(No::Refused(Refusal::NoSuchSecret))
}

/// The id for a secret that is to be made, given out with the form, so that it is made once.
fn id_of_form(rollcall: &Rollcall, call: &PageCall) -> Result<SecretId, No> {
    let id = call.form.raw("secret_id");
    let holds = call.form_key_holds(rollcall, id);
    id.parse().ok().filter(|_| holds).ok_or(No::StaleForm)
}

fn fresh_id(rollcall: &Rollcall) -> String {
    SecretId::from_bytes(rollcall.store.world().bytes()).to_string()
}

pub(crate) async fn add_form(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look(rollcall, call).await?;
    Ok(show(&add_page(rollcall, call, &seen, Problems::default())))
}

fn add_page(
    rollcall: &Rollcall,
    call: &PageCall,
    seen: &Seen,
    problems: Problems,
) -> AddSecretPage {
    let secret_id = match call.form_key_holds(rollcall, call.form.raw("secret_id")) {
        true => call.form.raw("secret_id").to_owned(),
        false => fresh_id(rollcall),
    };
    let mut frame = seen.frame(call, "Add a second secret");
    frame.has_problems = !problems.is_empty();
    AddSecretPage {
        frame,
        closed: shown::closed(&seen.visitor),
        problems,
        application: seen.name(),
        key: call.form_key(rollcall, &secret_id),
        secret_id,
        label: call.form.get("label").to_owned(),
    }
}

pub(crate) async fn add(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look(rollcall, call).await?;
    let vaults = call.ask(rollcall, OwnVaults).await?.answer;
    let label = call.form.get("label");
    if label.is_empty() {
        let problems = Problems::one("label", "Give the secret a label.");
        return Ok(again(&add_page(rollcall, call, &seen, problems)));
    }
    let secret_id = id_of_form(rollcall, call)?;
    let secret = ClientSecret::from_random(&rollcall.store.world().bytes());
    let act = AddSecret {
        application: seen.application().id,
        secret_id,
        secret: secret.digest(),
        label: label.to_owned(),
        terms: Terms::default(),
    };
    match call.act(rollcall, act).await {
        Ok(application) => {
            let made = Made::of(&application, secret_id, &secret);
            Ok(credentials::shown_once(rollcall, call, &seen.visitor, &vaults, &made))
        }
        Err(No::Refused(Refusal::Exists(_))) => {
            Ok(made_already(call, &seen.visitor, &seen.name().id))
        }
        Err(No::Refused(why @ Refusal::Invalid(_))) => {
            let problems = Problems::one("label", refused::text(&why));
            Ok(again(&add_page(rollcall, call, &seen, problems)))
        }
        Err(no) => Err(no),
    }
}

pub(crate) async fn rotate_form(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look(rollcall, call).await?;
    let secret = secret(call, &seen)?;
    let new_secret_id = fresh_id(rollcall);
    Ok(show(&RotateSecretPage {
        frame: seen.frame(call, &format!("Rotate “{}”?", secret.label)),
        closed: shown::closed(&seen.visitor),
        problems: Problems::default(),
        application: seen.name(),
        secret_id: secret.id.to_string(),
        key: call.form_key(rollcall, &new_secret_id),
        new_secret_id,
        used: shown::use_words(seen.one.shown.last_use(secret.id), call.now),
        may_add: seen.application().secrets.len() < Application::SECRETS_MAX,
    }))
}

pub(crate) async fn rotate(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look(rollcall, call).await?;
    let vaults = call.ask(rollcall, OwnVaults).await?.answer;
    let secret_id = id_of_form(rollcall, call)?;
    let old = call.ids.secret.as_deref().and_then(|id| id.parse().ok());
    let Some(old) = old else { return Err(No::Refused(Refusal::NoSuchSecret)) };
    let secret = ClientSecret::from_random(&rollcall.store.world().bytes());
    let act = ReplaceSecret {
        application: seen.application().id,
        old,
        secret_id,
        secret: secret.digest(),
        label: None,
    };
    match call.act(rollcall, act).await {
        Ok(application) => {
            let made = Made::of(&application, secret_id, &secret);
            Ok(credentials::shown_once(rollcall, call, &seen.visitor, &vaults, &made))
        }
        Err(No::Refused(Refusal::Exists(_))) => {
            Ok(made_already(call, &seen.visitor, &seen.name().id))
        }
        Err(no) => Err(no),
    }
}

pub(crate) async fn retire_form(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look(rollcall, call).await?;
    let secret = secret(call, &seen)?;
    Ok(show(&RetireSecretPage {
        frame: seen.frame(call, &format!("Retire “{}”?", secret.label)),
        closed: shown::closed(&seen.visitor),
        problems: Problems::default(),
        application: seen.name(),
        secret_id: secret.id.to_string(),
        used: shown::use_words(seen.one.shown.last_use(secret.id), call.now),
    }))
}

pub(crate) async fn retire(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look(rollcall, call).await?;
    let application = seen.application().id;
    let there = format!("/integrations/{application}?done=retired");
    let Ok(secret) = secret(call, &seen) else {
        // Retired already, such as by the first of two presses.
        return Ok(call.see_other(&there));
    };
    match call.act(rollcall, RetireSecret { application, secret: secret.id }).await {
        Ok(_) | Err(No::Refused(Refusal::NoSuchSecret)) => Ok(call.see_other(&there)),
        Err(no) => Err(no),
    }
}
