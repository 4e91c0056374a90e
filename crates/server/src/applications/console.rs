//! The list of integrations, and the page of one: what it is, what it may do, who has its secrets.

use axum::response::Response;
use rollcall_directory::acting::Refusal;
use rollcall_directory::applications::shown::{Integrations, SecretsSeenOf};
use rollcall_directory::applications::{
    Application, DeleteApplication, EditApplication, LiveSecret,
};
use rollcall_directory::world::ApplicationId;

use super::pages::{
    self, ApplicationRow, DeletePage, DirectoryPage, EditPage, IntegrationPage, IntegrationsPage,
    SecretShown, SeenBy,
};
use super::secrets::{Seen, look};
use super::shown::{self, Typed};
use crate::Rollcall;
use crate::console::{No, PageCall, again, refused, show};
use crate::layout::{Notice, Pages, Problems, Section, When, query};

const PAGE_SIZE: u16 = 50;

pub(crate) async fn list(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let after: Option<ApplicationId> = call.query.get("after").parse().ok();
    // One more than is shown says whether there is a next page.
    let question = Integrations { after, limit: PAGE_SIZE + 1 };
    let asked = call.ask(rollcall, question).await?;
    let on_page = asked.answer.iter().take(usize::from(PAGE_SIZE));
    let last = on_page.clone().next_back().map(|shown| shown.application.id.to_string());
    let next = last.filter(|_| asked.answer.len() > usize::from(PAGE_SIZE));
    let row = |shown: &rollcall_directory::applications::ApplicationShown| {
        let application = &shown.application;
        let uses = application.secrets.iter().filter_map(|secret| shown.last_use(secret.id));
        ApplicationRow {
            id: application.id.to_string(),
            name: application.name.clone(),
            scopes: shown::labels(application.scopes),
            made: When::of(application.created, call.now),
            used: uses.map(|used| used.at).max().map(|at| When::of(at, call.now)),
        }
    };
    let mut frame = call.frame(&asked.visitor, Section::Integrations, "Integrations");
    if call.query.get("done") == "deleted" {
        let text = "The integration is deleted. Its secrets and tokens do not work any more.";
        frame.notice = Some(Notice::said(text));
    }
    Ok(show(&IntegrationsPage {
        frame,
        closed: shown::closed(&asked.visitor),
        applications: on_page.map(row).collect(),
        pages: Pages {
            previous: after.map(|_| query(&[("from", "start")])),
            next: next.map(|id| query(&[("after", id.as_str())])),
        },
    }))
}

pub(crate) async fn directory(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let visitor = call.visitor(rollcall).await?;
    Ok(show(&DirectoryPage {
        frame: call.frame_below(&visitor, Section::Integrations, &[], "Directory"),
        closed: shown::closed(&visitor),
    }))
}

pub(crate) async fn one(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look(rollcall, call).await?;
    let application = seen.application();
    let question = SecretsSeenOf { application: application.id };
    let seen_by = call.ask(rollcall, question).await?.answer;
    let secret = |secret: &LiveSecret| {
        let theirs = seen_by.iter().filter(|by| by.secret == secret.id);
        SecretShown {
            id: secret.id.to_string(),
            label: secret.label.clone(),
            terms: shown::terms(secret, call.now),
            made: When::of(secret.created, call.now),
            used: seen.one.shown.last_use(secret.id).map(|used| shown::last_use(used, call.now)),
            seen_by: theirs
                .map(|by| SeenBy {
                    id: by.user.to_string(),
                    name: by.user_name.clone(),
                    at: When::of(by.at, call.now),
                })
                .collect(),
        }
    };
    let mut frame = call.frame_below(&seen.visitor, Section::Integrations, &[], &application.name);
    frame.notice = notice(call).map(Notice::said);
    let open = seen.visitor.entitled().is_ok();
    let secrets = application.secrets.len();
    Ok(show(&IntegrationPage {
        frame,
        closed: shown::closed(&seen.visitor),
        application: shown_application(call, &seen),
        secrets: application.secrets.iter().map(secret).collect(),
        may_add: open && secrets < Application::SECRETS_MAX,
        may_retire: open && secrets > 1,
    }))
}

