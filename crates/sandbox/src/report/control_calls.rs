//! `GET /sandbox/v1/report`: the report on the journal so far, or on one account's part of it.

use axum::http::StatusCode;

use super::{Format, examine};
use crate::control_api::{Answer, ControlCall, No, text_answer};
use crate::double::Double;
use crate::journal::Exchange;

pub(crate) fn read(double: &Double, call: &ControlCall) -> Answer {
    let query = call.query(&["account", "format"])?;
    let format = match query.get("format") {
        None => Format::Json,
        Some(word) => Format::from_word(word)
            .ok_or_else(|| No::invalid("no such format", "write text, json, junit or sarif"))?,
    };
    let mut exchanges = double.journal.all();
    if let Some(account) = query.get("account") {
        exchanges.retain(|exchange| is_of(exchange, account));
    }
    let report = examine(&exchanges);
    Ok(text_answer(StatusCode::OK, format.content_type(), report.written(format, false)))
}

fn is_of(exchange: &Exchange, account: &str) -> bool {
    exchange.meant.account.as_deref() == Some(account)
}
