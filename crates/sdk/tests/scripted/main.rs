//! The client against a server that answers by script: every rule about trying again, tokens, acts,
//! pages and secrets.

#![allow(clippy::unwrap_used)]

mod acts;
mod calls;
mod pages;
mod secrets;
mod server;
mod tls;
mod tokens;
mod traces;

use std::time::Duration;

use rollcall_sdk::{Builder, Client, Credentials, Product, Retries};
use serde_json::{Value, json};

use server::Server;

const SECRET: &str = "rcs_hunter2hunter2";

/// Waits of milliseconds.
const QUICK: Retries = Retries {
    deadline: Duration::from_secs(20),
    times: 3,
    first_wait: Duration::from_millis(1),
    longest_wait: Duration::from_millis(2),
};

fn builder(url: impl Into<String>) -> Builder {
    let product = Product::new("Scripted", "1.0").unwrap();
    Client::builder(url, "ACCOUNT", Credentials::new("client-1", SECRET), product).retries(QUICK)
}

fn client(server: &Server) -> Client {
    builder(server.url()).build().unwrap()
}

fn user(id: &str, state: &str) -> Value {
    json!({
        "id": id,
        "email": format!("{}@example.com", id.to_lowercase()),
        "display_name": "Somebody",
        "state": state,
        "create_time": "2026-01-02T03:04:05Z",
        "path": format!("accounts/ACCOUNT/users/{id}"),
    })
}
