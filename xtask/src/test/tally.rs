//! What a phase found, as numbers that add up: tests passed, failed and ignored, and how long each took.

use std::time::Duration;

#[derive(Default, Debug, PartialEq)]
pub(crate) struct Tally {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) ignored: usize,
    pub(crate) durations: Vec<(Duration, String)>,
}

impl Tally {
    pub(crate) fn passed(count: usize) -> Self {
        Self { passed: count, ..Self::default() }
    }

    pub(crate) fn failed(count: usize) -> Self {
        Self { failed: count, ..Self::default() }
    }

    pub(crate) fn is_good(&self) -> bool {
        self.failed == 0
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
        self.durations.extend(other.durations);
    }

    /// The slowest tests, slowest first.
    pub(crate) fn slowest(&self, count: usize) -> Vec<&(Duration, String)> {
        let mut all: Vec<_> = self.durations.iter().collect();
        all.sort_by(|one, other| other.cmp(one));
        all.truncate(count);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tallies_add_up_and_the_slowest_come_first() {
        let mut all = Tally::passed(2);
        let quick = (Duration::from_millis(5), "quick".to_owned());
        let slow = (Duration::from_secs(5), "slow".to_owned());
        all.add(Tally { durations: vec![quick, slow], ..Tally::failed(1) });
        assert_eq!((all.passed, all.failed), (2, 1));
        assert!(!all.is_good());
        assert_eq!(all.slowest(1)[0].1, "slow");
    }
}
