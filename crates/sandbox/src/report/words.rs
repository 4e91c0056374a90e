//! A report for people.

use std::fmt::Write as _;

use super::verdict::counted;
use super::{Finding, Report, Verdict};

impl Report {
    /// What was wrong first, then what was not shown, then what was right.
    #[must_use]
    pub fn words(&self) -> String {
        let mut text = self.first_line();
        self.write_wrong(&mut text);
        self.write_list(&mut text, "not shown", |verdict| match verdict {
            Verdict::Unknown { why } => Some(why.clone()),
            _ => None,
        });
        self.write_right(&mut text);
        text
    }

    fn first_line(&self) -> String {
        if self.exchanges == 0 {
            return "Report on the client: no call reached the double, so nothing can be said. \
                    Does the command run, and is it told the address?\n"
                .to_owned();
        }
        let exchanges = counted(self.exchanges, "exchange", "exchanges");
        let of = match self.scenarios.len() {
            0 => exchanges,
            scenarios => {
                format!("{} and {exchanges}", counted(scenarios, "scenario", "scenarios"))
            }
        };
        let wrong = match self.wrong().count() {
            0 => "nothing is wrong".to_owned(),
            count => counted(count, "check found something", "checks found something"),
        };
        format!("Report on the client, from {of}: {wrong}.\n")
    }

    fn write_wrong(&self, text: &mut String) {
        let count = self.wrong().count();
        if count > 0 {
            let _ = writeln!(text, "\nwrong ({count})");
        }
        for (check, findings) in self.wrong() {
            let _ = writeln!(text, "  {}: {}", check.id(), check.title());
            for finding in findings {
                let _ = writeln!(text, "    {} ({})", finding.words, finding.place());
            }
            let _ = writeln!(text, "    {}", check.anchor());
        }
    }

    fn write_right(&self, text: &mut String) {
        self.write_list(text, "right", |verdict| match verdict {
            Verdict::Passed { scenarios, .. } if !scenarios.is_empty() => Some(some_of(scenarios)),
            Verdict::Passed { exchanges, .. } => Some(numbers(exchanges)),
            _ => None,
        });
    }

    fn write_list(
        &self,
        text: &mut String,
        heading: &str,
        words: impl Fn(&Verdict) -> Option<String>,
    ) {
        let lines: Vec<(&str, String)> = self
            .checks
            .iter()
            .filter_map(|graded| Some((graded.check.id(), words(&graded.verdict)?)))
            .collect();
        if !lines.is_empty() {
            let _ = writeln!(text, "\n{heading} ({})", lines.len());
        }
        for (id, words) in lines {
            let _ = writeln!(text, "  {id:28} {words}");
        }
    }
}

impl Finding {
    /// Where it shows: `exchanges 3 and 4`, `scenario last-owner, exchange 5`.
    #[must_use]
    pub fn place(&self) -> String {
        match (&self.scenario, self.exchanges.as_slice()) {
            (None, exchanges) => numbers(exchanges),
            (Some(scenario), []) => format!("scenario {scenario}"),
            (Some(scenario), exchanges) => {
                format!("scenario {scenario}, {}", numbers(exchanges))
            }
        }
    }
}

/// `in walk, suspend and 21 more`.
fn some_of(scenarios: &[String]) -> String {
    match scenarios {
        [first, second, _, _, ..] => {
            format!("in {first}, {second} and {} more", scenarios.len() - 2)
        }
        few => format!("in {}", few.join(", ")),
    }
}

fn numbers(exchanges: &[u64]) -> String {
    match exchanges {
        [] => "the whole run".to_owned(),
        [one] => format!("exchange {one}"),
        many => {
            let many: Vec<String> = many.iter().map(u64::to_string).collect();
            format!("exchanges {}", many.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::report::examine;
    use crate::report::testing::*;

    #[test]
    fn it_says_what_was_wrong_where_and_where_to_read_on() {
        let words = examine(&journal([
            token(1),
            list().people(&[ANN], None),
            suspend(ANN).retry_after(2),
            suspend(ANN).pause(15),
        ]))
        .words();
        assert!(
            words.starts_with(
                "Report on the client, from 4 exchanges: one check found something.\n\nwrong (1)\n"
            ),
            "{words}"
        );
        assert!(
            words.contains(
                "  retry-after-obeyed: a 429 is waited out as long as Retry-After says
    Retry-After said 2 s, and the call was repeated after 15 ms (exchanges 3, 4)
    docs/reference/client-report.md#retry-after-obeyed\n"
            ),
            "{words}"
        );
        assert!(words.contains("\nnot shown (") && words.contains("\nright ("), "{words}");
        assert!(words.contains("  results-read                 exchanges 3, 4\n"), "{words}");
    }

    #[test]
    fn of_nothing_it_says_that_nothing_was_shown() {
        let report = examine(&[]);
        let words = report.words();
        assert!(words.starts_with("Report on the client: no call reached the double"), "{words}");
        assert!(words.contains("\n\nnot shown (") && !words.contains("right ("), "{words}");
        assert!(!report.is_right(false) && !report.is_right(true));
    }
}
