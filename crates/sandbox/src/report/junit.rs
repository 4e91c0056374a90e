//! A report as JUnit XML: each check is a test case, and what was not shown is skipped.

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

use super::{Graded, Report, Verdict};

impl Report {
    /// `strict`: what was not shown is a failure.
    #[must_use]
    pub fn junit(&self, strict: bool) -> String {
        let mut suite = TestSuite::new("rollcall client report");
        suite.add_test_cases(self.checks.iter().map(|graded| case(graded, strict)));
        let mut document = Document::new("rollcall");
        document.add_test_suite(suite);
        // Writing into memory cannot fail, and what XML does not allow is left out by the library.
        document.to_string().unwrap_or_default()
    }
}

fn case(graded: &Graded, strict: bool) -> TestCase {
    let check = graded.check;
    let failed = |message: &str| {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(check.id()).set_message(message.to_owned());
        status
    };
    let status = match &graded.verdict {
        Verdict::Passed { .. } => TestCaseStatus::success(),
        Verdict::Unknown { why } if strict && !check.is_a_hint() => failed(why),
        Verdict::Unknown { why } => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(why.clone());
            status
        }
        Verdict::Failed { findings } => {
            let lines: Vec<String> = findings
                .iter()
                .map(|finding| format!("{} ({})", finding.words, finding.place()))
                .collect();
            let mut status = failed(lines.first().map_or("", String::as_str));
            status.set_description(format!("{}\n{}", lines.join("\n"), check.anchor()));
            status
        }
    };
    let mut case = TestCase::new(check.id(), status);
    case.set_classname("rollcall.client");
    case
}

#[cfg(test)]
mod tests {
    use quick_junit::{Report as Document, TestCase, TestCaseStatus};

    use crate::report::testing::*;
    use crate::report::{Check, examine};

    #[test]
    fn it_has_a_case_for_each_check_and_reads_as_junit() {
        let report = examine(&journal([token(1), list().header("user-agent", "Example")]));
        let document = Document::deserialize_from_str(&report.junit(false)).unwrap();
        let suite = &document.test_suites[0];
        assert_eq!((suite.tests, suite.failures), (Check::ALL.len(), 1));
        let is_skipped = |case: &TestCase| matches!(case.status, TestCaseStatus::Skipped { .. });
        let skipped = suite.test_cases.iter().filter(|case| is_skipped(case)).count();
        assert_eq!(skipped, report.unknown().count() + 1, "and the hint");
        let strict = Document::deserialize_from_str(&report.junit(true)).unwrap();
        let unknown = report.unknown().count();
        assert_eq!(strict.test_suites[0].failures, 1 + unknown);
        let text = report.junit(false);
        assert!(text.contains("docs/reference/client-report.md#user-agent-sent"), "{text}");
        assert!(text.contains("(exchange 2)"), "{text}");
    }
}
