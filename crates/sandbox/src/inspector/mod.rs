//! The inspector: a page that shows the journal live. Its files hold nothing of the double, so that
//! they need no token; its script takes the token from behind the address's `#` and calls the
//! control API with it. It looks as the console does, by the console's own style sheet.

use axum::body::Body;
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;

const CONSOLE_STYLE: &str = include_str!("../../../server/src/layout/assets/console.css");
const MARK: &str = include_str!("../../../server/src/layout/assets/mark.svg");

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Path, kind, and what it says.
const FILES: [(&str, &str, &str); 8] = [
    ("/sandbox/", "text/html; charset=utf-8", include_str!("page.html")),
    ("/sandbox/console.css", "text/css; charset=utf-8", CONSOLE_STYLE),
    ("/sandbox/inspector.css", "text/css; charset=utf-8", include_str!("style.css")),
    ("/sandbox/inspector.js", SCRIPT, include_str!("script.js")),
    ("/sandbox/call.js", SCRIPT, include_str!("call.js")),
    ("/sandbox/exchange.js", SCRIPT, include_str!("exchange.js")),
    ("/sandbox/parts.js", SCRIPT, include_str!("parts.js")),
    ("/sandbox/mark.svg", "image/svg+xml", MARK),
];

/// Its own files and the control API; no code and no style within the page, no frame around it,
/// and nothing that a client sent can become markup.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// A file of the page; nothing where the path is not one of its files.
pub(crate) fn answer(method: &Method, path: &str) -> Option<Response> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    if path == "/sandbox" {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
        response.headers_mut().insert(header::LOCATION, HeaderValue::from_static("/sandbox/"));
        return Some(response);
    }
    let (_, kind, text) = FILES.iter().find(|(of, _, _)| *of == path)?;
    let mut response = Response::new(Body::from(*text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_answered_closed_to_others() {
        for (path, kind, _) in FILES {
            let response = answer(&Method::GET, path).unwrap();
            assert_eq!(response.headers()[header::CONTENT_TYPE], kind);
            let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"));
            assert_eq!(response.headers()[header::X_FRAME_OPTIONS], "DENY");
        }
        assert!(answer(&Method::GET, "/sandbox/v1").is_none());
        assert!(answer(&Method::POST, "/sandbox/").is_none());
        let without = answer(&Method::GET, "/sandbox").unwrap();
        assert_eq!(without.headers()[header::LOCATION], "/sandbox/");
    }

    /// The policy would stop them; that would be late.
    #[test]
    fn the_page_has_no_code_in_it_and_the_script_makes_no_markup() {
        let page = include_str!("page.html");
        assert!(!page.contains(" style=") && !page.contains(" on") && !page.contains("http:"));
        assert_eq!(page.matches("<script").count(), 1);
        for (path, _, script) in FILES.iter().filter(|(_, kind, _)| *kind == SCRIPT) {
            for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("]
            {
                assert!(!script.contains(word), "{path}: {word}");
            }
        }
    }
}
