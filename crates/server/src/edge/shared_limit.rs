//! How often, counted in each process and meant for all: where so many nodes serve one store, each
//! of them takes so many places of its own count for one call. What all of them let through
//! together is never more than was set; all of it where calls are spread evenly.

use std::hash::Hash;
use std::num::NonZeroU32;

use governor::clock::QuantaInstant;
use governor::{DefaultKeyedRateLimiter, NotUntil, Quota, RateLimiter};

pub(crate) struct SharedLimit<K: Hash + Eq + Clone> {
    counted: DefaultKeyedRateLimiter<K>,
    at_once: NonZeroU32,
}

impl<K: Hash + Eq + Clone> SharedLimit<K> {
    /// So many a minute, and so many at once.
    pub(crate) fn new(at_once: NonZeroU32, per_minute: NonZeroU32) -> Self {
        let quota = Quota::per_minute(per_minute).allow_burst(at_once);
        Self { counted: RateLimiter::keyed(quota), at_once }
    }

    /// One more, at one of so many nodes.
    pub(crate) fn one_more(&self, key: &K, nodes: u32) -> Result<(), NotUntil<QuantaInstant>> {
        // More nodes than places: one call empties it, rather than none ever fits.
        let places = NonZeroU32::new(nodes).unwrap_or(NonZeroU32::MIN).min(self.at_once);
        match self.counted.check_key_n(key, places) {
            Ok(checked) => checked,
            // More places than there are, which the line above rules out.
            Err(_) => self.counted.check_key(key),
        }
    }

    pub(crate) fn remembered(&self) -> usize {
        self.counted.len()
    }

    /// Forgets whoever is as good as new.
    pub(crate) fn tidy(&self) {
        self.counted.retain_recent();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(at_once: u32) -> SharedLimit<u8> {
        let at_once = NonZeroU32::new(at_once).unwrap();
        SharedLimit::new(at_once, NonZeroU32::MIN)
    }

    fn heard(limit: &SharedLimit<u8>, nodes: u32) -> usize {
        (0..100).filter(|_| limit.one_more(&1, nodes).is_ok()).count()
    }

    #[test]
    fn nodes_share_what_one_alone_would_let_through() {
        for (nodes, of_each) in [(0, 12), (1, 12), (2, 6), (3, 4), (5, 2), (12, 1), (100, 1)] {
            assert_eq!(heard(&limit(12), nodes), of_each, "{nodes} nodes");
        }
    }

    #[test]
    fn a_node_more_counts_from_the_next_call_on() {
        let limit = limit(12);
        assert!((0..6).all(|_| limit.one_more(&1, 1).is_ok()));
        assert_eq!(heard(&limit, 2), 3);
    }

    #[test]
    fn whoever_has_to_wait_waits_as_many_times_longer() {
        let clock = governor::clock::DefaultClock::default();
        for nodes in [1, 3] {
            let limit = limit(3);
            while limit.one_more(&1, nodes).is_ok() {}
            let seconds =
                crate::edge::quotas::seconds(&clock, &limit.one_more(&1, nodes).unwrap_err());
            let expected = u64::from(nodes) * 60;
            assert!((expected - 5..=expected).contains(&seconds), "{nodes} nodes: {seconds}");
        }
    }
}
