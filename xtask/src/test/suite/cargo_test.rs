//! What `cargo test` prints, read for its numbers. It tells the time of a whole test binary only, so that is
//! what its list of the slowest can name.

use std::time::Duration;

use crate::test::Tally;

#[derive(Default)]
pub(super) struct Report {
    tally: Tally,
    running: String,
}

impl Report {
    pub(super) fn read(&mut self, line: &str) {
        let line = line.trim();
        if let Some(binary) =
            line.strip_prefix("Running ").or_else(|| line.strip_prefix("Doc-tests "))
        {
            self.running = binary.to_owned();
        } else if let Some(result) = line.strip_prefix("test result: ") {
            self.read_result(result);
        }
    }

    pub(super) fn tally(self) -> Tally {
        self.tally
    }

    /// `ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.12s`
    fn read_result(&mut self, words: &str) {
        let words: Vec<&str> = words.split([' ', ';']).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            match (pair[0].parse::<usize>(), pair[1]) {
                (Ok(count), "passed") => self.tally.passed += count,
                (Ok(count), "failed") => self.tally.failed += count,
                (Ok(count), "ignored") => self.tally.ignored += count,
                _ => {}
            }
        }
        let seconds = words.last().and_then(|last| last.strip_suffix('s')?.parse().ok());
        if let Some(Ok(took)) = seconds.map(Duration::try_from_secs_f64)
            && !took.is_zero()
        {
            self.tally.durations.push((took, self.running.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_results_of_all_binaries_add_up() {
        let mut report = Report::default();
        for line in [
            "     Running unittests src/main.rs (target/debug/deps/xtask-0123)",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.12s",
            "   Doc-tests rollcall_wire",
            "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        ] {
            report.read(line);
        }
        let tally = report.tally();
        assert_eq!((tally.passed, tally.failed, tally.ignored), (4, 2, 1));
        assert_eq!(tally.durations.len(), 1);
        assert!(tally.durations[0].1.contains("src/main.rs"));
    }
}
