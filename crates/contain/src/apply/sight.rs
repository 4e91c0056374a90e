//! Whether people can be read. An application may be allowed to suspend and not to read.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// So many looks refused, and none that went well, and nobody is looked at any more.
const HIDDEN_MAX: usize = 3;

#[derive(Debug, Default)]
pub(super) struct Sight {
    seen_any: AtomicBool,
    hidden: AtomicUsize,
}

impl Sight {
    pub(super) fn sees(&self) {
        self.seen_any.store(true, Ordering::Relaxed);
    }

    /// Whether this was the one that makes it blind.
    pub(super) fn is_refused(&self) -> bool {
        let count = self.hidden.fetch_add(1, Ordering::Relaxed) + 1;
        count == HIDDEN_MAX && !self.seen_any.load(Ordering::Relaxed)
    }

    pub(super) fn is_blind(&self) -> bool {
        self.hidden.load(Ordering::Relaxed) >= HIDDEN_MAX && !self.seen_any.load(Ordering::Relaxed)
    }
}
