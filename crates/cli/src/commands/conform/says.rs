//! How the findings are told: in words, as JSON, as JUnit for a CI.

use std::fmt::Write as _;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde_json::json;

use super::findings::{FamilyFindings, Findings, Verdict};
use super::gather::requests_max;
use super::options::Options;

/// Before anything is sent.
pub fn beforehand(options: &Options, families: usize, per_second: Option<u32>) -> String {
    let requests = requests_max(options.acts) * families;
    let pace = per_second.map_or_else(String::new, |count| format!(", {count} a second"));
    let acts = match &options.user {
        Some(user) => format!("; {user} will be suspended and reactivated"),
        None => "; nothing is changed".to_owned(),
    };
    format!("{}: at most {requests} requests{pace}{acts}", options.target)
}

pub fn words(findings: &Findings) -> String {
    let mut text = String::new();
    for family in &findings.families {
        let _ = writeln!(text, "{}", family.family);
        if !family.is_served {
            let _ = writeln!(text, "  not served here\n");
            continue;
        }
        for wanted in ["differs", "note"] {
            told(&mut text, family, wanted);
        }
        for (why, facts) in unknown(family) {
            let _ = writeln!(text, "  unknown  {}: {why}", facts.join(", "));
        }
        let (conforms, all) = (family.count("conforms"), family.facts.len());
        let _ = writeln!(text, "  {conforms} of {all} facts hold\n");
    }
    text.push_str(&match findings.differences() {
        0 => "Nothing differs from what is documented or what clients rest on.".to_owned(),
        1 => "1 fact does not hold.".to_owned(),
        count => format!("{count} facts do not hold."),
    });
    text
}

fn told(text: &mut String, family: &FamilyFindings, wanted: &str) {
    for (fact, verdict) in family.facts.iter().filter(|(_, verdict)| verdict.as_str() == wanted) {
        let saw = verdict.saw().unwrap_or_default();
        let sure = fact.sure_in(family.family).as_str();
        let _ = writeln!(text, "  {wanted:<8} {}: {saw}", fact.id());
        let _ = writeln!(text, "           {} ({sure}: {})", fact.asks(), fact.source());
    }
}

/// What could not be said, by the reason.
fn unknown(family: &FamilyFindings) -> Vec<(&str, Vec<&'static str>)> {
    let mut reasons: Vec<(&str, Vec<&'static str>)> = Vec::new();
    for (fact, verdict) in &family.facts {
        let Verdict::Unknown(why) = verdict else { continue };
        match reasons.iter_mut().find(|(known, _)| known == why) {
            Some((_, facts)) => facts.push(fact.id()),
            None => reasons.push((why, vec![fact.id()])),
        }
    }
    reasons
}

/// Fields are only ever added.
pub fn json(findings: &Findings) -> String {
    let families: Vec<_> = findings.families.iter().map(family_json).collect();
    json!({
        "target": findings.target,
        "conforms": findings.is_good(),
        "differences": findings.differences(),
        "families": families,
        "not_put_back": findings.not_put_back().collect::<Vec<_>>(),
    })
    .to_string()
}

fn family_json(family: &FamilyFindings) -> serde_json::Value {
    let facts: Vec<_> = family
        .facts
        .iter()
        .map(|(fact, verdict)| {
            json!({
                "id": fact.id(),
                "asks": fact.asks(),
                "sure": fact.sure_in(family.family).as_str(),
                "source": fact.source(),
                "verdict": verdict.as_str(),
                "saw": verdict.saw(),
            })
        })
        .collect();
    json!({ "family": family.family.as_str(), "served": family.is_served, "facts": facts })
}

/// A suite for each family and a case for each fact; notes pass, what is unknown is skipped.
pub fn junit(findings: &Findings) -> Result<String, quick_junit::SerializeError> {
    let mut report = Report::new("rollcall conform");
    for family in &findings.families {
        let mut suite = TestSuite::new(family.family.as_str());
        for (fact, verdict) in &family.facts {
            let mut status = match verdict {
                Verdict::Conforms | Verdict::Note(_) => TestCaseStatus::success(),
                Verdict::Differs(_) => TestCaseStatus::non_success(NonSuccessKind::Failure),
                Verdict::Unknown(_) => TestCaseStatus::skipped(),
            };
            if let (Verdict::Differs(saw) | Verdict::Unknown(saw), status) = (verdict, &mut status)
            {
                status.set_message(saw);
                status.set_description(format!("{} {}", fact.asks(), fact.source()));
            }
            let mut case = TestCase::new(fact.id(), status);
            case.set_classname(format!("conform.{}", family.family));
            if let Verdict::Note(saw) = verdict {
                case.set_system_out(format!("{} {saw}", fact.asks()));
            }
            suite.add_test_case(case);
        }
        report.add_test_suite(suite);
    }
    report.to_string()
}
