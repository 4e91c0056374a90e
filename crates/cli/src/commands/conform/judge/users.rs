//! Of a person, as the list and get show one.

use jiff::Timestamp;
use serde_json::Value;

use super::{Judged, No, answer, differs, must, quoted, unknown};
use crate::commands::conform::gather::Seen;
use crate::commands::conform::probe::Probe;

const FIELDS: [&str; 6] = ["id", "email", "display_name", "state", "create_time", "path"];

/// Everybody on the first page.
fn people(seen: &Seen) -> Result<&[Value], No> {
    match answer(seen, Probe::List)?.people() {
        Some([]) => unknown("the account has nobody in it"),
        Some(people) => Ok(people),
        None => unknown("there is no list of people"),
    }
}

fn each(seen: &Seen, holds: impl Fn(&Value) -> Result<(), String>) -> Judged {
    people(seen)?.iter().try_for_each(|user| holds(user).map_err(No::Differs))
}

/// A field that `texts` is about when it is no text.
fn each_text(seen: &Seen, name: &str, is_right: impl Fn(&str, &Value) -> bool) -> Judged {
    let mut read = 0;
    each(seen, |user| match user.get(name).and_then(Value::as_str) {
        Some(text) if !is_right(text, user) => Err(format!("`{name}` is {}", quoted(text))),
        _ => Ok(()),
    })?;
    read += people(seen)?.iter().filter(|user| user[name].is_string()).count();
    if read == 0 { unknown(format!("nobody has a `{name}` that is text")) } else { Ok(()) }
}

pub(super) fn fields(seen: &Seen) -> Judged {
    each(seen, |user| {
        let Some(object) = user.as_object() else {
            return Err(format!("a person is {}", quoted(&user.to_string())));
        };
        if let Some(more) = object.keys().find(|name| !FIELDS.contains(&name.as_str())) {
            return Err(format!("there is a field {}", quoted(more)));
        }
        match FIELDS.iter().find(|name| !object.contains_key(**name)) {
            Some(missing) => Err(format!("`{missing}` is missing")),
            None => Ok(()),
        }
    })
}

pub(super) fn texts(seen: &Seen) -> Judged {
    each(seen, |user| {
        for name in FIELDS {
            let is_right = match user.get(name) {
                // Told by `fields`.
                None => true,
                Some(Value::String(text)) => name == "display_name" || !text.is_empty(),
                Some(_) => false,
            };
            if !is_right {
                return Err(format!("`{name}` is {}", quoted(&user[name].to_string())));
            }
        }
        Ok(())
    })
}

pub(super) fn id(seen: &Seen) -> Judged {
    each_text(seen, "id", |id, _| {
        id.len() == 26 && id.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'))
    })
}

pub(super) fn state(seen: &Seen) -> Judged {
    each_text(seen, "state", |state, _| {
        matches!(state, "ACTIVE" | "SUSPENDED" | "STATE_UNSPECIFIED")
    })
}

pub(super) fn create_time(seen: &Seen) -> Judged {
    each_text(seen, "create_time", |time, _| is_rfc_3339(time))
}

/// The parser takes more than RFC 3339: a space for the T, no colon in the offset.
fn is_rfc_3339(time: &str) -> bool {
    let bytes = time.as_bytes();
    let has_offset = time.ends_with(['Z', 'z'])
        || bytes
            .len()
            .checked_sub(6)
            .is_some_and(|at| matches!(bytes[at], b'+' | b'-') && bytes[at + 3] == b':');
    matches!(bytes.get(10), Some(b'T' | b't')) && has_offset && time.parse::<Timestamp>().is_ok()
}

pub(super) fn path(seen: &Seen) -> Judged {
    each_text(seen, "path", |path, user| {
        let id = user["id"].as_str().unwrap_or_default();
        path == format!("accounts/{}/users/{id}", seen.account)
    })
}

pub(super) fn as_listed(seen: &Seen) -> Judged {
    let got = answer(seen, Probe::Get)?;
    super::permitted(seen, Probe::Get)?;
    let listed = people(seen)?.first();
    let Some(shown) = &got.json else { return differs("the answer is no JSON") };
    must(Some(shown) == listed, || {
        let names =
            FIELDS.iter().filter(|name| Some(&shown[**name]) != listed.map(|user| &user[**name]));
        let names: Vec<&str> = names.copied().collect();
        format!(
            "different in {}",
            if names.is_empty() { "a further field".to_owned() } else { names.join(", ") }
        )
    })
}

#[cfg(test)]
mod tests {
    use super::is_rfc_3339;

    #[test]
    fn a_time_is_read_as_strictly_as_strict_clients_do() {
        for right in
            ["2026-03-17T09:00:00Z", "2026-03-17T09:00:00.123Z", "2026-03-17T09:00:00+01:00"]
        {
            assert!(is_rfc_3339(right), "{right}");
        }
        for wrong in [
            "2026-03-17 09:00:00Z",
            "2026-03-17T09:00:00",
            "2026-03-17",
            "1773738000",
            "",
            "2026-03-17T09:00:00+0100",
        ] {
            assert!(!is_rfc_3339(wrong), "{wrong}");
        }
    }
}
