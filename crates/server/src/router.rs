//! The table of contents: every route of the list, and its handler. A new route does not compile
//! until it has one.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, Version, header};
use axum::response::Response;
use data_encoding::HEXLOWER;
use futures_util::FutureExt;
use hyper::body::Incoming;
use rollcall_wire::problem::Word;
use rollcall_wire::resolve::{Resolved, resolve};
use rollcall_wire::route::{Credential, Route};

use crate::edge::answer::{self, Dialect};
use crate::edge::body::Told;
use crate::edge::call_id;
use crate::edge::headers;
use crate::edge::pulse::Pulse;
use crate::front::{Cut, Next};
use crate::operate::{FinishedCall, TraceHeaders};
use crate::{Rollcall, console, description, page, tokens, users};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// One call, resolved: what the address named.
pub(crate) struct Call {
    pub account: Option<String>,
    pub user: Option<String>,
    /// Who calls, behind the proxies that are trusted.
    pub from: IpAddr,
    pub request: Request,
}

pub(crate) async fn dispatch(
    rollcall: &Rollcall,
    socket: IpAddr,
    pulse: &Arc<Pulse>,
    request: axum::http::Request<Incoming>,
) -> Result<Response, Cut> {
    let began = Instant::now();
    let http1 = request.version() < Version::HTTP_2;
    let under_way = pulse.call(!http1);
    let request = request.map(|incoming| Told::body(incoming, pulse));
    // Two readers may see two ends of such a body: nothing that follows it here is read.
    let chunked = http1 && request.headers().contains_key(header::TRANSFER_ENCODING);
    let from = rollcall.settings.proxies.caller(socket, request.headers());
    let watched = rollcall
        .settings
        .observer
        .is_some()
        .then(|| (request.method().clone(), TraceHeaders::of(request.headers())));

    let id = HEXLOWER.encode(&rollcall.store.world().bytes::<8>());
    let resolved = Asked::of(rollcall, request.method().as_str(), request.uri().path());
    let name = resolved.operation();
    // Pinned here: it is large, and what is put around it would move it each time.
    let answered = pin!(async {
        match &rollcall.settings.front {
            None => Ok(answer_to(rollcall, resolved, from, &id, request).await),
            Some(front) => front.0.call(request, Next::new(rollcall, from, &id)).await,
        }
    });
    let answered = AssertUnwindSafe(answered).catch_unwind();
    let answered = call_id::under(id.clone(), answered);
    let mut response = answered.await.unwrap_or_else(|_| {
        tracing::error!(request = id, operation = name, "a handler panicked");
        Ok(answer::word(rollcall, Word::Internal))
    })?;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    if http1 && (chunked || pulse.body_unread() || rollcall.connections.is_stopping()) {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    let (status, took) = (response.status().as_u16(), began.elapsed());
    rollcall.instruments.answered(name, status, took);
    // The address itself is not logged: people paste secrets into addresses.
    tracing::info!(
        target: "rollcall::calls",
        request = id,
        operation = name,
        status,
        micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
    );
    if let (Some(observer), Some((method, trace))) = (&rollcall.settings.observer, watched) {
        observer.observe(&FinishedCall {
            operation: name,
            method: method.as_str(),
            status,
            request_id: &id,
            ended: rollcall.store.world().now(),
            took,
            traceparent: trace.parent.as_deref(),
            tracestate: trace.state.as_deref(),
        });
    }
    drop(under_way);
    Ok(response)
}

/// What was asked for: a call of the API, or a page of the console.
pub(crate) enum Asked {
    Api(Resolved),
    Console(page::Resolved),
}

impl Asked {
    pub(crate) fn of(rollcall: &Rollcall, method: &str, path: &str) -> Self {
        if rollcall.settings.console && page::is_of_the_console(path) {
            return Self::Console(page::resolve(method, path));
        }
        Self::Api(resolve(rollcall.settings.routes, method, path))
    }

    fn operation(&self) -> &'static str {
        match self {
            Self::Api(Resolved::Found { route, .. }) => route.operation_id(),
            Self::Api(Resolved::Options { .. }) => "Options",
            Self::Api(Resolved::MethodNotAllowed { .. }) => "MethodNotAllowed",
            Self::Api(Resolved::NotFound) => "NotFound",
            Self::Console(resolved) => console::operation(resolved),
        }
    }
}

pub(crate) async fn answer_to(
    rollcall: &Rollcall,
    asked: Asked,
    from: IpAddr,
    request_id: &str,
    request: Request,
) -> Response {
    let flaw = headers::flaw(request.version(), request.headers());
    let resolved = match (asked, flaw) {
        (Asked::Console(_), Some(flaw)) => return console::bad_request(flaw, request_id),
        (Asked::Console(resolved), None) => {
            // Boxed: pages are large, and calls of the API need not make room for them.
            let answer = console::answer(rollcall, resolved, from, request_id, request);
            return Box::pin(answer).await;
        }
        (Asked::Api(resolved), Some(flaw)) => {
            return answer::bad_request(rollcall, dialect(&resolved), flaw);
        }
        (Asked::Api(resolved), None) => resolved,
    };
    match resolved {
        Resolved::Found { route, account, user, .. } => {
            handle(rollcall, route, Call { account, user, from, request }).await
        }
        Resolved::Options { allow } => {
            let mut response = answer::empty(StatusCode::NO_CONTENT);
            answer::allow(&mut response, &allow);
            response
        }
        Resolved::MethodNotAllowed { allow } => {
            let mut response = answer::word(rollcall, Word::MethodNotAllowed);
            answer::allow(&mut response, &allow);
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
