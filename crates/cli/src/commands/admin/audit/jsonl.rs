//! A record as one line of JSON: what look-ups want, the text as it was hashed, and its hash. The
//! text is a string within the line, so that it comes out again byte for byte.

use std::io::{self, Write};

use rollcall_directory::acting::Caller;
use rollcall_directory::audit::{Body, Record};
use rollcall_directory::world::{AccountId, ActId, ApplicationId, UserId};
use serde::Serialize;

/// Field order is the order in the line. Fields are only ever added.
#[derive(Serialize)]
struct Line<'a> {
    account: AccountId,
    seq: u64,
    at: String,
    act: ActId,
    kind: &'a str,
    by: Caller,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    application: Option<ApplicationId>,
    body: &'a str,
    hash: String,
}

pub(super) fn line(record: &Record, told: &Body, out: &mut dyn Write) -> io::Result<()> {
    let line = Line {
        account: told.account,
        seq: told.seq,
        at: told.at.rfc3339_millis(),
        act: told.act,
        kind: told.entry.kind(),
        by: told.by,
        user: told.entry.user(),
        application: told.entry.application(),
        body: &record.body,
        hash: record.hash.to_string(),
    };
    serde_json::to_writer(&mut *out, &line)?;
    out.write_all(b"\n")
}
