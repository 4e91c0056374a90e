//! The chain: hash = SHA-256(hash before ‖ body), body = the record as JSON, kept byte for byte.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{Context, SHA256};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use super::Entry;
use crate::acting::Caller;
use crate::world::{AccountId, ActId, ApplicationId, Moment, UserId};

#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hash([u8; 32]);

impl Hash {
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    #[must_use]
    pub(super) fn follow(self, body: &str) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(&self.0);
        context.update(body.as_bytes());
        Self(context.finish().as_ref().try_into().expect("SHA-256 gives 32 bytes"))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok().and_then(|b| b.try_into().ok());
        bytes.map(Self).ok_or_else(|| "a hash is 64 lower-case hexadecimal digits".to_owned())
    }
}

/// Where a chain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many records there are; the last one's number.
    pub seq: u64,
    pub hash: Hash,
}

/// A record before it has its place.
#[derive(Clone, Debug)]
pub struct Line {
    pub account: AccountId,
    pub act: ActId,
    pub at: Moment,
    pub by: Caller,
    pub entry: Entry,
}

/// A record in its place.
#[derive(Clone, Debug)]
pub struct Chained {
    pub seq: u64,
    pub act: ActId,
    pub at: Moment,
    pub kind: &'static str,
    pub by: Option<ApplicationId>,
    pub by_person: Option<UserId>,
    pub user: Option<UserId>,
    pub application: Option<ApplicationId>,
    pub body: String,
    pub hash: Hash,
}

/// What is hashed and kept. Field order is the order in the text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Body {
    pub version: u8,
    pub account: AccountId,
    pub seq: u64,
    pub act: ActId,
    pub at: Moment,
    pub by: Caller,
    pub entry: Entry,
}

impl Head {
    #[must_use]
    pub const fn start() -> Self {
        Self { seq: 0, hash: Hash::from_bytes([0; 32]) }
    }

    /// Gives the line its place behind the last one.
    pub(crate) fn chain(&mut self, line: Line) -> Chained {
        let Line { account, act, at, by, entry } = line;
        let (kind, user, application) = (entry.kind(), entry.user(), entry.application());
        let seq = self.seq + 1;
        let body = Body { version: 1, account, seq, act, at, by, entry };
        let body = serde_json::to_string(&body).expect("a record is plain data and becomes JSON");
        let hash = self.hash.follow(&body);
        *self = Self { seq, hash };
        let (by, by_person) = (by.application(), by.person());
        Chained { seq, act, at, kind, by, by_person, user, application, body, hash }
    }
}
