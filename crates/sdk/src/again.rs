//! When to try again.

use std::time::Duration;

/// What is tried again, how often and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// For one piece of work (a page, a look, an act), waiting included.
    pub deadline: Duration,
    /// After the first try.
    pub times: u32,
    pub first_wait: Duration,
    pub longest_wait: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(120),
            times: 6,
            first_wait: Duration::from_millis(250),
            longest_wait: Duration::from_secs(20),
        }
    }
}
