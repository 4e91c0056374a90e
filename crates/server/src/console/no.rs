//! Why there is no page, and the page that says so: what happened, what it means, what to do.
//! Refusals are matched by name: a new one must be given its words here.

use axum::http::StatusCode;
use axum::response::Response;
use rollcall_directory::Fault;
use rollcall_directory::acting::Refusal;
use rollcall_directory::sessions::{ByPerson, Visit, Visitor, WhoIsIt};

use super::call::{html, see_other};
use super::{PageCall, refused};
use crate::Rollcall;
use crate::edge::answer::{RETRY_AFTER_BUSY_SECONDS, retry_after};
use crate::edge::call_id;
use crate::edge::cookies::Named;
use crate::edge::cross_site::NotOurs;
use crate::layout::pages::{RefusedAlonePage, RefusedPage, Way, Words};
use crate::layout::{Frame, Who, query};
use crate::page::PageMethod;

pub(crate) enum No {
    /// Nobody is signed in, or not any more.
    SignIn,
    Refused(Refusal),
    /// A form that was not sent from a page of ours.
    NotOurs(NotOurs),
    Unreadable(&'static str),
    TooLarge,
    /// A form of another session, or one that was tampered with.
    StaleForm,
    NotThere,
    Busy,
    Fault(Fault),
}

impl No {
    pub(crate) fn of(refusal: Refusal) -> Self {
        match refusal {
            Refusal::SessionDead => Self::SignIn,
            refusal => Self::Refused(refusal),
        }
    }
}

/// What is said of one of them.
struct Said {
    status: StatusCode,
    heading: &'static str,
    texts: Vec<String>,
    way: Option<Way>,
    /// Somebody may have to look into it.
    to_quote: bool,
}

pub(super) async fn answer(rollcall: &Rollcall, call: &PageCall, no: No) -> Response {
    if matches!(no, No::SignIn) {
        return to_sign_in(rollcall, call);
    }
    let said = said(&no);
    if let No::Fault(fault) = &no {
        call_id::log(|| tracing::error!(%fault, "a page met a fault"));
        rollcall.instruments.fault(fault);
    }
    // The frame needs to know who it is; where that cannot be asked, it does without.
    let visitor = match no {
        No::Fault(_) | No::Busy => None,
        _ => visitor(rollcall, call).await,
    };
    let mut response = match visitor {
        Some(visitor) => {
            let user = visitor.user;
            let who = Who { name: user.display_name, email: user.email, groups: user.groups };
            let frame = Frame {
                account: visitor.account_name,
                who,
                ..Frame::alone(&call.base(), said.heading)
            };
            let words = words(said.texts, said.way, said.to_quote, &call.request_id);
            html(said.status, &RefusedPage { frame, words })
        }
        None => {
            let way = call.account.map(|_| Way { path: "/sign-in", label: "Go to sign-in" });
            let frame = Frame::alone(&call.base(), said.heading);
            let words = words(said.texts, way, said.to_quote, &call.request_id);
            html(said.status, &RefusedAlonePage { frame, words })
        }
    };
    if matches!(said.status, StatusCode::SERVICE_UNAVAILABLE) {
        retry_after(&mut response, RETRY_AFTER_BUSY_SECONDS);
    }
    response
}

async fn visitor(rollcall: &Rollcall, call: &PageCall) -> Option<Visitor> {
    let visit = Visit { account: call.account?, session: call.session?, now: call.now };
    let asked = call.look(rollcall, &ByPerson { visit, asks: WhoIsIt }).await;
    asked.ok()?.ok().map(|answered| answered.visitor)
}

/// A page that was asked for is gone on to after signing in. What was sent is not sent again: that
/// would be an act which nobody sees.
fn to_sign_in(rollcall: &Rollcall, call: &PageCall) -> Response {
    let ended = match (call.session, call.page.method()) {
        (None, PageMethod::Get) => "",
        (Some(_), PageMethod::Get) => "session",
        (_, PageMethod::Post) => "unsent",
    };
    let next = match call.page.method() {
        PageMethod::Get => call.path_and_query.strip_prefix(&*call.base()).unwrap_or_default(),
        PageMethod::Post => "",
    };
    let query = query(&[("ended", ended), ("next", next)]);
    let separator = if query.is_empty() { "" } else { "?" };
    let mut response = see_other(&format!("{}/sign-in{separator}{query}", call.base()));
    if call.session.is_some()
        && let Some(gone) = rollcall.console.cookies.take_away(Named::Session)
    {
        response.headers_mut().append(axum::http::header::SET_COOKIE, gone);
    }
    response
}

fn words(texts: Vec<String>, way: Option<Way>, to_quote: bool, request_id: &str) -> Words {
    let request = if to_quote { request_id.to_owned() } else { String::new() };
    Words { texts, way, request }
}

fn no_of(status: StatusCode, heading: &'static str, texts: &[&str]) -> Said {
    let texts = texts.iter().map(|text| (*text).to_owned()).collect();
    Said { status, heading, texts, way: None, to_quote: false }
}

fn said(no: &No) -> Said {
    match no {
        No::Refused(refusal) => {
            let words = refused::of(refusal);
            let texts = vec![refused::text(refusal)];
            Said { status: words.status, heading: words.heading, texts, way: None, to_quote: false }
        }
        No::SignIn => no_of(StatusCode::UNAUTHORIZED, "Sign in first", &[]),
        No::NotOurs(why) => {
            let text = match why {
                NotOurs::AnotherSite => {
                    "Your browser says that this was sent from a page of another site. It may have been sent without your knowing."
                }
                NotOurs::Unsaid => {
                    "Your browser does not say from which page this was sent (it sends neither Origin nor Sec-Fetch-Site), so it cannot be told from one that another site sent in your name."
                }
            };
            let what = "Nothing was changed. Open the page here and send it again.";
            let said = no_of(
                StatusCode::FORBIDDEN,
                "This was not sent from a page of ours",
                &[text, what],
            );
            Said { to_quote: true, ..said }
        }
        No::Unreadable(why) => {
            let what = "Nothing was changed. Go back and send it again.";
            let said = no_of(StatusCode::BAD_REQUEST, "What was sent cannot be read", &[why, what]);
            Said { to_quote: true, ..said }
        }
        No::TooLarge => no_of(
            StatusCode::PAYLOAD_TOO_LARGE,
            "What was sent is too large",
            &[
                "A form has at most 128 KiB. Nothing was changed. Go back, shorten it, and send it again.",
            ],
        ),
        No::StaleForm => no_of(
            StatusCode::CONFLICT,
            "This form is not of now",
            &[
                "It was opened before you signed in anew, or before your rights changed, so it was not taken. Nothing was changed.",
                "Open the page again and fill it in once more.",
            ],
        ),
        No::NotThere => no_of(
            StatusCode::NOT_FOUND,
            "There is no such page",
            &["It may have been deleted, or the address is not whole."],
        ),
        No::Busy => no_of(
            StatusCode::SERVICE_UNAVAILABLE,
            "Too much to do just now",
            &[
                "The server has more to do than it takes on at once. Nothing was changed. Try again in a moment.",
            ],
        ),
        No::Fault(fault) => of_fault(fault),
    }
}

fn of_fault(fault: &Fault) -> Said {
    let said = match fault {
        Fault::OutcomeUnknown(_) => no_of(
            StatusCode::SERVICE_UNAVAILABLE,
            "It is not known whether this was done",
            &[
                "The database did not answer the last step. Look at the page that it is about before you do it again.",
            ],
        ),
        Fault::Unavailable(_) | Fault::Busy(_) | Fault::Met(_) | Fault::ClockWentBack(_) => no_of(
            StatusCode::SERVICE_UNAVAILABLE,
            "The server cannot answer now",
            &[
                "It does not reach its database, or the database has too much to do. Nothing was changed. Try again in a moment.",
            ],
        ),
        Fault::Inconsistent { .. } | Fault::Unusable(_) | Fault::Statement(_) => no_of(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong on our side",
            &[
                "It was not your doing. Nothing was changed. Whoever runs this server finds more in its log.",
            ],
        ),
    };
    Said { to_quote: true, ..said }
}

/// Of an address that leads nowhere, to whoever asks: it is not looked up who that is.
pub(super) fn not_found(account: Option<&str>, request_id: &str) -> Response {
    let base =
        account.map_or_else(|| "/console".to_owned(), |account| format!("/console/{account}"));
    let way = account.map(|_| Way { path: "", label: "Go to the console" });
    let said = said(&No::NotThere);
    let words = words(said.texts, way, false, request_id);
    html(said.status, &RefusedAlonePage { frame: Frame::alone(&base, said.heading), words })
}

pub(super) fn method_not_allowed(request_id: &str) -> Response {
    let texts = vec![
        "This address is not for what your browser asked of it. Nothing was changed.".to_owned(),
    ];
    let frame = Frame::alone("/console", "Not like this");
    let words = words(texts, None, true, request_id);
    html(StatusCode::METHOD_NOT_ALLOWED, &RefusedAlonePage { frame, words })
}

pub(super) fn unreadable(why: &'static str, request_id: &str) -> Response {
    let said = said(&No::Unreadable(why));
    let words = words(said.texts, None, true, request_id);
    html(said.status, &RefusedAlonePage { frame: Frame::alone("/console", said.heading), words })
}
