//! The door: where the console's addresses lead, signing in and signing out.

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::{StatusCode, header};
use axum::response::Response;
use rollcall_directory::acting::{Presented, Refusal};
use rollcall_directory::sessions::{
    AtTheDoor, Door, EndSession, EndSessions, FailToSignIn, Password, SessionSecret, SignIn,
};
use rollcall_directory::store::Accounts;
use rollcall_directory::users::email_key;
use rollcall_directory::world::AccountId;

use super::pages::SignInPage;
use super::with_session;
use crate::Rollcall;
use crate::console::{No, PageCall, again, html, see_other, show};
use crate::edge::cookies::Named;
use crate::edge::{answer, at_work, known_machine};
use crate::layout::pages::{RefusedAlonePage, Words};
use crate::layout::{Frame, Notice, Problems, span};
use crate::page::{Page, PageMethod, Resolved, resolve};

/// With one account there is no question whose console this is.
pub(crate) async fn front(rollcall: &Rollcall) -> Result<Response, No> {
    let accounts = {
        let _turn = at_work::turn(rollcall).ok_or(No::Busy)?;
        let question = Accounts { after: None, limit: 2 };
        rollcall.store.read(&question).await.map_err(No::Fault)?
    };
    if let [account] = &accounts[..] {
        return Ok(see_other(&format!("/console/{}", account.id)));
    }
    let text = "Each account of this server has an address of its own, which ends in the account's ID. Use the one that you were given, or ask an administrator of your account for it.";
    let words = Words { texts: vec![text.to_owned()], way: None, request: String::new() };
    let frame = Frame::alone("/console", "Which account?");
    Ok(html(StatusCode::OK, &RefusedAlonePage { frame, words }))
}

/// The first page that somebody may see.
pub(crate) async fn home(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let visitor = call.visitor(rollcall).await?;
    let sees_people = Page::People.right().demands().is_none_or(|right| visitor.may(right));
    Ok(call.see_other(if sees_people { "/people" } else { "/vaults" }))
}

pub(crate) async fn sign_in_form(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    // Who is signed in already need not do it again.
    if call.session.is_some() && call.query.get("ended").is_empty() {
        match call.visitor(rollcall).await {
            Ok(_) => return Ok(call.see_other("")),
            Err(No::SignIn | No::Refused(_)) => {}
            Err(no) => return Err(no),
        }
    }
    let notice = match call.query.get("ended") {
        "session" => Some("Your session has ended. Sign in again."),
        "unsent" => {
            Some("You were not signed in any more, so what you sent was not done. Sign in again.")
        }
        "signed-out" => Some("You are signed out."),
        "rights" => {
            Some("Your groups are changed. Sign in again, with the rights that you have now.")
        }
        "everywhere" => Some("You are signed out everywhere."),
        _ => None,
    };
    let frame = Frame { notice: notice.map(Notice::said), ..Frame::alone(&call.base(), "Sign in") };
    let next = next(call, call.query.get("next")).unwrap_or_default().to_owned();
    Ok(show(&SignInPage { frame, problems: Problems::default(), email: String::new(), next }))
}

/// Where to go on: only a page of this account that may be asked for by an address.
fn next<'n>(call: &PageCall, next: &'n str) -> Option<&'n str> {
    let path = next.split(['?', '#']).next()?;
    if !path.starts_with('/') || next.bytes().any(|byte| byte <= b' ' || byte == b'\\') {
        return None;
    }
    let resolved = resolve(PageMethod::Get.as_str(), &format!("{}{path}", call.base()));
    let Resolved::Found { page, ids } = resolved else { return None };
    let is_for_somebody = page.right().demands().is_some();
    (is_for_somebody && ids.account == call.ids.account).then_some(next)
}

