//! Looking after a set-up that is in use: what is in the store, what in it wants a hand, and how
//! the database itself is set. Questions only, for the command line; none needs a key.

mod postgres;
mod sqlite;

use std::time::Duration;

use crate::store::MadeBy;
use crate::world::{AccountId, ApplicationId, Moment, SecretId};

/// The question: what is in it?
#[derive(Clone, Copy, Debug)]
pub struct ContentsOf;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    pub migration: i64,
    /// `None`: nobody has founded it yet, or it does not say so in words of this version.
    pub made_by: Option<MadeBy>,
    pub accounts: u64,
    pub people: u64,
    pub applications: u64,
    pub records: u64,
    /// When the last record of any account was made.
    pub newest_record: Option<Moment>,
}

/// The question: what wants a hand? At most so many of each.
#[derive(Clone, Copy, Debug)]
pub struct WantsAHand {
    pub now: Moment,
    pub limit: u16,
}

impl WantsAHand {
    /// A secret that ends within this time is told of.
    pub const ENDS_SOON: Duration = Duration::from_secs(14 * 86_400);
    /// A secret that was made so long ago and never used, or not used for so long.
    pub const UNUSED_FOR: Duration = Duration::from_secs(90 * 86_400);
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanting {
    /// Accounts with people, and no active owner among them.
    pub ownerless: Vec<AccountId>,
    /// Secrets that have ended, will soon, or are not used.
    pub secrets: Vec<SecretSeen>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretSeen {
    pub account: AccountId,
    pub application: ApplicationId,
    pub secret: SecretId,
    pub created: Moment,
    pub ends: Option<Moment>,
    pub last_used: Option<Moment>,
}

/// The question: how is the database set, where that decides what is kept? By name; nothing of
/// SQLite, whose settings are ours.
#[derive(Clone, Copy, Debug)]
pub struct DatabaseSettings;
