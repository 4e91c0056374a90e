//! A report as SARIF 2.1.0, as code scanning takes it: a result needs a file and a line, and has
//! the journal as JSON lines, where an exchange's line is its number.

use serde_json::{Value, json};

use super::{Check, Finding, Report};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

impl Report {
    #[must_use]
    pub fn sarif(&self) -> Value {
        let rules: Vec<Value> = Check::ALL.iter().map(|check| rule(*check)).collect();
        let results: Vec<Value> = self
            .wrong()
            .flat_map(|(check, findings)| findings.iter().map(move |one| result(check, one)))
            .collect();
        json!({
            "$schema": SCHEMA,
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "Rollcall client report",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": rules,
                }},
                "automationDetails": { "id": "rollcall/client-report/" },
                "columnKind": "unicodeCodePoints",
                "results": results,
            }],
        })
    }
}

fn rule(check: Check) -> Value {
    json!({
        "id": check.id(),
        "name": check.id(),
        "shortDescription": { "text": check.title() },
        "fullDescription": { "text": format!("{} ({})", check.title(), check.basis().words()) },
        "help": { "text": check.paragraph(), "markdown": check.paragraph() },
        "defaultConfiguration": { "level": "error" },
    })
}

fn result(check: Check, finding: &Finding) -> Value {
    let index = Check::ALL.iter().position(|other| *other == check);
    let lines = match finding.exchanges.as_slice() {
        [] => &[1],
        exchanges => exchanges,
    };
    let locations: Vec<Value> = lines.iter().map(|line| location(finding, *line)).collect();
    json!({
        "ruleId": check.id(),
        "ruleIndex": index,
        "level": "error",
        "message": { "text": format!("{} ({})", finding.words, finding.place()) },
        // The first is where it is shown, the others beside it.
        "locations": locations.iter().take(1).collect::<Vec<_>>(),
        "relatedLocations": locations.iter().skip(1).collect::<Vec<_>>(),
        // Numbers of exchanges differ from run to run, and the finding is the same one.
        "partialFingerprints": {
            "rollcallCheck/v1": format!("{}:{}", check.id(), finding.scenario.as_deref().unwrap_or_default()),
        },
    })
}

fn location(finding: &Finding, line: u64) -> Value {
    let file = match &finding.scenario {
        Some(scenario) => format!("rollcall-journal/{scenario}.jsonl"),
        None => "rollcall-journal.jsonl".to_owned(),
    };
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": file },
        "region": { "startLine": line },
    }})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::examine;
    use crate::report::testing::*;

    #[test]
    fn it_has_what_the_schema_demands_and_an_upload_looks_for() {
        let again = suspend(ANN).retry_after(2);
        let report = examine(&journal([token(1), again.clone(), again.pause(4)]));
        let sarif = report.sarif();
        assert_eq!(sarif["version"], "2.1.0");
        let run = &sarif["runs"][0];
        let driver = &run["tool"]["driver"];
        assert_eq!(driver["rules"].as_array().unwrap().len(), Check::ALL.len());
        for rule in driver["rules"].as_array().unwrap() {
            assert!(rule["id"].is_string() && rule["shortDescription"]["text"].is_string());
            assert!(rule["help"]["markdown"].as_str().unwrap().contains("Mend:"));
        }
        let [result] = run["results"].as_array().unwrap().as_slice() else { panic!("{sarif}") };
        assert_eq!(result["ruleId"], "retry-after-obeyed");
        let rule =
            &driver["rules"][usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(result["message"]["text"].as_str().unwrap().contains("exchanges 2, 3"));
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "rollcall-journal.jsonl");
        assert_eq!(place["region"]["startLine"], 2);
        assert_eq!(result["relatedLocations"][0]["physicalLocation"]["region"]["startLine"], 3);
    }

    #[test]
    fn nothing_wrong_is_a_run_without_results() {
        let sarif = examine(&[]).sarif();
        assert_eq!(sarif["runs"][0]["results"], json!([]));
    }
}
