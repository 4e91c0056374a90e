//! The API described as OpenAPI 3.1, printed from the same list the router runs on.
//!
//! It is served at `/openapi.json`, and exact enough for a schema-driven fuzzer to hold the server
//! to it: every status, body and required header is said, and a test asks that no route is missing.

mod answers;
mod arguments;

use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::metadata::Metadata;
use crate::problem::{ErrorInfo, Status, Word};
use crate::route::{Credential, Family, Route, RoutesServed};
use crate::tokens::{OauthError, OauthErrorCode, TokenResponse};
use crate::users::{ListUsersResponse, State, User};

/// The document of a server that is reached at `public_url` and serves these families.
pub fn document(public_url: &str, served: RoutesServed) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Rollcall Users API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "List, get, suspend and reactivate the people of an account. \
                            Compatible with the 1Password Users API.",
        },
        "servers": [{ "url": public_url.trim_end_matches('/') }],
        "paths": paths(served),
        "components": {
            "schemas": schemas(),
            "securitySchemes": {
                "BearerAuth": { "type": "http", "scheme": "bearer", "description": "An access token." },
                "ClientBasic": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "The application's client id and secret.",
                },
            },
        },
    })
}

fn paths(served: RoutesServed) -> Value {
    let mut paths = Map::new();
    for &route in Route::ALL {
        for (family, path) in route.addresses(served) {
            let method = route.method().as_str().to_ascii_lowercase();
            let item = paths.entry(path).or_insert_with(|| json!({}));
            item[method] = operation(route, family);
        }
    }
    Value::Object(paths)
}

fn operation(route: Route, family: Option<Family>) -> Value {
    let mut operation = json!({
        "operationId": operation_id(route, family),
        "summary": route.summary(),
        "tags": [family.map_or("server", Family::as_str)],
        "security": security(route.credential()),
        "responses": answers::responses(route),
    });
    if let Some(permission) = route.permission() {
        operation["description"] =
            json!(format!("The application needs the permission {permission}."));
    }
    let parameters = arguments::parameters(route);
    if !parameters.is_empty() {
        operation["parameters"] = Value::Array(parameters);
    }
    if let Some(form) = arguments::form(route) {
        operation["requestBody"] = form;
    }
    operation
}

fn operation_id(route: Route, family: Option<Family>) -> String {
    match family {
        Some(family) => format!("{}_{family}", route.operation_id()),
        None => route.operation_id().to_owned(),
    }
}

fn security(credential: Credential) -> Value {
    match credential {
        Credential::None => json!([]),
        Credential::ClientBasic => json!([{ "ClientBasic": [] }]),
        Credential::Bearer => json!([{ "BearerAuth": [] }]),
    }
}

/// What `/openapi.json` itself is, as far as it is worth saying.
const DOCUMENT_SCHEMA: &str = "OpenApiDocument";

fn schemas() -> Value {
    let mut schemas = Map::from_iter([
        schema::<User>(),
        schema::<State>(),
        schema::<ListUsersResponse>(),
        schema::<TokenResponse>(),
        schema::<OauthError>(),
        schema::<OauthErrorCode>(),
        schema::<Status>(),
        schema::<ErrorInfo>(),
        schema::<Metadata>(),
    ]);
    let words: Vec<&str> = Word::ALL.iter().map(|word| word.as_str()).collect();
    schemas[&*Status::name()]["properties"]["message"]["description"] =
        json!(format!("A stable word in snake_case, one of: {}.", words.join(", ")));
    let document = json!({
        "type": "object",
        "required": ["openapi", "info", "paths", "components"],
        "properties": { "openapi": { "const": "3.1.0" } },
    });
    schemas.insert(DOCUMENT_SCHEMA.to_owned(), document);
    Value::Object(schemas)
}

fn schema<T: ToSchema>() -> (String, Value) {
    (T::name().into_owned(), serde_json::to_value(T::schema()).expect("a schema is JSON"))
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

#[cfg(test)]
mod tests;
