//! Headers that may be there once: with two of them, two readers may read two callers.

use axum::http::{HeaderMap, header};

pub(crate) fn flaw(headers: &HeaderMap) -> Option<&'static str> {
    let times = |name| headers.get_all(name).iter().take(2).count();
    if times(header::AUTHORIZATION) > 1 {
        return Some("The Authorization header is there twice.");
    }
    if times(header::HOST) > 1 {
        return Some("The Host header is there twice.");
    }
    None
}
