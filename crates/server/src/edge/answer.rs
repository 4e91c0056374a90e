//! Answers: JSON with its headers, and each refusal and fault as its status and word. Refusals
//! are matched by name: a new one must be given its answer here.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use rollcall_directory::Fault;
use rollcall_directory::acting::Refusal;
use rollcall_wire::problem::{Status, Word};
use rollcall_wire::tokens::{OauthError, OauthErrorCode};

use crate::Rollcall;
use crate::edge::call_id;
use crate::settings::ErrorDetails;

/// Whose errors are spoken: RFC 6749's or google.rpc.Status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Oauth,
    Status,
}

pub(crate) const RETRY_AFTER_BUSY_SECONDS: u64 = 1;
const RETRY_AFTER_CLOCK_SECONDS: u64 = 5;

pub(crate) fn json(status: StatusCode, body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(Body::from(body.into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

pub(crate) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, no_store);
    response
}

/// A google.rpc.Status with nothing more to say about it.
pub(crate) fn word(rollcall: &Rollcall, word: Word) -> Response {
    explained(rollcall, word, &[])
}

fn explained(rollcall: &Rollcall, word: Word, known: &[(&str, String)]) -> Response {
    let status = match rollcall.settings.error_details {
        ErrorDetails::None => Status::new(word),
        ErrorDetails::Explain => Status::explained(word, known),
    };
    let body = serde_json::to_vec(&status).expect("plain data becomes JSON");
    let http =
        StatusCode::from_u16(word.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    json(http, body)
}

/// RFC 6749, 5.2. `description`: printable ASCII without quote and backslash, nobody's data.
pub(crate) fn oauth(status: StatusCode, error: OauthErrorCode, description: &str) -> Response {
    let error = OauthError { error, error_description: description.to_owned() };
    let body = serde_json::to_vec(&error).expect("plain data becomes JSON");
    let mut response = json(status, body);
    response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    if status == StatusCode::UNAUTHORIZED {
        challenge(&mut response, "Basic realm=\"rollcall\", charset=\"UTF-8\"");
    }
    response
}

pub(crate) fn oauth_bad_request(error: OauthErrorCode, description: &str) -> Response {
    oauth(StatusCode::BAD_REQUEST, error, description)
}

/// A call that is wrong before anybody looks at who makes it.
pub(crate) fn bad_request(rollcall: &Rollcall, dialect: Dialect, why: &str) -> Response {
    match dialect {
        Dialect::Oauth => oauth_bad_request(OauthErrorCode::InvalidRequest, why),
        Dialect::Status => {
            explained(rollcall, Word::RequestInvalid, &[("request", why.to_owned())])
        }
    }
}

/// 401 without a word about a token, for there was none (RFC 6750, 3.1).
pub(crate) fn token_missing(rollcall: &Rollcall) -> Response {
    let mut response = word(rollcall, Word::TokenInvalid);
    challenge(&mut response, "Bearer realm=\"rollcall\"");
    response
}

pub(crate) fn token_invalid(rollcall: &Rollcall) -> Response {
    let mut response = word(rollcall, Word::TokenInvalid);
    challenge(&mut response, "Bearer realm=\"rollcall\", error=\"invalid_token\"");
    response
}

pub(crate) fn rate_limited(rollcall: &Rollcall, seconds: u64) -> Response {
    let mut response = word(rollcall, Word::RateLimited);
    retry_after(&mut response, seconds);
    response
}

/// A refusal on a resource route.
pub(crate) fn refusal(rollcall: &Rollcall, refusal: &Refusal) -> Response {
    rollcall.instruments.refusal(refusal);
    let word = match refusal {
        // On the wire one like the other: a finder of a secret learns nothing about it.
        Refusal::TokenDead
        | Refusal::ClientUnknown
        | Refusal::SecretEnded
        | Refusal::AddressNotAllowed
        | Refusal::SessionDead
        | Refusal::SignInFailed(_)
        | Refusal::LinkDead => return token_invalid(rollcall),
        Refusal::AccountMismatch => Word::AccountMismatch,
        Refusal::PlanNotEntitled => Word::PlanNotEntitled,
        Refusal::ProvisioningAutomated => Word::ProvisioningAutomated,
        Refusal::ScopeMissing(_) => Word::ScopeMissing,
        Refusal::NoSuchUser => Word::UserNotFound,
        Refusal::ExternallyManaged(_) => Word::UserExternallyManaged,
        Refusal::NoOwnerRemains(_) => Word::NoOwnerRemain,
        Refusal::SecretSeen(_) => Word::SecretSeen,
        // The operator's and the console's own: no route leads there.
        Refusal::OperatorOnly
        | Refusal::RightMissing(_)
        | Refusal::PersonOnly
        | Refusal::OwnersOnly(_)
        | Refusal::Oneself(_)
        | Refusal::PersonSuspended(_)
        | Refusal::NoSuchVault
        | Refusal::NoSuchItem
        | Refusal::VaultReadOnly
        | Refusal::NoWriterRemains
        | Refusal::ChangedMeanwhile
        | Refusal::RootKeyReplaced
        | Refusal::NoSuchAccount
        | Refusal::NoSuchApplication
        | Refusal::NoSuchSecret
        | Refusal::Exists(_)
        | Refusal::Invalid(_) => Word::Internal,
    };
    let known = match refusal {
        Refusal::ScopeMissing(scope) => vec![("scope", scope.to_string())],
        Refusal::ExternallyManaged(user)
        | Refusal::NoOwnerRemains(user)
        | Refusal::SecretSeen(user) => {
            vec![("user", user.to_string())]
        }
        _ => Vec::new(),
    };
    let mut response = explained(rollcall, word, &known);
    challenge_forbidden(&mut response, word);
    response
}

/// A word as a refusal of it is answered.
pub(crate) fn says(rollcall: &Rollcall, word_said: Word) -> Response {
    if word_said == Word::TokenInvalid {
        return token_invalid(rollcall);
    }
    let mut response = word(rollcall, word_said);
    challenge_forbidden(&mut response, word_said);
    response
}

/// RFC 6750, 3.1: whether another token, with more permissions, would do.
fn challenge_forbidden(response: &mut Response, word: Word) {
    match word {
        Word::ScopeMissing | Word::AccountMismatch => {
            challenge(response, "Bearer realm=\"rollcall\", error=\"insufficient_scope\"");
        }
        _ if response.status() == StatusCode::FORBIDDEN => {
            challenge(response, "Bearer realm=\"rollcall\"");
        }
        _ => {}
    }
}

/// More calls are at work than we take on; nothing was done for this one.
pub(crate) fn busy(rollcall: &Rollcall, dialect: Dialect) -> Response {
    let mut response = match dialect {
        Dialect::Status => word(rollcall, Word::Unavailable),
        Dialect::Oauth => unavailable(),
    };
    retry_after(&mut response, RETRY_AFTER_BUSY_SECONDS);
    response
}

fn unavailable() -> Response {
    oauth(
        StatusCode::SERVICE_UNAVAILABLE,
        OauthErrorCode::TemporarilyUnavailable,
        "The server cannot answer now. Try again after the time in Retry-After.",
    )
}

/// Ours: the caller is told a status, the log the rest.
pub(crate) fn fault(rollcall: &Rollcall, dialect: Dialect, fault: &Fault) -> Response {
    call_id::log(|| tracing::error!(%fault, "a call met a fault"));
    rollcall.instruments.fault(fault);
    let seconds = match fault {
        Fault::Unavailable(_) | Fault::Busy(_) | Fault::Met(_) | Fault::OutcomeUnknown(_) => {
            Some(RETRY_AFTER_BUSY_SECONDS)
        }
        Fault::ClockWentBack(_) => Some(RETRY_AFTER_CLOCK_SECONDS),
        Fault::Inconsistent { .. } | Fault::Unusable(_) | Fault::Statement(_) => None,
    };
    let mut response = match (dialect, seconds) {
        (Dialect::Status, Some(_)) => word(rollcall, Word::Unavailable),
        (Dialect::Status, None) => word(rollcall, Word::Internal),
        (Dialect::Oauth, Some(_)) => unavailable(),
        (Dialect::Oauth, None) => oauth(
            StatusCode::INTERNAL_SERVER_ERROR,
            OauthErrorCode::ServerError,
            "Something went wrong on our side. The request id helps to find it.",
        ),
    };
    if let Some(seconds) = seconds {
        retry_after(&mut response, seconds);
    }
    response
}

pub(crate) fn retry_after(response: &mut Response, seconds: u64) {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
}

/// Which methods an address has.
pub(crate) fn allow(response: &mut Response, allow: &str) {
    if let Ok(value) = HeaderValue::from_str(allow) {
        response.headers_mut().insert(header::ALLOW, value);
    }
}

fn challenge(response: &mut Response, challenge: &'static str) {
    let value = HeaderValue::from_static(challenge);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
}
