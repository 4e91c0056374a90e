//! Answers that nobody's request deserves: in the server's own words and headers, or as something
//! between it and the client would say it.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use http_body_util::{BodyExt, Limited};
use rollcall_wire::problem::Word;
use rollcall_wire::tokens::OauthErrorCode;

use super::behind::Behind;
use crate::faults::{Effect, Page};

/// What is read of a request before it is answered so: as much as the server would ever read.
const REQUEST_MAX_BYTES: usize = 64 * 1024;

/// The answer of an [`Effect::Answer`]. `is_oauth`: at one of the two OAuth endpoints.
pub(super) fn answer(next: &Behind<'_>, is_oauth: bool, effect: &Effect) -> Option<Response> {
    let Effect::Answer { status, retry_after_seconds, page, word, content_type } = effect else {
        return None;
    };
    let status = StatusCode::from_u16(*status).ok()?;
    let mut response = match page {
        Page::Status if is_oauth => {
            let (error, why) = oauth_error(status);
            next.says_oauth(status, error, why)
        }
        Page::Status => next.says(said(word.as_deref(), status)),
        Page::Html => html(status),
        Page::Empty => Response::new(Body::empty()),
    };
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if let Some(seconds) = retry_after_seconds {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
    }
    if let Some(content_type) = content_type
        && let Ok(value) = HeaderValue::from_str(content_type)
    {
        headers.insert(header::CONTENT_TYPE, value);
    }
    Some(response)
}

/// Reads what the client sends: a connection whose request was not read cannot be kept, and that
/// would tell a made-up answer from a real one. What cannot be read is the client's affair.
pub(super) async fn read(request: Request) {
    let body = Limited::new(request.into_body(), REQUEST_MAX_BYTES);
    if body.collect().await.is_err() {
        tracing::debug!("a request was not read to its end");
    }
}

fn said(word: Option<&str>, status: StatusCode) -> Word {
    let named = word.and_then(|word| Word::ALL.iter().copied().find(|one| one.as_str() == word));
    named.unwrap_or(match status.as_u16() {
        401 => Word::TokenInvalid,
        403 => Word::ScopeMissing,
        404 => Word::UserNotFound,
        405 => Word::MethodNotAllowed,
        413 => Word::BodyTooLarge,
        429 => Word::RateLimited,
        502..=504 => Word::Unavailable,
        500.. => Word::Internal,
        _ => Word::RequestInvalid,
    })
}

/// As the token endpoint says it: RFC 6749, 5.2.
fn oauth_error(status: StatusCode) -> (OauthErrorCode, &'static str) {
    match status.as_u16() {
        401 => (OauthErrorCode::InvalidClient, "No application has this client id and secret."),
        429 => (
            OauthErrorCode::TemporarilyUnavailable,
            "Too many wrong client credentials. Try again after the time in Retry-After.",
        ),
        502..=504 => (
            OauthErrorCode::TemporarilyUnavailable,
            "The server cannot answer now. Try again after the time in Retry-After.",
        ),
        500.. => (
            OauthErrorCode::ServerError,
            "Something went wrong on our side. The request id helps to find it.",
        ),
        _ => (OauthErrorCode::InvalidRequest, "The request is not one of this endpoint."),
    }
}

/// What a load balancer says of a server that it cannot reach: no JSON, none of our headers.
fn html(status: StatusCode) -> Response {
    let (number, reason) = (status.as_u16(), status.canonical_reason().unwrap_or("Error"));
    let page = format!(
        "<html>\r\n<head><title>{number} {reason}</title></head>\r\n<body>\r\n\
         <center><h1>{number} {reason}</h1></center>\r\n</body>\r\n</html>\r\n"
    );
    let mut response = Response::new(Body::from(page));
    let html = HeaderValue::from_static("text/html");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response
}
