//! What nextest prints for people, read for its numbers. Its machine format is still an experiment, so this
//! reads two kinds of line that have long been the same: one per test, and the summary.

use std::time::Duration;

use crate::test::Tally;

#[derive(Default)]
pub(super) struct Report {
    tally: Tally,
    summary_seen: bool,
}

impl Report {
    pub(super) fn read(&mut self, line: &str) {
        let Some((word, duration, rest)) = parts(line) else {
            return;
        };
        if word == "Summary" {
            self.read_summary(rest);
        } else if !self.summary_seen
            && word.chars().all(|c| c.is_ascii_uppercase() || "- ".contains(c))
        {
            // After the summary the failures are told again.
            self.tally.durations.push((duration, name(rest).to_owned()));
        }
    }

    pub(super) fn tally(self) -> Tally {
        self.tally
    }

    /// `12 tests run: 10 passed (1 slow), 2 failed, 3 skipped`, or `10/12 tests run` when it was cut short.
    fn read_summary(&mut self, words: &str) {
        let planned = words
            .split_whitespace()
            .next()
            .and_then(|first| first.split('/').next_back()?.parse().ok());
        let passed = number_before(words, "passed");
        self.tally.passed = passed;
        self.tally.failed = planned.unwrap_or(0).max(passed) - passed;
        self.tally.ignored = number_before(words, "skipped");
        self.summary_seen = true;
    }
}

/// `PASS [   0.004s] (1/3) crate::suite name` as its word, its duration and the rest.
fn parts(line: &str) -> Option<(&str, Duration, &str)> {
    let (word, after) = line.trim_start().split_once(" [")?;
    let (duration, rest) = after.split_once("s]")?;
    let seconds: f64 = duration.trim().parse().ok()?;
    Some((word.trim(), Duration::try_from_secs_f64(seconds).ok()?, rest.trim()))
}

fn name(rest: &str) -> &str {
    match rest.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
        Some((_, name)) => name.trim(),
        None => rest,
    }
}

fn number_before(words: &str, word: &str) -> usize {
    let words: Vec<&str> =
        words.split([' ', ',', '(', ')', ':']).filter(|word| !word.is_empty()).collect();
    words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(lines: &str) -> Tally {
        let mut report = Report::default();
        lines.lines().for_each(|line| report.read(line));
        report.tally()
    }

    #[test]
    fn passed_failed_and_ignored_come_from_the_summary() {
        let tally = report(
            "        PASS [   0.004s] (1/3) xtask::bin/xtask quick
                     SLOW [> 60.000s] (2/3) xtask::bin/xtask slow
                     FAIL [  61.500s] (2/3) xtask::bin/xtask slow
                  SIGABRT [   1.000s] (3/3) xtask::bin/xtask broken
                  Summary [  62.000s] 3 tests run: 1 passed (1 slow), 2 failed, 4 skipped
                     FAIL [  61.500s] (2/3) xtask::bin/xtask slow",
        );
        assert_eq!((tally.passed, tally.failed, tally.ignored), (1, 2, 4));
        assert_eq!(tally.durations.len(), 3);
        assert_eq!(tally.slowest(1)[0].1, "xtask::bin/xtask slow");
    }

    #[test]
    fn tests_that_were_cut_short_have_failed() {
        let tally = report("     Summary [   1.0s] 10/12 tests run: 9 passed, 1 failed, 0 skipped");
        assert_eq!((tally.passed, tally.failed), (9, 3));
    }

    #[test]
    fn one_test_is_written_in_the_singular() {
        let tally = report("     Summary [   1.0s] 1 test run: 1 passed, 0 skipped");
        assert_eq!((tally.passed, tally.failed), (1, 0));
    }

    #[test]
    fn what_a_test_prints_is_not_a_test() {
        assert_eq!(
            report("listening [on 127.0.0.1]\nsaid [3s] nothing\n[ 0.1s]"),
            Tally::default()
        );
    }
}
