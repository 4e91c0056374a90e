//! What the server says of itself: the OpenAPI document and the OAuth metadata (RFC 8414). Both
//! are printed once, from the same list of routes that the router runs on.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use rollcall_wire::metadata::Metadata;
use rollcall_wire::openapi;

use crate::Rollcall;
use crate::edge::answer;
use crate::settings::Settings;

pub(crate) struct Documents {
    open_api: Bytes,
    metadata: Bytes,
}

impl Documents {
    pub(crate) fn print(settings: &Settings) -> Self {
        let open_api = openapi::document(&settings.public_url, settings.routes).to_string();
        let metadata = Metadata::new(&settings.public_url, settings.routes);
        let metadata = serde_json::to_vec(&metadata).expect("plain data becomes JSON");
        Self { open_api: open_api.into(), metadata: metadata.into() }
    }
}

pub(crate) fn open_api(rollcall: &Rollcall) -> Response {
    public(rollcall.documents.open_api.clone())
}

pub(crate) fn metadata(rollcall: &Rollcall) -> Response {
    public(rollcall.documents.metadata.clone())
}

/// Holds nothing of anybody: may be kept for a little while.
fn public(body: Bytes) -> Response {
    let mut response = answer::json(StatusCode::OK, body);
    let value = HeaderValue::from_static("public, max-age=60");
    response.headers_mut().insert(header::CACHE_CONTROL, value);
    response
}
