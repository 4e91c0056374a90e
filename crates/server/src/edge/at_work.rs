//! How many calls wait for the store at a time. One more is told at once to come back: a queue
//! without an end would answer everybody too late. Whoever still sends a body is not counted, for
//! slow senders must not keep others out.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::response::Response;

use super::answer::{self, Dialect};
use crate::Rollcall;

#[derive(Debug)]
pub(crate) struct AtWork {
    calls: Arc<AtomicUsize>,
    max: usize,
}

impl AtWork {
    pub(crate) fn new(max: usize) -> Self {
        Self { calls: Arc::default(), max }
    }

    pub(crate) fn count(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    fn begin(&self) -> Option<Turn> {
        // Counted first, so that two that come together do not both take the last turn.
        let turn = Turn(Arc::clone(&self.calls));
        (turn.0.fetch_add(1, Ordering::Relaxed) < self.max).then_some(turn)
    }
}

/// A call that the store answers; over when it is dropped.
#[derive(Debug)]
#[must_use = "the turn is over when this is dropped"]
pub(crate) struct Turn(Arc<AtomicUsize>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A turn, or nothing: the server has too much to do.
pub(crate) fn turn(rollcall: &Rollcall) -> Option<Turn> {
    let turn = rollcall.at_work.begin();
    if turn.is_none() {
        rollcall.instruments.shed.increment(1);
    }
    turn
}

/// A turn, or the answer of a server that has too much to do. (Boxed: it is large and rare.)
pub(crate) fn begin(rollcall: &Rollcall, dialect: Dialect) -> Result<Turn, Box<Response>> {
    turn(rollcall).ok_or_else(|| Box::new(answer::busy(rollcall, dialect)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_and_no_more() {
        let at_work = AtWork::new(2);
        let (one, two) = (at_work.begin().unwrap(), at_work.begin());
        assert!(two.is_some() && at_work.begin().is_none() && at_work.begin().is_none());
        assert_eq!(at_work.count(), 2, "who was sent away is not counted");
        drop(one);
        assert!(at_work.begin().is_some());
        drop(two);
        assert_eq!(at_work.count(), 0);
    }
}
