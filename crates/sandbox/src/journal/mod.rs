//! What a client did: the exchanges of a run, in memory, the oldest leaving first.

mod exchange;
mod known;

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

pub use exchange::{
    Alteration, Answered, Credential, Exchange, Left, Meant, Misplaced, PageToken, Place, Sent,
    Text, Told,
};
pub use known::Known;

/// As many as a suite makes; a few kilobytes each.
pub const KEPT_MAX: usize = 20_000;

pub struct Journal {
    kept: Mutex<VecDeque<Exchange>>,
    /// The number of the newest; whoever follows the journal waits on it.
    newest: watch::Sender<u64>,
}

impl Default for Journal {
    fn default() -> Self {
        Self { kept: Mutex::default(), newest: watch::Sender::new(0) }
    }
}

impl Journal {
    /// An exchange that is over; they come in the order of their ends, and are kept by number.
    pub fn push(&self, exchange: Exchange) {
        let number = exchange.number;
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            let place = kept.partition_point(|other| other.number < number);
            kept.insert(place, exchange);
            while kept.len() > KEPT_MAX {
                kept.pop_front();
            }
        }
        self.newest.send_modify(|newest| *newest = number.max(*newest));
    }

    #[must_use]
    pub fn all(&self) -> Vec<Exchange> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    pub fn clear(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    #[must_use]
    pub fn follow(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }
}
