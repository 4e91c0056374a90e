//! Under the names of the hosted API there is the API and nothing else: no page there asks a person
//! for a password, and no cookie is ever set for a name that is somebody else's.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use crate::tls::is_hosted;

/// Was it sent to one of those names? HTTP/2 says so in the address, HTTP/1.1 in a header.
pub(super) fn is_asked(request: &Request) -> bool {
    let in_address = request.uri().authority().map(|authority| authority.as_str());
    let mut in_headers = request.headers().get_all(HOST).iter();
    in_address.is_some_and(is_hosted)
        || in_headers.any(|host| host.to_str().is_ok_and(|host| is_hosted(host.trim())))
}

pub(super) fn no_pages() -> Response {
    let words = "There are no pages under this name. The console of the double is at the address that `rollcall dev` printed.\n";
    let mut response = Response::new(Body::from(words));
    *response.status_mut() = StatusCode::NOT_FOUND;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(address: &str, hosts: &[&str]) -> bool {
        let mut request = Request::builder().uri(address);
        for host in hosts {
            request = request.header(HOST, *host);
        }
        is_asked(&request.body(Body::empty()).unwrap())
    }

    #[test]
    fn either_place_may_say_it() {
        assert!(asked("/console", &["api.1password.com"]));
        assert!(asked("/console", &["localhost:8787", "API.1password.eu:443"]));
        assert!(asked("https://api.1password.ca/console", &[]));
        assert!(!asked("https://localhost:8787/console", &["localhost:8787"]));
        assert!(!asked("/console", &[]));
    }
}
