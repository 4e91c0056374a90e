//! Headers that two readers may read in two ways: refused, before anybody acts on one reading.

use axum::http::{HeaderMap, Version, header};

pub(crate) fn flaw(version: Version, headers: &HeaderMap) -> Option<&'static str> {
    let times = |name| headers.get_all(name).iter().take(2).count();
    if times(header::AUTHORIZATION) > 1 {
        return Some("The Authorization header is there twice.");
    }
    if times(header::HOST) > 1 {
        return Some("The Host header is there twice.");
    }
    // RFC 9112, 3.2.
    if version == Version::HTTP_11 && !headers.contains_key(header::HOST) {
        return Some("The Host header is missing.");
    }
    None
}
