//! A bearer token (RFC 6750): its shape, checksum and MAC. What is wrong here is refused without
//! asking a database. A token in the query is refused, for addresses are logged.

use axum::extract::Request;
use axum::http::header;
use axum::response::Response;
use rollcall_directory::tokens::Claims;

use super::answer::{self, Dialect};
use crate::Rollcall;

/// The token's claims, or the answer. (The answer is boxed: it is large and rare.)
pub(crate) fn claims(rollcall: &Rollcall, request: &Request) -> Result<Claims, Box<Response>> {
    let query = request.uri().query().unwrap_or_default();
    // It is taken apart only where it may name one: the letters of a name may be escaped.
    let may_name_one = query.contains('%') || query.contains("access_token");
    if may_name_one
        && form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "access_token")
    {
        let why = "A token belongs in the Authorization header, never in an address.";
        return Err(Box::new(answer::bad_request(rollcall, Dialect::Status, why)));
    }
    let Some(value) = request.headers().get(header::AUTHORIZATION) else {
        return Err(Box::new(answer::token_missing(rollcall)));
    };
    let token = value.to_str().ok().and_then(|value| value.split_once(' '));
    let Some((_, token)) = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) else {
        return Err(Box::new(answer::token_missing(rollcall)));
    };
    let claims = Claims::open(token.trim(), &rollcall.store.keys())
        .map_err(|_| Box::new(answer::token_invalid(rollcall)))?;
    // Dead by itself: that must not use up what its application may call.
    if rollcall.store.world().now() >= claims.ends {
        return Err(Box::new(answer::token_invalid(rollcall)));
    }
    match rollcall.quotas.call(claims.application, rollcall.store.nodes()) {
        Ok(()) => Ok(claims),
        Err(seconds) => {
            rollcall.instruments.calls_limited.increment(1);
            Err(Box::new(answer::rate_limited(rollcall, seconds)))
        }
    }
}
