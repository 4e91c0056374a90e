//! A stretch of an account's log, in order: whoever takes all of it asks again behind the last
//! record, so that a log of any length needs the memory of one stretch and no long snapshot.
//! Records never change, so stretches of several snapshots fit together.

use super::Record;
use super::chain::Body;
use crate::world::{AccountId, Moment};

/// The question. `up_to` is the head as it was when the reading began.
#[derive(Clone, Copy, Debug)]
pub struct ReadAudit {
    pub account: AccountId,
    pub after: u64,
    pub up_to: u64,
    /// From this time on.
    pub since: Option<Moment>,
    /// Before this time.
    pub until: Option<Moment>,
    pub limit: u16,
}

impl Record {
    /// What the text says. `None`: it is not one of ours, or was changed.
    #[must_use]
    pub fn told(&self) -> Option<Body> {
        serde_json::from_str(&self.body).ok()
    }
}
