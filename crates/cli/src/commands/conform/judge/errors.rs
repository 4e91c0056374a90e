//! Of what is refused by the calls on people.

use reqwest::header::WWW_AUTHENTICATE;
use serde_json::Value;

use super::{Judged, answer, differs, has, must, quoted, shown, unknown};
use crate::commands::conform::client::Answer;
use crate::commands::conform::gather::Seen;
use crate::commands::conform::probe::Probe;

const REFUSED: [Probe; 5] = [
    Probe::NoToken,
    Probe::RubbishToken,
    Probe::GetUnknown,
    Probe::GetOtherAccount,
    Probe::ListWrongFilter,
];

/// Holds each refusal against the rule. What was not refused is told by another fact.
pub(super) fn each(seen: &Seen, rule: fn(&Answer) -> Judged) -> Judged {
    let mut looked_at = 0;
    for probe in REFUSED {
        if let Ok(answer) = answer(seen, probe)
            && (400..500).contains(&answer.status)
        {
            rule(answer)?;
            looked_at += 1;
        }
    }
    if looked_at == 0 { unknown("nothing was refused") } else { Ok(()) }
}

pub(super) fn shape(answer: &Answer) -> Judged {
    let is_right = answer.field("code").is_some_and(Value::is_u64)
        && answer.field("message").is_some_and(Value::is_string);
    must(is_right, || format!("the body of a {} {}", answer.status, has(answer)))
}

pub(super) fn details(answer: &Answer) -> Judged {
    if shape(answer).is_err() {
        return Ok(());
    }
    must(answer.field("details").is_some_and(Value::is_array), || {
        format!("of a {} it is {}", answer.status, shown(answer.field("details")))
    })
}

pub(super) fn json(answer: &Answer) -> Judged {
    super::tokens::is_json(answer)
}

pub(super) fn code(answer: &Answer) -> Judged {
    let wanted = match answer.status {
        400 => 3,
        401 => 16,
        403 => 7,
        404 => 5,
        _ => return Ok(()),
    };
    match answer.field("code").and_then(Value::as_u64) {
        // Told by the shape.
        None => Ok(()),
        Some(code) => must(code == wanted, || format!("a {} has the code {code}", answer.status)),
    }
}

pub(super) fn get_unknown(seen: &Seen) -> Judged {
    if answer(seen, Probe::Get)?.status == 403 {
        return unknown("the application has no permission for it");
    }
    super::status(seen, Probe::GetUnknown, 404)
}

pub(super) fn challenge(seen: &Seen) -> Judged {
    let mut looked_at = 0;
    for probe in [Probe::NoToken, Probe::RubbishToken] {
        let answer = answer(seen, probe)?;
        if answer.status != 401 {
            continue;
        }
        looked_at += 1;
        let given = answer.header(WWW_AUTHENTICATE.as_str());
        if !given.is_some_and(|words| words.to_ascii_lowercase().starts_with("bearer")) {
            return differs(format!("it is {}", given.map_or("absent".to_owned(), quoted)));
        }
    }
    if looked_at == 0 { unknown("nothing was answered 401") } else { Ok(()) }
}

pub(super) fn wrong_method(seen: &Seen) -> Judged {
    let answer = answer(seen, Probe::WrongMethod)?;
    must(matches!(answer.status, 405 | 501), || format!("DELETE was answered {}", answer.status))
}
