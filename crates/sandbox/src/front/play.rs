//! Plays a fault on one call.

use axum::extract::Request;
use axum::response::Response;
use rollcall_server::front::Cut;

use super::behind::Behind;
use super::seen::Seen;
use crate::double::Double;
use crate::faults::Fault;

pub(super) async fn play(
    _double: &Double,
    _fault: Option<Fault>,
    _seen: &Seen,
    next: Behind<'_>,
    request: Request,
) -> Result<Response, Cut> {
    Ok(next.answer(request).await)
}
