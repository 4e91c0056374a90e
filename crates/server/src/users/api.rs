//! The four calls on people. Each: the token, then whether its application may, then arguments.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use rollcall_directory::acting::{Act, Presented};
use rollcall_directory::tokens::Claims;
use rollcall_directory::users::{
    After, GetUser, ListUsers, Page, Reactivate, StateFilter, Suspend, User,
};
use rollcall_directory::world::{AccountId, Moment, UserId};
use rollcall_wire::paging::ListQuery;
use rollcall_wire::problem::Word;

use super::wire_form;
use crate::Rollcall;
use crate::edge::answer::{self, Dialect};
use crate::edge::asker::Asker;
use crate::edge::{at_work, bearer, body};
use crate::router::Call;
use crate::settings::LastPageToken;

pub(crate) async fn list(rollcall: &Rollcall, call: Call) -> Response {
    let token = match bearer::claims(rollcall, &call.request) {
        Ok(token) => token,
        Err(answer) => return *answer,
    };
    let _turn = match at_work::begin(rollcall, Dialect::Status) {
        Ok(turn) => turn,
        Err(answer) => return *answer,
    };
    let asker = Asker::of(&call);
    let (account, now) = (account(&call), rollcall.store.world().now());
    let question = arguments(rollcall, &call.request, &token, asker.from, account, now);
    let asked = match &question {
        Ok(question) => rollcall.store.read(question).await,
        // Wrong arguments are told only to who may ask: so it is asked, for one row.
        Err(_) => {
            let asking = ListUsers {
                token: token.clone(),
                from: asker.from,
                account,
                filter: StateFilter::All,
                after: None,
                page_size: 0,
                now,
            };
            rollcall.store.read(&asking).await
        }
    };
    asker.called(rollcall, &token, &asked);
    match (asked, question) {
        (Err(fault), _) => answer::fault(rollcall, Dialect::Status, &fault),
        (Ok(Err(refusal)), _) => answer::refusal(rollcall, &refusal),
        (Ok(Ok(_)), Err(word)) => answer::word(rollcall, word),
        (Ok(Ok(page)), Ok(question)) => page_answer(rollcall, &question, &page),
    }
}

fn arguments(
    rollcall: &Rollcall,
    request: &Request,
    token: &Claims,
    from: IpAddr,
    account: Option<AccountId>,
    now: Moment,
) -> Result<ListUsers, Word> {
    let query = request.uri().query().unwrap_or_default();
    let query = ListQuery::parse(form_urlencoded::parse(query.as_bytes()))?;
    let filter = wire_form::state_filter(query.filter);
    let after = match &query.page_token {
        Some(text) => Some(
            After::open(text, &rollcall.store.keys(), token.account, filter, now)
                .map_err(|_| Word::PageTokenInvalid)?,
        ),
        None => None,
    };
    let page_size = query.page_size.get();
    Ok(ListUsers { token: token.clone(), from, account, filter, after, page_size, now })
}

fn page_answer(rollcall: &Rollcall, question: &ListUsers, page: &Page) -> Response {
    let account = question.token.account;
    let next = page
        .next
        .map(|after| after.seal(&rollcall.store.keys(), account, question.filter, question.now));
    let next_page_token = match rollcall.settings.last_page_token {
        LastPageToken::Absent => next,
        LastPageToken::Empty => Some(next.unwrap_or_default()),
    };
    let body = wire_form::page(account, page, next_page_token.as_deref());
    answer::json(StatusCode::OK, body)
}

pub(crate) async fn get(rollcall: &Rollcall, call: Call) -> Response {
    let token = match bearer::claims(rollcall, &call.request) {
        Ok(token) => token,
        Err(answer) => return *answer,
    };
    let _turn = match at_work::begin(rollcall, Dialect::Status) {
        Ok(turn) => turn,
        Err(answer) => return *answer,
    };
    let asker = Asker::of(&call);
    let home = token.account;
    let (from, now) = (asker.from, rollcall.store.world().now());
    let question = GetUser { token, from, account: account(&call), user: user(&call), now };
    let asked = rollcall.store.read(&question).await;
    asker.called(rollcall, &question.token, &asked);
    match asked {
        Ok(Ok(user)) => user_answer(home, &user),
        Ok(Err(refusal)) => answer::refusal(rollcall, &refusal),
        Err(fault) => answer::fault(rollcall, Dialect::Status, &fault),
    }
}

pub(crate) async fn suspend(rollcall: &Rollcall, call: Call) -> Response {
    let act = Suspend { account: account(&call), user: user(&call), why: None };
    change(rollcall, call, act).await
}

pub(crate) async fn reactivate(rollcall: &Rollcall, call: Call) -> Response {
    let act = Reactivate {
        account: account(&call),
        user: user(&call),
        why: None,
        guarded: rollcall.settings.protect_reactivation,
    };
    change(rollcall, call, act).await
}

async fn change(rollcall: &Rollcall, call: Call, act: impl Act<Done = User>) -> Response {
    let token = match bearer::claims(rollcall, &call.request) {
        Ok(token) => token,
        Err(answer) => return *answer,
    };
    let asker = Asker::of(&call);
    let (parts, sent) = call.request.into_parts();
    match body::read(&parts.headers, sent, body::IGNORED_MAX_BYTES, &rollcall.settings.limits).await
    {
        // Whatever it says and is: clients send forms, JSON and nothing.
        Ok(_ignored) => {}
        Err(body::Flaw::TooLarge) => return answer::word(rollcall, Word::BodyTooLarge),
        Err(body::Flaw::Broken) => {
            return answer::bad_request(
                rollcall,
                Dialect::Status,
                "The body broke off or did not come in time.",
            );
        }
    }
    let _turn = match at_work::begin(rollcall, Dialect::Status) {
        Ok(turn) => turn,
        Err(answer) => return *answer,
    };
    let home = token.account;
    let presented = Presented::Token { token: token.clone(), from: asker.from };
    let acted = rollcall.store.act(presented, home, act).await;
    asker.called(rollcall, &token, &acted);
    match acted {
        Ok(Ok(user)) => user_answer(home, &user),
        Ok(Err(refusal)) => answer::refusal(rollcall, &refusal),
        Err(fault) => answer::fault(rollcall, Dialect::Status, &fault),
    }
}

fn user_answer(account: AccountId, user: &User) -> Response {
    answer::json(StatusCode::OK, wire_form::user(account, user))
}

/// `None` where the address names what cannot be an account's id: then it is not the caller's.
fn account(call: &Call) -> Option<AccountId> {
    call.account.as_deref().and_then(|text| text.parse().ok())
}

fn user(call: &Call) -> Option<UserId> {
    call.user.as_deref().and_then(|text| text.parse().ok())
}
