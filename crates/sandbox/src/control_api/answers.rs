//! What the control API answers: JSON, and a refusal that says what is wrong and what would help.

use axum::body::Body;
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use rollcall_directory::Fault;
use serde::Serialize;
use serde_json::json;

pub(crate) type Answer = Result<Response, No>;

/// An answer that is not what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct No {
    status: StatusCode,
    /// What is wrong.
    error: String,
    /// What would help.
    hint: String,
    allow: Option<String>,
}

impl No {
    pub(crate) fn new(
        status: StatusCode,
        error: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { status, error: error.into(), hint: hint.into(), allow: None }
    }

    /// Asked in a way that cannot be.
    pub(crate) fn invalid(error: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error, hint)
    }

    pub(crate) fn not_found(error: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, error, hint)
    }

    /// It cannot be as things are.
    pub(crate) fn conflict(error: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, error, hint)
    }

    pub(super) fn forbidden(error: &str, hint: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, error, hint)
    }

    pub(super) fn unauthorized(error: &str) -> Self {
        let hint = "send `Authorization: Bearer` with the control token that `rollcall dev` prints";
        Self::new(StatusCode::UNAUTHORIZED, error, hint)
    }

    pub(super) fn method(allow: &[Method]) -> Self {
        let allow: Vec<&str> = allow.iter().map(Method::as_str).collect();
        let (error, hint) = ("no such method here", format!("there is {}", allow.join(", ")));
        let no = Self::new(StatusCode::METHOD_NOT_ALLOWED, error, hint);
        Self { allow: Some(allow.join(", ")), ..no }
    }

    #[cfg(test)]
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }
}

impl From<Fault> for No {
    fn from(fault: Fault) -> Self {
        tracing::error!(%fault, "the control API could not do what it was asked");
        // Whoever has the token has the whole double: the words are no secret to them.
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            fault.to_string(),
            "nothing is lost by trying again; if it stays so, start the double anew",
        )
    }
}

impl IntoResponse for No {
    fn into_response(self) -> Response {
        let mut response = json(self.status, &json!({ "error": self.error, "hint": self.hint }));
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(allow) = self.allow.and_then(|allow| HeaderValue::from_str(&allow).ok()) {
            headers.insert(ALLOW, allow);
        }
        response
    }
}

pub(crate) fn ok(body: &impl Serialize) -> Answer {
    Ok(json(StatusCode::OK, body))
}

/// Something new is there.
pub(crate) fn created(body: &impl Serialize) -> Answer {
    Ok(json(StatusCode::CREATED, body))
}

pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let (status, text) = match serde_json::to_string(body) {
        Ok(text) => (status, text),
        Err(error) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            json!({ "error": error.to_string(), "hint": "this is a bug; please tell us" })
                .to_string(),
        ),
    };
    text_answer(status, "application/json", text)
}

/// What is not JSON: JUnit, HAR, words.
pub(crate) fn text_answer(
    status: StatusCode,
    content_type: &'static str,
    text: impl Into<Body>,
) -> Response {
    let mut response = Response::new(text.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    closed_to_others(&mut response);
    response
}

/// Kept by nobody, taken for nothing else, and shown in no page.
pub(super) fn closed_to_others(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}
