//! Nothing that is secret is in what can be printed.

use std::error::Error as _;

use rollcall_sdk::{Credentials, Error, Retries};
use serde_json::json;

use crate::server::{Reply, Server, token};
use crate::{SECRET, builder};

const TOKEN: &str = "token-nobody-may-see";
const PROXY_PASSWORD: &str = "proxy-password";

fn has_no_secret(what: &str) {
    let basic = "Y2xpZW50LTE6"; // how `client-1:` begins in HTTP Basic
    for secret in [SECRET, TOKEN, PROXY_PASSWORD, basic] {
        assert!(!what.contains(secret), "{what}");
    }
}

fn error_has_no_secret(error: &Error) {
    has_no_secret(&format!("{error} {error:?} {error:#?}"));
    let mut next = error.source();
    while let Some(cause) = next {
        has_no_secret(&format!("{cause} {cause:?}"));
        next = cause.source();
    }
}

#[test]
fn no_builder_and_no_client_shows_one() {
    let builder = builder("https://api.example.com")
        .proxy(format!("http://me:{PROXY_PASSWORD}@proxy.example.com:3128"));
    has_no_secret(&format!("{builder:?} {builder:#?}"));
    let client = builder.build().unwrap();
    has_no_secret(&format!("{client:?} {client:#?}"));
    has_no_secret(&format!("{:?}", client.list(rollcall_sdk::Filter::All)));
    has_no_secret(&format!("{:?}", Credentials::new("client-1", SECRET)));
}

#[test]
fn no_error_of_the_setup_shows_one() {
    for wrong in [
        builder(format!("https://me:{PROXY_PASSWORD}@api.example.com")),
        builder(format!("{PROXY_PASSWORD}@api.example.com")),
        builder("https://api.example.com").proxy(format!("http://me:{PROXY_PASSWORD}@")),
        builder("https://api.example.com").proxy(format!("me:{PROXY_PASSWORD}@ :x")),
    ] {
        let error = wrong.build().unwrap_err();
        has_no_secret(&format!("{error} {error:?}"));
    }
}

#[tokio::test]
async fn no_error_of_a_call_shows_one_even_if_the_server_repeats_it() {
    let repeated = format!("{SECRET} {TOKEN}");
    for reply in [
        Reply::no(403, 7, &repeated),
        Reply::status(404, json!({"code": 5, "message": "x", "details": [{"said": repeated}]})),
        Reply::text(500, &repeated),
        Reply::text(200, &repeated),
        Reply::Cut,
        Reply::Half(repeated.clone()),
    ] {
        let server = Server::start([reply]).await;
        server.answer_tokens([token(TOKEN, json!(900))]);
        let client = builder(server.url()).retries(Retries::none()).build().unwrap();
        error_has_no_secret(&client.get("U1").await.unwrap_err());
        has_no_secret(&format!("{client:?}"));
    }
}

#[tokio::test]
async fn no_error_of_the_token_endpoint_shows_one() {
    for reply in [
        Reply::status(401, json!({"error": "invalid_client", "error_description": SECRET})),
        Reply::status(400, json!({"error": SECRET})),
        Reply::status(200, json!(TOKEN)),
        Reply::status(200, json!([TOKEN])),
        Reply::status(200, json!({"access_token": TOKEN, "token_type": 5})),
        Reply::status(200, json!({"access_token": TOKEN, "token_type": "a b"})),
        Reply::status(200, json!({"access_token": {"is": TOKEN}, "token_type": "Bearer"})),
        Reply::status(
            200,
            json!({"access_token": "x", "token_type": "Bearer", "expires_in": TOKEN}),
        ),
        Reply::text(502, SECRET),
    ] {
        let server = Server::start([]).await;
        server.answer_tokens([reply]);
        let client = builder(server.url()).retries(Retries::none()).build().unwrap();
        error_has_no_secret(&client.check_credentials().await.unwrap_err());
    }
}
