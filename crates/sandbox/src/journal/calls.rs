//! The journal, by the control API.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{curl, har};
use crate::control_api::{Answer, ControlCall, No, ok, text_answer};
use crate::double::Double;

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
    let exchanges: Vec<&super::Exchange> = stretch.exchanges.iter().map(AsRef::as_ref).collect();
    ok(&json!({
        "exchanges": exchanges,
        "newest": stretch.newest,
        "cleared": stretch.clears,
    }))
}

/// One exchange, and the line that repeats it.
pub(crate) fn one(double: &Double, call: &ControlCall) -> Answer {
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
    ok(&json!({ "exchange": *exchange, "curl": curl::curl(&exchange) }))
}

pub(crate) fn clear(double: &Double, call: &ControlCall) -> Answer {
    call.nothing_more()?;
    double.journal.clear();
    ok(&Value::Object(serde_json::Map::new()))
}

/// All that is kept, or what is of one account.
pub(crate) fn archive(double: &Double, call: &ControlCall) -> Answer {
    let query = call.query(&["account"])?;
    let mut exchanges = double.journal.all();
    if let Some(account) = query.get("account") {
        exchanges.retain(|exchange| exchange.meant.account.as_deref() == Some(account));
    }
    Ok(text_answer(StatusCode::OK, "application/json", har::har(&exchanges).to_string()))
}
