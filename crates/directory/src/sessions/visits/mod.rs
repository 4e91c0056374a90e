//! When a session was last used, which moves its idle end: a help, gathered in memory and written
//! about every second. A crash loses the last second of it, and a session ends that much sooner.

pub(crate) mod postgres;
pub(crate) mod sqlite;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::SessionDigest;
use crate::world::{AccountId, Moment};

pub(crate) type NotedVisit = ((AccountId, SessionDigest), Moment);

/// The visits since they were last written. Bounded: what does not fit is noted a click later.
#[derive(Debug, Default)]
pub(crate) struct Visits(Mutex<HashMap<(AccountId, SessionDigest), Moment>>);

/// Sessions used between two writes.
const SESSIONS_MAX: usize = 4096;

impl Visits {
    pub(crate) fn note(&self, account: AccountId, session: SessionDigest, at: Moment) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full = noted.len() >= SESSIONS_MAX;
        match noted.get_mut(&(account, session)) {
            Some(last) => *last = at.max(*last),
            None if !full => {
                noted.insert((account, session), at);
            }
            None => {}
        }
    }

    /// All of them, in order of their keys, so that two who write take rows in the same order.
    pub(crate) fn take(&self) -> Vec<NotedVisit> {
        let noted = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut noted: Vec<_> = noted.into_iter().collect();
        noted.sort_unstable_by_key(|(key, _)| *key);
        noted
    }

    /// What could not be written is tried again with the next.
    pub(crate) fn put_back(&self, unwritten: Vec<NotedVisit>) {
        for ((account, session), at) in unwritten {
            self.note(account, session, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_visit_of_a_session_is_taken_once() {
        let visits = Visits::default();
        let account = AccountId::from_bytes([1; 16]);
        let session = SessionDigest::from_row([2; 32]);
        visits.note(account, session, Moment::from_seconds(6));
        visits.note(account, session, Moment::from_seconds(5));
        let taken = visits.take();
        assert_eq!(taken, [((account, session), Moment::from_seconds(6))]);
        assert!(visits.take().is_empty());
        visits.put_back(taken.clone());
        assert_eq!(visits.take(), taken);
    }
}
