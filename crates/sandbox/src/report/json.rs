//! A report for programs. Fields are only ever added.

use serde_json::{Value, json};

use super::{Graded, Report, Verdict};

impl Report {
    #[must_use]
    pub fn json(&self) -> Value {
        let count = |is: fn(&Verdict) -> bool| {
            self.checks.iter().filter(|graded| is(&graded.verdict)).count()
        };
        json!({
            "exchanges": self.exchanges,
            "scenarios": self.scenarios,
            "is_right": self.is_right(false),
            "wrong": self.wrong().count(),
            "unknown": count(|verdict| matches!(verdict, Verdict::Unknown { .. })),
            "passed": count(|verdict| matches!(verdict, Verdict::Passed { .. })),
            "checks": self.checks.iter().map(graded).collect::<Vec<_>>(),
        })
    }
}

fn graded(graded: &Graded) -> Value {
    let mut value = serde_json::to_value(graded).unwrap_or(Value::Null);
    value["title"] = json!(graded.check.title());
    value["basis"] = json!(graded.check.basis().words());
    value["guide"] = json!(graded.check.anchor());
    value
}

#[cfg(test)]
mod tests {
    use crate::report::testing::*;
    use crate::report::{Report, examine};

    #[test]
    fn it_has_each_check_with_its_verdict_and_can_be_read_again() {
        let report = examine(&journal([token(1), list().header("user-agent", "Example")]));
        let json = report.json();
        assert_eq!(
            (&json["wrong"], &json["is_right"], &json["exchanges"]),
            (&1.into(), &false.into(), &2.into())
        );
        let agent = json["checks"].as_array().unwrap().iter();
        let agent = agent.clone().find(|check| check["check"] == "user-agent-sent").unwrap();
        assert_eq!(agent["verdict"], "failed");
        assert_eq!(agent["findings"][0]["exchanges"], serde_json::json!([2]));
        assert_eq!(agent["basis"], "documented");
        let again: Report = serde_json::from_value(json).unwrap();
        assert_eq!(again, report);
    }
}
