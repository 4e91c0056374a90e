//! Writes down what goes by: bodies are copied as they are read, never held back.

use axum::extract::Request;
use axum::response::Response;
use rollcall_server::front::Cut;

use super::behind::Behind;
use super::seen::Seen;
use crate::double::Double;

pub(super) struct Recording;

pub(super) fn begin(
    _double: &Double,
    _seen: &Seen,
    _next: &Behind<'_>,
    request: Request,
) -> (Request, Recording) {
    (request, Recording)
}

pub(super) fn end(
    _double: &Double,
    _recording: Recording,
    _played: Option<String>,
    answered: Result<Response, Cut>,
) -> Result<Response, Cut> {
    answered
}
