//! Bodies, each with its limit.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

/// What a body on an act may have, which is then ignored.
pub(crate) const IGNORED_MAX_BYTES: usize = 64 * 1024;
/// A form of the OAuth endpoints: a token, a grant and a scope are some 300 bytes.
pub(crate) const FORM_MAX_BYTES: usize = 16 * 1024;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    TooLarge,
    /// It broke off, its framing is wrong, or it did not come in time.
    Broken,
}

/// How long a whole body may take to come.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Reads a whole body of at most so many bytes.
pub(crate) async fn read(headers: &HeaderMap, body: Body, max_bytes: usize) -> Result<Bytes, Flaw> {
    let said =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if said.is_some_and(|length: usize| length > max_bytes) {
        return Err(Flaw::TooLarge);
    }
    let Ok(read) = timeout(BODY_TIMEOUT, Limited::new(body, max_bytes).collect()).await else {
        return Err(Flaw::Broken);
    };
    match read {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Flaw::TooLarge),
        Err(_) => Err(Flaw::Broken),
    }
}
