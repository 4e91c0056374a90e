//! The audit log: the newest first, narrowed to a person, an application or a kind.

use axum::response::Response;
use rollcall_directory::audit::activity::Activity;
use rollcall_directory::users::{Named, Person};
use rollcall_directory::world::{ApplicationId, UserId};

use super::pages::{ActivityPage, FilterShown, KindChoice};
use super::words;
use crate::Rollcall;
use crate::console::{No, PageCall, show};
use crate::layout::{Pages, Problems, Section};
use crate::users::console::{at, page_query};

const PAGE_SIZE: u16 = 50;

pub(crate) async fn activity(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let filter = FilterShown {
        person: call.query.get("person").to_owned(),
        application: call.query.get("application").to_owned(),
        kind: call.query.get("kind").to_owned(),
    };
    let mut problems = Problems::default();
    let person = person(rollcall, call, &filter.person, &mut problems).await?;
    let application = application(&filter.application, &mut problems);
    let kind = kind(&filter.kind, &mut problems);
    let is_narrowed = person.is_some() || application.is_some() || kind.is_some();
    let question = Activity { person, application, kind, at: at(call), size: PAGE_SIZE };
    let asked = call.ask(rollcall, question).await?;
    let mut frame = call.frame(&asked.visitor, Section::Activity, "Activity");
    frame.has_problems = !problems.is_empty();
    let narrowed = [
        ("person", filter.person.as_str()),
        ("application", filter.application.as_str()),
        ("kind", filter.kind.as_str()),
    ];
    let choice = |(value, label): &(&'static str, &'static str)| KindChoice { value, label };
    // What cannot be looked for has no page, and shows nothing rather than everything.
    let records = if problems.is_empty() { &asked.answer.rows[..] } else { &[] };
    Ok(show(&ActivityPage {
        frame,
        kinds: words::KINDS.iter().map(choice).collect(),
        is_narrowed: is_narrowed || !problems.is_empty(),
        lines: records.iter().map(|told| words::line(told, call.now)).collect(),
        pages: match problems.is_empty() {
            true => Pages {
                previous: asked.answer.previous.as_ref().and_then(|at| page_query(at, &narrowed)),
                next: asked.answer.next.as_ref().and_then(|at| page_query(at, &narrowed)),
            },
            false => Pages::default(),
        },
        problems,
        filter,
    }))
}

/// By id or by address.
async fn person(
    rollcall: &Rollcall,
    call: &PageCall,
    text: &str,
    problems: &mut Problems,
) -> Result<Option<UserId>, No> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<Named>() {
        Ok(Named::Id(id)) => return Ok(Some(id)),
        Ok(who @ Named::Email(_)) => {
            // Only who may read the log is told whose address there is.
            let visitor = call.visitor(rollcall).await?;
            let found = call.look(rollcall, &Person { account: visitor.account, who }).await?;
            if let Some(user) = found {
                return Ok(Some(user.id));
            }
            problems.add("person", "Nobody in this account has this email.");
        }
        Err(_) => problems.add("person", "Give an email, or a user ID of 26 characters."),
    }
    Ok(None)
}

fn application(text: &str, problems: &mut Problems) -> Option<ApplicationId> {
    if text.is_empty() {
        return None;
    }
    let id = text.to_lowercase().parse().ok();
    if id.is_none() {
        problems.add("application", "Give a client ID, such as the integration's page shows it.");
    }
    id
}

fn kind(text: &str, problems: &mut Problems) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    let is_one = words::KINDS.iter().any(|(kind, _)| *kind == text);
    if !is_one {
        problems.add("kind", "There is no such kind of record: choose one from the list.");
    }
    is_one.then(|| text.to_owned())
}
