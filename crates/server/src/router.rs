//! The table of contents: every route of the list, and its handler. A new route does not compile
//! until it has one.

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use data_encoding::HEXLOWER;
use futures_util::FutureExt;
use rollcall_wire::problem::Word;
use rollcall_wire::resolve::{Resolved, resolve};
use rollcall_wire::route::{Credential, Route};
use tracing::Instrument;

use crate::edge::answer::{self, Dialect};
use crate::edge::headers;
use crate::{Rollcall, description, tokens, users};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(crate) fn router(rollcall: Arc<Rollcall>) -> Router {
    Router::new().fallback(dispatch).with_state(rollcall)
}

/// One call, resolved: what the address named.
pub(crate) struct Call {
    pub account: Option<String>,
    pub user: Option<String>,
    pub from: SocketAddr,
    pub request: Request,
}

async fn dispatch(
    State(rollcall): State<Arc<Rollcall>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let began = Instant::now();
    let id = HEXLOWER.encode(&rollcall.store.world().bytes::<8>());
    let resolved =
        resolve(rollcall.settings.routes, request.method().as_str(), request.uri().path());
    let name = operation(&resolved);
    let answered = AssertUnwindSafe(answer_to(&rollcall, resolved, from, request)).catch_unwind();
    // What is logged on the way carries the id that the caller is told.
    let answered = answered.instrument(tracing::error_span!("call", request = id));
    let mut response = answered.await.unwrap_or_else(|_| {
        tracing::error!(request = id, operation = name, "a handler panicked");
        answer::word(&rollcall, Word::Internal)
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    // The address itself is not logged: people paste secrets into addresses.
    tracing::info!(
        target: "rollcall::calls",
        request = id,
        operation = name,
        status = response.status().as_u16(),
        micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX),
    );
    response
}

fn operation(resolved: &Resolved) -> &'static str {
    match resolved {
        Resolved::Found { route, .. } => route.operation_id(),
        Resolved::Options { .. } => "Options",
        Resolved::MethodNotAllowed { .. } => "MethodNotAllowed",
        Resolved::NotFound => "NotFound",
    }
}

async fn answer_to(
    rollcall: &Rollcall,
    resolved: Resolved,
    from: SocketAddr,
    request: Request,
) -> Response {
    if let Some(flaw) = headers::flaw(request.version(), request.headers()) {
        return answer::bad_request(rollcall, dialect(&resolved), flaw);
    }
    match resolved {
        Resolved::Found { route, account, user, .. } => {
            handle(rollcall, route, Call { account, user, from, request }).await
        }
        Resolved::Options { allow } => {
            let mut response = answer::empty(StatusCode::NO_CONTENT);
            with_allow(&mut response, &allow);
            response
        }
        Resolved::MethodNotAllowed { allow } => {
            let mut response = answer::word(rollcall, Word::MethodNotAllowed);
            with_allow(&mut response, &allow);
            response
        }
        Resolved::NotFound => answer::word(rollcall, Word::NotFound),
    }
}

/// The OAuth endpoints speak RFC 6749, all others google.rpc.Status.
fn dialect(resolved: &Resolved) -> Dialect {
    let Resolved::Found { route, .. } = resolved else { return Dialect::Status };
    match route.credential() {
        Credential::ClientBasic => Dialect::Oauth,
        Credential::Bearer | Credential::None => Dialect::Status,
    }
}

async fn handle(rollcall: &Rollcall, route: Route, call: Call) -> Response {
    match route {
        Route::Token => tokens::api::issue(rollcall, call).await,
        Route::Revoke => tokens::api::revoke(rollcall, call).await,
        Route::ListUsers => users::api::list(rollcall, call).await,
        Route::GetUser => users::api::get(rollcall, call).await,
        Route::SuspendUser => users::api::suspend(rollcall, call).await,
        Route::ReactivateUser => users::api::reactivate(rollcall, call).await,
        Route::OpenApi => description::open_api(rollcall),
        Route::Metadata => description::metadata(rollcall),
    }
}

fn with_allow(response: &mut Response, allow: &str) {
    if let Ok(value) = HeaderValue::from_str(allow) {
        response.headers_mut().insert(header::ALLOW, value);
    }
}