fn shown_application(call: &PageCall, seen: &Seen) -> pages::ApplicationShown {
    let application = seen.application();
    let maker = match (&seen.one.made_by_name, application.made_by) {
        (Some(name), _) => name.clone(),
        (None, Some(_)) => "somebody who was removed".to_owned(),
        (None, None) => "the operator".to_owned(),
    };
    pages::ApplicationShown {
        id: application.id.to_string(),
        name: application.name.clone(),
        description: application.description.clone(),
        redirect_url: application.redirect_url.clone(),
        scopes: shown::held(application.scopes),
        made: When::of(application.created, call.now),
        maker,
    }
}

fn notice(call: &PageCall) -> Option<&'static str> {
    match call.query.get("done") {
        "edited" => Some("Your changes are saved. They hold from the next call on."),
        "retired" => {
            Some("The secret is retired. It, and tokens made with it, do not work any more.")
        }
        _ => None,
    }
}

pub(crate) async fn edit_form(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look(rollcall, call).await?;
    let application = seen.application();
    let typed = Typed {
        name: application.name.clone(),
        description: application.description.clone(),
        redirect_url: application.redirect_url.clone(),
        scopes: application.scopes,
    };
    Ok(show(&edit_page(call, &seen, typed, Problems::default())))
}

fn edit_page(call: &PageCall, seen: &Seen, typed: Typed, problems: Problems) -> EditPage {
    let mut frame = seen.frame(call, &format!("Edit {}", seen.application().name));
    frame.has_problems = !problems.is_empty();
    let id = seen.application().id.to_string();
    EditPage {
        frame,
        closed: shown::closed(&seen.visitor),
        problems,
        form: typed.form(id, String::new()),
    }
}

pub(crate) async fn edit(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look(rollcall, call).await?;
    let typed = Typed::of(call);
    let problems = typed.problems();
    if !problems.is_empty() {
        return Ok(again(&edit_page(call, &seen, typed, problems)));
    }
    let act = EditApplication {
        id: seen.application().id,
        name: Some(typed.name.clone()),
        description: Some(typed.description.clone()),
        redirect_url: Some(typed.redirect_url.clone()),
        scopes: Some(typed.scopes),
    };
    match call.act(rollcall, act).await {
        Ok(application) => {
            Ok(call.see_other(&format!("/integrations/{}?done=edited", application.id)))
        }
        Err(No::Refused(why @ Refusal::Invalid(_))) => {
            let problems = Problems::one("", refused::text(&why));
            Ok(again(&edit_page(call, &seen, typed, problems)))
        }
        Err(no) => Err(no),
    }
}

pub(crate) async fn delete_form(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look(rollcall, call).await?;
    Ok(show(&delete_page(call, &seen, Problems::default())))
}

fn delete_page(call: &PageCall, seen: &Seen, problems: Problems) -> DeletePage {
    let mut frame = seen.frame(call, &format!("Delete {}?", seen.application().name));
    frame.has_problems = !problems.is_empty();
    DeletePage {
        frame,
        closed: shown::closed(&seen.visitor),
        problems,
        confirm_hint: format!(
            "“{}”, so that it is not deleted by a slip.",
            seen.application().name
        ),
        application: seen.name(),
        typed: call.form.get("name").to_owned(),
    }
}

pub(crate) async fn delete(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look(rollcall, call).await?;
    let application = seen.application();
    if call.form.get("name") != application.name.trim() {
        let problems = Problems::one("name", "This is not the integration's name.");
        return Ok(again(&delete_page(call, &seen, problems)));
    }
    match call.act(rollcall, DeleteApplication { id: application.id }).await {
        Ok(_) => Ok(call.see_other("/integrations?done=deleted")),
        Err(no) => Err(no),
    }
}
