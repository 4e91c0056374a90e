//! How the suspended are found on SQLite: the list is cut into stretches of about five hundred
//! people, and for each it is counted how many of them are suspended. Whoever asks for the suspended
//! reads the stretches that have any. An index of them was written to at a random place by each act;
//! two hundred counts stand on four pages. PostgreSQL has none of this.
//!
//! Triggers count, so whoever writes does. An account that has no stretch yet is read as a whole: what
//! is found does not depend on one being there.

pub(crate) mod sqlite;
#[cfg(test)]
mod tests;

use std::ops::Range;

/// As they are made.
const PEOPLE: i64 = 512;
/// One with more is cut.
const PEOPLE_MAX: i64 = 2 * PEOPLE;

/// A place in the list: everybody's from it on, or before it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub created: i64,
    pub user_id: String,
}

impl Place {
    /// Before everybody, and where the first stretch of each account begins.
    pub(crate) const fn first() -> Self {
        Self { created: i64::MIN, user_id: String::new() }
    }

    /// Behind everybody: nobody was made then.
    pub(crate) const fn end() -> Self {
        Self { created: i64::MAX, user_id: String::new() }
    }

    /// Directly behind this person: ids are of one length.
    pub(crate) fn behind(created: i64, user_id: &str) -> Self {
        Self { created, user_id: format!("{user_id}\u{1}") }
    }
}

/// Where a page lies that begins beside this person: behind them, or before them.
pub(crate) fn beside(created: i64, user_id: &str, back: bool) -> Range<Place> {
    match back {
        false => Place::behind(created, user_id)..Place::end(),
        true => Place::first()..Place { created, user_id: user_id.to_owned() },
    }
}
