//! A code that was handed over: with it somebody sets their password and is signed in. It comes by
//! POST only; no address holds one.

use axum::http::StatusCode;
use axum::response::Response;
use rollcall_directory::acting::{Presented, Refusal};
use rollcall_directory::links::{LinkCode, LookAtLink, UseLink};
use rollcall_directory::sessions::{Password, SessionSecret};

use super::own::{PASSWORD_HINT, new_password};
use super::pages::LinkPage;
use super::{console, with_session};
use crate::Rollcall;
use crate::console::{No, PageCall, again, html, refused, show};
use crate::edge::answer;
use crate::layout::{Frame, Problems, span};

const HEADING: &str = "Use your code";

pub(crate) fn form(call: &PageCall) -> Result<Response, No> {
    Ok(show(&page(call, Problems::default())))
}

fn page(call: &PageCall, problems: Problems) -> LinkPage {
    let frame = Frame { has_problems: !problems.is_empty(), ..Frame::alone(&call.base(), HEADING) };
    LinkPage { frame, problems, password_hint: PASSWORD_HINT.to_owned() }
}

pub(crate) async fn send(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let code = call.form.get("code");
    let mut problems = Problems::default();
    if code.is_empty() {
        problems.add("code", "Enter the code that you were given.");
    }
    let password = new_password(call, &mut problems);
    let (Some(password), true) = (password, problems.is_empty()) else {
        return Ok(again(&page(call, problems)));
    };
    // Not that a code could be guessed: so that nobody keeps the passwords' door busy with none.
    let nodes = rollcall.store.nodes();
    if let Err(seconds) = rollcall.console.guesses.one_more(call.from, [0; 16], None, nodes) {
        let wait = span(std::time::Duration::from_secs(seconds));
        let text = format!("There were too many attempts from where you are. Try again in {wait}.");
        let mut response =
            html(StatusCode::TOO_MANY_REQUESTS, &page(call, Problems::one("", text)));
        answer::retry_after(&mut response, seconds);
        return Ok(response);
    }
    let dead = || Ok(again(&page(call, Problems::one("code", refused::text(&Refusal::LinkDead)))));
    let (Some(account), Some(code)) = (call.account, LinkCode::presented(code)) else {
        return dead();
    };
    let link = code.digest();
    let look = LookAtLink { account, link, now: call.now };
    let Ok(shown) = call.look(rollcall, &look).await? else { return dead() };
    let world = rollcall.store.world();
    let hash = rollcall.console.passwords.hash(Password::new(password), world.bytes()).await;
    let Some(password) = hash.map_err(|_full| No::Busy)? else {
        return Ok(again(&page(call, Problems::one("new", PASSWORD_HINT))));
    };
    let secret = SessionSecret::from_random(&world.bytes());
    let act = UseLink { link, password, session: secret.digest() };
    match call.act_as(rollcall, Presented::Link(link), account, act).await {
        Ok(_) => {
            let response = with_session(rollcall, call.see_other(""), Some(secret.expose()));
            let target = console::target(call, &shown.user.email);
            Ok(console::known_from_now_on(rollcall, response, &target))
        }
        Err(No::Refused(_)) => dead(),
        Err(no) => Err(no),
    }
}
