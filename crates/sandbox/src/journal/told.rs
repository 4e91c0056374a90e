//! What an answer says, read for whoever grades.

use axum::http::{HeaderMap, header};
use rollcall_directory::keys::KeyRing;
use rollcall_directory::tokens::Claims;
use serde::Deserialize;

use super::{Known, Told};

/// All the fields that are looked for; of an answer of the API only some are there.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    results: Option<Vec<Person>>,
    id: Option<String>,
    next_page_token: Option<String>,
    access_token: Option<String>,
    message: Option<String>,
    error: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Person {
    id: String,
}

/// Learns the tokens in it: what comes back with them later is then known.
pub(crate) fn read(
    known: &Known,
    keys: &KeyRing,
    exchange: u64,
    headers: &HeaderMap,
    body: &[u8],
) -> Told {
    // What is no JSON object has no fields; an HTML page is such a one.
    let answer: Answer = serde_json::from_slice(body).unwrap_or_default();
    let next_page_token = answer.next_page_token.filter(|token| !token.is_empty());
    if let Some(token) = &next_page_token {
        known.gave_page_token(token, exchange);
    }
    let token = answer.access_token.and_then(|token| {
        let claims = Claims::open(&token, keys).ok()?;
        Some(learn(known, &token, &claims))
    });
    let people = answer.results.into_iter().flatten().map(|person| person.id);
    let retry_after = headers.get(header::RETRY_AFTER);
    Told {
        people: people.chain(answer.id).collect(),
        next_page_token,
        word: answer.message.or(answer.error),
        token,
        retry_after_seconds: retry_after.and_then(|value| value.to_str().ok()?.parse().ok()),
    }
}

/// The number of a token whose MAC says that it was made here: also of one from before a restart,
/// and of one for an application that was made in the console.
pub(crate) fn learn(known: &Known, token: &str, claims: &Claims) -> u64 {
    let client = claims.application.to_string();
    if !known.has_client(&client) {
        known.client(client.clone(), claims.account.to_string());
    }
    known.token(token, &client)
}
