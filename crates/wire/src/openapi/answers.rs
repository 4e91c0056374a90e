//! The answers of a route as OpenAPI responses: body, and the headers a client can count on.
//!
//! A header is marked required where the server must always send it, so that a missing one is noticed.

use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{DOCUMENT_SCHEMA, reference};
use crate::metadata::Metadata;
use crate::problem::Status;
use crate::route::{Answer, Body, Route};
use crate::tokens::{OauthError, TokenResponse};
use crate::users::{ListUsersResponse, User};

pub(super) fn responses(route: Route) -> Value {
    let each = route.answers().iter().map(|answer| (answer.status.to_string(), response(answer)));
    Value::Object(Map::from_iter(each))
}

fn response(answer: &Answer) -> Value {
    let mut response = json!({ "description": answer.when });
    if let Some(schema) = body(answer.body) {
        response["content"] = json!({ "application/json": { "schema": schema } });
    }
    if let Some(headers) = headers(answer.status) {
        response["headers"] = headers;
    }
    response
}

fn body(body: Body) -> Option<Value> {
    match body {
        Body::User => Some(reference(&User::name())),
        Body::UserPage => Some(reference(&ListUsersResponse::name())),
        Body::Token => Some(reference(&TokenResponse::name())),
        Body::OauthError => Some(reference(&OauthError::name())),
        Body::Status => Some(reference(&Status::name())),
        Body::OpenApi => Some(reference(DOCUMENT_SCHEMA)),
        Body::Metadata => Some(reference(&Metadata::name())),
        Body::Empty => None,
    }
}

fn headers(status: u16) -> Option<Value> {
    match status {
        401 => Some(json!({ "WWW-Authenticate": {
            "description": "The scheme to authenticate with.",
            "required": true,
            "schema": { "type": "string" },
        } })),
        429 | 503 => Some(json!({ "Retry-After": {
            "description": "Seconds to wait before trying again.",
            "required": true,
            "schema": { "type": "integer", "minimum": 0 },
        } })),
        _ => None,
    }
}
