//! Signing in to the console, and one's own settings.

pub(crate) mod console;
pub(crate) mod link;
pub(crate) mod own;
pub(crate) mod pages;

use axum::http::header;
use axum::response::Response;

use crate::Rollcall;
use crate::edge::cookies::Named;

/// The session goes on under this secret, or has none any more.
pub(crate) fn with_session(
    rollcall: &Rollcall,
    mut response: Response,
    secret: Option<&str>,
) -> Response {
    let cookies = rollcall.console.cookies;
    let cookie = match secret {
        Some(secret) => cookies.set(Named::Session, secret),
        None => cookies.take_away(Named::Session),
    };
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
