//! One's own: the password, the sessions, and what holds for the account.

use axum::response::Response;
use rollcall_directory::accounts::Plan;
use rollcall_directory::acting::Refusal;
use rollcall_directory::sessions::{
    ChangePassword, Door, OwnSessions, Password, Session, SessionSecret, Visitor,
};

use super::pages::{PasswordPage, SessionRow, SettingsPage};
use super::{console, with_session};
use crate::Rollcall;
use crate::console::{No, PageCall, again, refused, show};
use crate::layout::{Notice, Problems, Section, When, span};
use crate::users::shown::group_names;

const LENGTH_MIN_CHARS: usize = 12;
pub(super) const PASSWORD_HINT: &str = "At least 12 characters. A few words in a row are good.";

/// What was typed for a new password, twice the same and long enough.
pub(super) fn new_password(call: &PageCall, problems: &mut Problems) -> Option<String> {
    let (new, again) = (call.form.raw("new"), call.form.raw("again"));
    if new.chars().count() < LENGTH_MIN_CHARS {
        problems
            .add("new", format!("Choose a password of at least {LENGTH_MIN_CHARS} characters."));
    } else if new.len() > Password::LENGTH_MAX_BYTES {
        problems.add("new", "Choose a password of at most 1,024 bytes.");
    } else if new != again {
        problems.add("again", "Type the same password again.");
    } else {
        return Some(new.to_owned());
    }
    None
}

pub(crate) async fn password_form(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let visitor = call.visitor(rollcall).await?;
    Ok(show(&password_page(call, &visitor, Problems::default())))
}

fn password_page(call: &PageCall, visitor: &Visitor, problems: Problems) -> PasswordPage {
    let mut frame = call.frame_below(visitor, Section::Settings, &[], "Change password");
    frame.has_problems = !problems.is_empty();
    PasswordPage { frame, problems, password_hint: PASSWORD_HINT.to_owned() }
}

pub(crate) async fn change_password(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let visitor = call.visitor(rollcall).await?;
    let mut problems = Problems::default();
    let current = call.form.raw("current");
    if current.is_empty() {
        problems.add("current", "Enter the password that you have now.");
    }
    let new = new_password(call, &mut problems);
    let (Some(new), true) = (new, problems.is_empty()) else {
        return Ok(again(&password_page(call, &visitor, problems)));
    };
    // Somebody else's hands on an open session guess here as at the door.
    let target = console::target(call, &visitor.user.email);
    let nodes = rollcall.store.nodes();
    if let Err(seconds) = rollcall.console.guesses.one_more(call.from, target, Some([0; 16]), nodes)
    {
        let wait = span(std::time::Duration::from_secs(seconds));
        let text = format!("There were too many attempts. Try again in {wait}.");
        return Ok(again(&password_page(call, &visitor, Problems::one("current", text))));
    }
    let door = Door { account: visitor.account, email: visitor.user.email.clone() };
    let old = call.look(rollcall, &door).await?.and_then(|at| at.opens_to().cloned());
    let passwords = &rollcall.console.passwords;
    let is_right = passwords.matches(Password::new(current.to_owned()), old.clone()).await;
    let (true, Some(old)) = (is_right.map_err(|_full| No::Busy)?, old) else {
        let problems = Problems::one("current", "This is not the password that you have now.");
        return Ok(again(&password_page(call, &visitor, problems)));
    };
    let world = rollcall.store.world();
    let new = passwords.hash(Password::new(new), world.bytes()).await.map_err(|_full| No::Busy)?;
    let Some(new) = new else {
        let problems = Problems::one("new", PASSWORD_HINT);
        return Ok(again(&password_page(call, &visitor, problems)));
    };
    let secret = SessionSecret::from_random(&world.bytes());
    let act = ChangePassword { user: visitor.user.id, old, new, session: secret.digest() };
    match call.act(rollcall, act).await {
        Ok(_session) => {
            let response = call.see_other("/settings?done=password");
            Ok(with_session(rollcall, response, Some(secret.expose())))
        }
        Err(No::Refused(why @ Refusal::ChangedMeanwhile)) => {
            let problems = Problems::one("", refused::text(&why));
            Ok(again(&password_page(call, &visitor, problems)))
        }
        Err(no) => Err(no),
    }
}

pub(crate) async fn settings(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let asked = call.ask(rollcall, OwnSessions).await?;
    let visitor = &asked.visitor;
    let mut frame = call.frame(visitor, Section::Settings, "Settings");
    if call.query.get("done") == "password" {
        let text = "Your password is changed. Everywhere else you are signed out.";
        frame.notice = Some(Notice::said(text));
    }
    let row = |session: &Session| SessionRow {
        name: if session.id == visitor.session.id { "This one" } else { "Another one" },
        began: When::of(session.began, call.now),
        seen: When::of(session.seen, call.now),
    };
    Ok(show(&SettingsPage {
        account_id: visitor.account.to_string(),
        plan: match visitor.rights.plan {
            Plan::Business => "Business",
            Plan::Other => "Not Business: integrations are closed",
        },
        provisioning: match visitor.rights.provisioning_automated {
            true => "Automated, from an identity provider: integrations are closed",
            false => "By hand",
        },
        groups: group_names(visitor.user.groups),
        sessions: asked.answer.iter().map(row).collect(),
        idle_end: span(Session::IDLE_END),
        absolute_end: span(Session::LIFE),
        frame,
    }))
}