pub(crate) async fn sign_in(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    let (email, password) = (call.form.get("email"), call.form.raw("password"));
    let mut problems = Problems::default();
    if email.is_empty() {
        problems.add("email", "Enter your email.");
    }
    if password.is_empty() {
        problems.add("password", "Enter your password.");
    }
    if !problems.is_empty() {
        return Ok(again(&sign_in_page(call, problems)));
    }
    let target = target(call, email);
    let keys = rollcall.store.keys();
    let known = call.known_machine.as_deref();
    let known = known.and_then(|cookie| known_machine::read(&keys, &target, cookie));
    let nodes = rollcall.store.nodes();
    if let Err(seconds) = rollcall.console.guesses.one_more(call.from, target, known, nodes) {
        return Ok(too_many(rollcall, call, seconds));
    }
    let at_the_door = match call.account {
        Some(account) => call.look(rollcall, &Door { account, email: email.to_owned() }).await?,
        None => None,
    };
    let opens = at_the_door.as_ref().and_then(AtTheDoor::opens_to).cloned();
    let password = Password::new(password.to_owned());
    let is_right = rollcall.console.passwords.matches(password, opens.clone()).await;
    let is_right = is_right.map_err(|_full| No::Busy)?;
    let user = at_the_door.map(|at_the_door| at_the_door.user.id);
    if let (true, Some(account), Some(user), Some(hash)) = (is_right, call.account, user, opens) {
        let secret = SessionSecret::from_random(&rollcall.store.world().bytes());
        let presented = Presented::Password { user, hash };
        let act = SignIn { user, session: secret.digest() };
        match call.act_as(rollcall, presented, account, act).await {
            Ok(_session) => {
                end_the_old_one(rollcall, call, account).await;
                return Ok(signed_in(rollcall, call, &target, &secret));
            }
            // Suspended, or the password changed, in this moment.
            Err(No::Refused(_) | No::SignIn) => {}
            Err(no) => return Err(no),
        }
    }
    if let Some(account) = call.account {
        let failed = call.act_as(rollcall, Presented::Stranger, account, FailToSignIn { user });
        match failed.await {
            Ok(()) | Err(No::Refused(_)) => {}
            Err(no) => return Err(no),
        }
    }
    rollcall.instruments.wrong_credentials.increment(1);
    let text = "No active person of this account has this email and password. Check both.";
    Ok(again(&sign_in_page(call, Problems::one("email", text))))
}

fn sign_in_page(call: &PageCall, problems: Problems) -> SignInPage {
    let frame = Frame { has_problems: true, ..Frame::alone(&call.base(), "Sign in") };
    let next = next(call, call.form.raw("next")).unwrap_or_default().to_owned();
    SignInPage { frame, problems, email: call.form.get("email").to_owned(), next }
}

/// The id of the session is a new one, and the old one of this browser does not stay behind.
async fn end_the_old_one(rollcall: &Rollcall, call: &PageCall, account: AccountId) {
    if let Some(session) = call.session {
        let presented = Presented::Session(session);
        // It may have ended long ago: then there is nothing to do.
        let _ = call.act_as(rollcall, presented, account, EndSession { session }).await;
    }
}

fn signed_in(
    rollcall: &Rollcall,
    call: &PageCall,
    target: &[u8; 16],
    secret: &SessionSecret,
) -> Response {
    let next = next(call, call.form.raw("next")).unwrap_or_default();
    let response = with_session(rollcall, call.see_other(next), Some(secret.expose()));
    known_from_now_on(rollcall, response, target)
}

/// This machine is one that they have signed in on.
pub(super) fn known_from_now_on(
    rollcall: &Rollcall,
    mut response: Response,
    target: &[u8; 16],
) -> Response {
    let machine = rollcall.store.world().bytes();
    let known = known_machine::cookie(&rollcall.store.keys(), target, &machine);
    if let Some(cookie) = rollcall.console.cookies.set(Named::KnownMachine, &known) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Who is guessed at, whether or not there is anybody.
pub(super) fn target(call: &PageCall, email: &str) -> [u8; 16] {
    let account = call.ids.account.as_deref().unwrap_or_default();
    let hash = digest(&SHA256, format!("{account}\n{}", email_key(email)).as_bytes());
    let mut target = [0; 16];
    target.copy_from_slice(&hash.as_ref()[..16]);
    target
}

fn too_many(rollcall: &Rollcall, call: &PageCall, seconds: u64) -> Response {
    rollcall.instruments.wrong_credentials_limited.increment(1);
    let wait = span(std::time::Duration::from_secs(seconds));
    let text = format!(
        "There were too many attempts from where you are, or at this email. Try again in {wait}. On a computer where you have signed in before, others' attempts do not count."
    );
    let page = sign_in_page(call, Problems::one("", text));
    let mut response = html(StatusCode::TOO_MANY_REQUESTS, &page);
    answer::retry_after(&mut response, seconds);
    response
}

pub(crate) async fn sign_out(rollcall: &Rollcall, call: &PageCall) -> Result<Response, No> {
    if let Some(session) = call.session {
        match call.act(rollcall, EndSession { session }).await {
            Ok(()) | Err(No::SignIn | No::Refused(_)) => {}
            Err(no) => return Err(no),
        }
    }
    Ok(with_session(rollcall, call.see_other("/sign-in?ended=signed-out"), None))
}

pub(crate) async fn sign_out_everywhere(
    rollcall: &Rollcall,
    call: &PageCall,
) -> Result<Response, No> {
    let visitor = call.visitor(rollcall).await?;
    match call.act(rollcall, EndSessions { user: visitor.user.id }).await {
        Ok(()) => {}
        Err(No::Refused(Refusal::NoSuchUser)) => return Err(No::SignIn),
        Err(no) => return Err(no),
    }
    Ok(with_session(rollcall, call.see_other("/sign-in?ended=everywhere"), None))
}
