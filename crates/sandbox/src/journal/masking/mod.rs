//! What of a call may be kept. Pure but for what is [`Known`]: names of this double's own
//! credentials stand for them, and of what could be anybody else's nothing is kept, no beginning,
//! no digest, no length: real credentials will come here by mistake.
//!
//! Where a client writes, only what the API has is kept: known headers, known parameters. The rest
//! keeps its name at most.

mod body;
mod headers;
mod target;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use body::{answer_body, request_body};
pub(crate) use headers::{answer_headers, request_headers};
pub(crate) use target::target;
pub(crate) use words::NOT_KEPT;

use super::{Known, Misplaced, Place};

/// A part of an address, such as an id, for [`super::Meant`].
pub(crate) fn part(known: &Known, text: &str) -> String {
    words::without_secrets(known, text).text.into_owned()
}

/// Parameters of the API, in either spelling; their values are kept as far as they are words.
const PARAMETERS: [&str; 9] = [
    "filter",
    "max_page_size",
    "maxpagesize",
    "page_size",
    "pagesize",
    "limit",
    "grant_type",
    "scope",
    "token_type_hint",
];

/// What a name says of its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    Parameter,
    PageToken,
    ClientId,
    /// It sounds like a secret.
    Secret,
    Other,
}

impl Named {
    fn of(name: &str) -> Self {
        let name = name.trim().to_ascii_lowercase();
        if PARAMETERS.contains(&name.as_str()) {
            return Self::Parameter;
        }
        match name.as_str() {
            "page_token" | "pagetoken" => return Self::PageToken,
            "client_id" | "clientid" => return Self::ClientId,
            _ => {}
        }
        const SECRET: [&str; 12] = [
            "token",
            "secret",
            "passw",
            "pwd",
            "key",
            "auth",
            "assertion",
            "credential",
            "session",
            "jwt",
            "bearer",
            "signature",
        ];
        let is_code = matches!(name.as_str(), "code" | "sig" | "pass" | "pin" | "otp");
        match is_code || SECRET.iter().any(|word| name.contains(word)) {
            true => Self::Secret,
            false => Self::Other,
        }
    }
}

/// Collects what stood where no credential belongs.
#[derive(Default)]
struct Finds(Vec<Misplaced>);

impl Finds {
    fn add(&mut self, place: Place, name: Option<&str>, is_ours: bool) {
        let find = Misplaced { place, name: name.map(str::to_owned), is_ours };
        if !self.0.contains(&find) {
            self.0.push(find);
        }
    }
}

/// The value of a parameter in a query, a form or a JSON object: what is kept of it.
fn value(known: &Known, place: Place, name: &str, value: &str, finds: &mut Finds) -> String {
    let kept_name = part(known, name);
    let masked = words::without_secrets(known, value);
    let named = Named::of(name);
    if masked.had_ours {
        finds.add(place, Some(&kept_name), true);
        // Around a secret of ours may stand one of somebody else's.
        return known.label(value).unwrap_or_else(|| NOT_KEPT.to_owned());
    }
    if value.is_empty() {
        return String::new();
    }
    match named {
        Named::Parameter => masked.text.into_owned(),
        Named::ClientId if known.has_client(value) => value.to_owned(),
        Named::Secret => {
            finds.add(place, Some(&kept_name), false);
            NOT_KEPT.to_owned()
        }
        Named::ClientId | Named::PageToken | Named::Other => NOT_KEPT.to_owned(),
    }
}
