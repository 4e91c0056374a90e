//! Of the two OAuth endpoints.

use super::{Judged, answer, differs, must, quoted, shown, unknown, word};
use crate::commands::conform::client::Answer;
use crate::commands::conform::gather::Seen;
use crate::commands::conform::probe::Probe;

const LIFE_MAX_SECONDS: u64 = 900;

pub(super) fn json(seen: &Seen) -> Judged {
    is_json(answer(seen, Probe::Token)?)
}

pub(super) fn is_json(answer: &Answer) -> Judged {
    must(answer.is_json(), || {
        let kind = answer.header("content-type");
        format!("the content type is {}", kind.map_or("absent".to_owned(), quoted))
    })
}

pub(super) fn kind(seen: &Seen) -> Judged {
    let answer = answer(seen, Probe::Token)?;
    let is_bearer =
        answer.text_of("token_type").is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
    must(is_bearer, || format!("`token_type` is {}", shown(answer.field("token_type"))))
}

pub(super) fn expires_in(seen: &Seen) -> Judged {
    let given = answer(seen, Probe::Token)?.field("expires_in");
    let is_right = given
        .and_then(serde_json::Value::as_u64)
        .is_some_and(|life| (1..=LIFE_MAX_SECONDS).contains(&life));
    must(is_right, || format!("`expires_in` is {}", shown(given)))
}

pub(super) fn scope(seen: &Seen) -> Judged {
    let given = answer(seen, Probe::Token)?.field("scope");
    must(given.and_then(|scope| scope.as_str()) == Some("openid"), || {
        format!("`scope` is {}", shown(given))
    })
}

pub(super) fn no_refresh(seen: &Seen) -> Judged {
    let given = answer(seen, Probe::Token)?.field("refresh_token");
    must(given.is_none(), || "there is one".to_owned())
}

pub(super) fn not_stored(seen: &Seen) -> Judged {
    let given = answer(seen, Probe::Token)?.header("cache-control");
    let says = given.is_some_and(|words| words.to_ascii_lowercase().contains("no-store"));
    must(says, || format!("`Cache-Control` is {}", given.map_or("absent".to_owned(), quoted)))
}

pub(super) fn given(seen: &Seen, probe: Probe) -> Judged {
    let answer = answer(seen, probe)?;
    must(answer.token().is_some(), || format!("answered {}", answer.status))
}

pub(super) fn not_given(seen: &Seen, probe: Probe) -> Judged {
    let answer = answer(seen, probe)?;
    must(answer.token().is_none(), || format!("a token was given, with {}", answer.status))
}

/// The first token after the second was taken.
pub(super) fn side_by_side(seen: &Seen) -> Judged {
    let second = answer(seen, Probe::SecondToken)?;
    if second.token().is_none() {
        return differs(format!("a second request was answered {}", second.status));
    }
    let first = answer(seen, Probe::ListWithFirstToken)?;
    must(first.status != 401, || "the first token was dead when a second one was there".to_owned())
}

pub(super) fn error(seen: &Seen, probe: Probe, status: u16, wanted: &str) -> Judged {
    let answer = answer(seen, probe)?;
    if answer.is_success() {
        return unknown("it was not refused");
    }
    let said = answer.field("error");
    must(answer.status == status && said.and_then(|said| said.as_str()) == Some(wanted), || {
        format!("answered {}, and `error` is {}", answer.status, word(said))
    })
}

/// Another status than 401 is told by another fact.
pub(super) fn wrong_secret_error(seen: &Seen) -> Judged {
    match answer(seen, Probe::TokenWrongSecret)?.status {
        401 => error(seen, Probe::TokenWrongSecret, 401, "invalid_client"),
        other => unknown(format!("it was answered {other}")),
    }
}

pub(super) fn challenge(seen: &Seen) -> Judged {
    let answer = answer(seen, Probe::TokenWrongSecret)?;
    if answer.status != 401 {
        return unknown(format!("it was answered {}", answer.status));
    }
    let given = answer.header("www-authenticate");
    let is_basic = given.is_some_and(|words| words.to_ascii_lowercase().starts_with("basic"));
    must(is_basic, || {
        format!("`WWW-Authenticate` is {}", given.map_or("absent".to_owned(), quoted))
    })
}

/// The token that was revoked, if it was.
fn revoked(seen: &Seen) -> Result<&Answer, super::No> {
    let answer = answer(seen, Probe::Revoke)?;
    if answer.is_success() {
        Ok(answer)
    } else {
        unknown(format!("revoking was answered {}", answer.status))
    }
}

pub(super) fn revoke_empty(seen: &Seen) -> Judged {
    let answer = revoked(seen)?;
    must(answer.text.is_empty(), || format!("the body has {} bytes", answer.text.len()))
}

pub(super) fn revoke_ends(seen: &Seen) -> Judged {
    revoked(seen)?;
    let after = answer(seen, Probe::ListRevoked)?;
    must(after.status == 401, || format!("a call with it was answered {}", after.status))
}

pub(super) fn revoke_leaves_others(seen: &Seen) -> Judged {
    revoked(seen)?;
    let other = answer(seen, Probe::ListKept)?;
    must(other.status != 401, || "another token was dead too".to_owned())
}

/// Where there is no such endpoint, that is told once.
pub(super) fn revoke_also(seen: &Seen, probe: Probe, wanted: u16) -> Judged {
    if answer(seen, Probe::Revoke)?.status == 404 {
        return unknown("there is no such endpoint");
    }
    super::status(seen, probe, wanted)
}
