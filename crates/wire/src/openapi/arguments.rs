//! What a caller gives: ids in the path, arguments in the query, fields of a form.
//!
//! It says what the server takes gladly; what it merely tolerates is left out, so that nobody copies it.

use serde_json::{Value, json};

use crate::paging::{Filter, PAGE_SIZE_DEFAULT};
use crate::route::Route;
use crate::tokens::SCOPE_OPENID;

pub(super) fn parameters(route: Route) -> Vec<Value> {
    match route {
        Route::ListUsers => [vec![account()], list_arguments()].concat(),
        Route::GetUser | Route::SuspendUser | Route::ReactivateUser => vec![account(), user()],
        Route::Token | Route::Revoke | Route::OpenApi | Route::Metadata => vec![],
    }
}

fn account() -> Value {
    json!({
        "name": "account",
        "in": "path",
        "required": true,
        "description": "The id of the application's own account.",
        "schema": { "type": "string", "minLength": 1 },
    })
}

/// Any id may be asked for and an unknown one is not found; only a colon would begin a verb.
fn user() -> Value {
    json!({
        "name": "user",
        "in": "path",
        "required": true,
        "description": "The person's id.",
        "schema": { "type": "string", "minLength": 1, "pattern": "^[^:]+$" },
    })
}

fn list_arguments() -> Vec<Value> {
    let filter = json!({
        "type": "string",
        "enum": [Filter::Active.as_str(), Filter::Suspended.as_str(), Filter::All.as_str()],
    });
    let size = json!({ "type": "integer", "format": "int32", "minimum": 0, "maximum": i32::MAX, "default": PAGE_SIZE_DEFAULT });
    let token = json!({ "type": "string" });
    let about_size = "How many people a page may hold. More than 1000 is cut to 1000; 0 means 25.";
    let about_token = "The next_page_token of the page before.";
    vec![
        query("filter", "Only active or only suspended people; left out or empty: both.", &filter),
        query("max_page_size", about_size, &size),
        query("maxPageSize", &alias("max_page_size"), &size),
        query("page_token", about_token, &token),
        query("pageToken", &alias("page_token"), &token),
    ]
}

fn alias(name: &str) -> String {
    format!("Another spelling of {name}. Both with different values are refused.")
}

fn query(name: &str, description: &str, schema: &Value) -> Value {
    json!({
        "name": name,
        "in": "query",
        "required": false,
        "allowEmptyValue": true,
        "description": description,
        "schema": schema,
    })
}

pub(super) fn form(route: Route) -> Option<Value> {
    match route {
        Route::Token => Some(form_of(&json!({
            "type": "object",
            "required": ["grant_type"],
            "properties": {
                "grant_type": { "type": "string", "const": "client_credentials" },
                "scope": { "type": "string", "enum": [SCOPE_OPENID] },
            },
        }))),
        Route::Revoke => Some(form_of(&json!({
            "type": "object",
            "required": ["token"],
            "properties": {
                "token": { "type": "string", "minLength": 1 },
                "token_type_hint": { "type": "string", "description": "Taken and ignored." },
            },
        }))),
        Route::ListUsers
        | Route::GetUser
        | Route::SuspendUser
        | Route::ReactivateUser
        | Route::OpenApi
        | Route::Metadata => None,
    }
}

fn form_of(schema: &Value) -> Value {
    json!({
        "required": true,
        "content": { "application/x-www-form-urlencoded": { "schema": schema } },
    })
}
