//! The journal, by the control API.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Exchange, curl, har};
use crate::control_api::{Answer, ControlCall, No, ok, text_answer};
use crate::double::Double;
use crate::report::{self, Kind, Note};

const WAIT_SECONDS_MAX: u64 = 60;
const LIMIT_DEFAULT: u64 = 500;
const LIMIT_MAX: u64 = 1_000;

/// What ended after a place, in the order of ends; while there is nothing, it is waited for.
pub(crate) async fn list(double: &Double, call: &ControlCall) -> Answer {
    let query = call.query(&["after", "account", "wait_seconds", "limit"])?;
    let after = query.number("after")?.unwrap_or(0);
    let limit = query.number("limit")?.unwrap_or(LIMIT_DEFAULT).clamp(1, LIMIT_MAX);
    let wait = query.number("wait_seconds")?.unwrap_or(0).min(WAIT_SECONDS_MAX);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let wait = Duration::from_secs(wait);
    let stretch = double.journal.next_after(after, query.get("account"), limit, wait).await;
    let exchanges: Vec<&Exchange> = stretch.exchanges.iter().map(AsRef::as_ref).collect();
    ok(&json!({
        "exchanges": exchanges,
        "newest": stretch.newest,
        "cleared": stretch.clears,
    }))
}

/// One exchange, and the line that repeats it.
pub(crate) async fn one(double: &Double, call: &ControlCall) -> Answer {
    call.nothing_more()?;
    let number = call.name().parse().map_err(|_| {
        No::invalid("exchanges have numbers", "GET /sandbox/v1/journal lists what is kept")
    })?;
    let exchange = double.journal.get(number).ok_or_else(|| {
        No::not_found(
            format!("exchange {number} is not kept"),
            "GET /sandbox/v1/journal lists what is; the oldest leave first",
        )
    })?;
    let account = exchange.meant.account.clone();
    let notes = beside(
        double,
        move |of| of == account.as_deref(),
        move |all| report::notes(all, number).iter().map(note).collect::<Vec<Value>>(),
    );
    let notes = notes.await?;
    ok(&json!({ "exchange": *exchange, "curl": curl::curl(&exchange), "notes": notes }))
}

/// With the guide's paragraph: whoever looks has no repository beside them.
fn note(note: &Note) -> Value {
    json!({
        "kind": note.kind,
        "check": note.check,
        "title": note.check.title(),
        "words": note.words,
        "anchor": note.anchor,
        "paragraph": note.check.paragraph(),
    })
}

/// What was wrong, by the number of its exchange. Each account is graded by itself: what several
/// clients do side by side is not one client's doing.
pub(crate) async fn notes(double: &Double, call: &ControlCall) -> Answer {
    let query = call.query(&["account"])?;
    let wanted = query.get("account").map(str::to_owned);
    let is_asked = move |of: Option<&str>| wanted.is_none() || of == wanted.as_deref();
    let notes = beside(double, is_asked, |all| {
        let mut accounts: BTreeMap<Option<String>, Vec<Exchange>> = BTreeMap::new();
        for exchange in all {
            accounts.entry(exchange.meant.account.clone()).or_default().push(exchange.clone());
        }
        let notes = accounts.values().flat_map(|of_one| report::all_notes(of_one));
        let wrong = notes.filter_map(|(number, notes)| {
            let wrong: Vec<Value> = notes
                .iter()
                .filter(|note| note.kind == Kind::Wrong)
                .map(|note| json!({ "check": note.check, "words": note.words }))
                .collect();
            (!wrong.is_empty()).then(|| (number.to_string(), Value::Array(wrong)))
        });
        wrong.collect::<serde_json::Map<String, Value>>()
    });
    ok(&json!({ "notes": notes.await? }))
}

/// Beside the calls: a long journal takes a while.
async fn beside<T: Send + 'static>(
    double: &Double,
    is_of: impl Fn(Option<&str>) -> bool + Send + 'static,
    make: impl FnOnce(&[Exchange]) -> T + Send + 'static,
) -> Result<T, No> {
    let journal = double.journal.clone();
    let done = tokio::task::spawn_blocking(move || {
        let mut exchanges = journal.all();
        exchanges.retain(|exchange| is_of(exchange.meant.account.as_deref()));
        make(&exchanges)
    });
    done.await.map_err(|error| {
        let hint = "this is a bug; please tell us";
        No::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string(), hint)
    })
}

pub(crate) fn clear(double: &Double, call: &ControlCall) -> Answer {
    call.nothing_more()?;
    double.journal.clear();
    ok(&Value::Object(serde_json::Map::new()))
}

/// All that is kept, or what is of one account.
pub(crate) async fn archive(double: &Double, call: &ControlCall) -> Answer {
    let query = call.query(&["account"])?;
    let wanted = query.get("account").map(str::to_owned);
    let is_asked = move |of: Option<&str>| wanted.is_none() || of == wanted.as_deref();
    let archive = beside(double, is_asked, |all| har::har(all).to_string()).await?;
    Ok(text_answer(StatusCode::OK, "application/json", archive))
}
