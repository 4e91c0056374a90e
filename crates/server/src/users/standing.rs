//! Suspending and reactivating somebody: a page that says what will happen, the act, and a notice
//! with the way back.

use axum::response::Response;
use rollcall_directory::acting::Refusal;
use rollcall_directory::users::{Reactivate, ReasonText, Suspend, User};

use super::console::{PersonSeen, look_at_person, seen_secrets};
use super::pages::{ReactivatePage, SuspendPage};
use super::shown;
use crate::Rollcall;
use crate::console::{No, PageCall, again, refused, show};
use crate::layout::{Frame, Problems, Section};

/// What is kept beside the act when it was undone by the notice's button.
const UNDONE: &str = "Undone right after";

fn frame(call: &PageCall, seen: &PersonSeen, here: &str) -> Frame {
    let user = &seen.person.user;
    let path = format!("/people/{}", user.id);
    call.frame_below(&seen.visitor, Section::People, &[(&path, shown::name(user))], here)
}

fn why(call: &PageCall) -> Option<ReasonText> {
    let reason = call.form.lines("reason");
    (!reason.is_empty()).then(|| ReasonText::cut(&reason))
}

pub(crate) async fn suspend_form(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look_at_person(rollcall, call).await?;
    let user = &seen.person.user;
    if user.is_suspended() {
        return Ok(call.see_other(&format!("/people/{}", user.id)));
    }
    let refused = match user.externally_managed {
        true => refused::text(&Refusal::ExternallyManaged(user.id)),
        false => String::new(),
    };
    Ok(show(&suspend_page(call, &seen, Problems::default(), refused)))
}

fn suspend_page(
    call: &PageCall,
    seen: &PersonSeen,
    problems: Problems,
    refused: String,
) -> SuspendPage {
    let user = &seen.person.user;
    let mut frame = frame(call, seen, &format!("Suspend {}?", shown::name(user)));
    frame.has_problems = !problems.is_empty();
    SuspendPage {
        frame,
        problems,
        person: shown::person(user, call.now),
        seen: seen_secrets(call, &seen.secrets),
        reason: call.form.lines("reason"),
        refused,
    }
}

pub(crate) async fn suspend(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let user = call.ids.user.as_deref().and_then(|id| id.parse().ok());
    let why = why(call);
    match call.act(rollcall, Suspend { account: call.account, user, why }).await {
        Ok(user) => Ok(done(call, &user, "suspended")),
        Err(No::Refused(why)) => {
            let seen = look_at_person(rollcall, call).await?;
            Ok(again(&suspend_page(call, &seen, Problems::default(), refused::text(&why))))
        }
        Err(no) => Err(no),
    }
}

/// Back to the person, with the epoch of now: the notice's button works as long as it is that.
fn done(call: &PageCall, user: &User, what: &str) -> Response {
    call.see_other(&format!("/people/{}?done={what}&epoch={}", user.id, user.epoch))
}

pub(crate) async fn reactivate_form(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let seen = look_at_person(rollcall, call).await?;
    let user = &seen.person.user;
    if !user.is_suspended() {
        return Ok(call.see_other(&format!("/people/{}", user.id)));
    }
    let refused = match user.groups.owner && !seen.visitor.user.groups.owner {
        true => refused::text(&Refusal::OwnersOnly(user.id)),
        false => String::new(),
    };
    Ok(show(&reactivate_page(call, &seen, refused)))
}

fn reactivate_page(call: &PageCall, seen: &PersonSeen, refused: String) -> ReactivatePage {
    let user = &seen.person.user;
    ReactivatePage {
        frame: frame(call, seen, &format!("Reactivate {}?", shown::name(user))),
        problems: Problems::default(),
        person: shown::person(user, call.now),
        reason: call.form.lines("reason"),
        refused,
    }
}

pub(crate) async fn reactivate(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let user = call.ids.user.as_deref().and_then(|id| id.parse().ok());
    let mut why = why(call);
    if call.form.has("undo") {
        // The button of a notice: only while nothing else has happened.
        let seen = look_at_person(rollcall, call).await?;
        if call.form.get("undo") != seen.person.user.epoch.to_string() {
            return Err(No::Refused(Refusal::ChangedMeanwhile));
        }
        why = Some(ReasonText::cut(UNDONE));
    }
    let act = Reactivate { account: call.account, user, why, guarded: false };
    match call.act(rollcall, act).await {
        Ok(user) => Ok(done(call, &user, "reactivated")),
        Err(No::Refused(why)) => {
            let seen = look_at_person(rollcall, call).await?;
            Ok(again(&reactivate_page(call, &seen, refused::text(&why))))
        }
        Err(no) => Err(no),
    }
}
