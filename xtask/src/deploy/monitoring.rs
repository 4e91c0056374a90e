//! Prometheus' own check of the alerts, the rules and the questions of the dashboard. That each metric
//! of ours exists is a test beside the server's list of them.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Result, ensure};

use super::staged::{Staged, must_say_yes};
use crate::command::command;
use crate::workspace::Workspace;

/// Their syntax, and their tests: a quiet cluster raises nothing, each trouble its alert.
pub(super) fn rules(_: &Workspace, staged: &Staged) -> Result<()> {
    let folder = staged.original("prometheus");
    for check in [
        &["check", "rules", "recording.yml", "alerts.yml"][..],
        &["test", "rules", "alerts.test.yml"],
    ] {
        must_say_yes(command("promtool").args(check).current_dir(&folder))?;
    }
    let file =
        staged.with("prometheus/prometheus.yml", &[("[recording.yml, alerts.yml]", "[]")])?;
    must_say_yes(command("promtool").args(["check", "config"]).arg(file))?;
    Ok(())
}

/// Each question as a rule of its own, so that Prometheus reads it; and JSON that a strict reader takes.
pub(super) fn dashboard(_: &Workspace, staged: &Staged) -> Result<()> {
    let path = staged.original("grafana/dashboard.json");
    must_say_yes(command("jq").arg("-e").arg(".panels | length > 10").arg(&path))?;
    let said = must_say_yes(command("jq").arg(".panels[].targets[]?.expr").arg(&path))?;
    let mut rules = String::from("groups:\n- name: dashboard\n  rules:\n");
    let mut questions = 0;
    for question in said.lines() {
        // A JSON string is a YAML string too. Grafana's own variable stands within quotes.
        writeln!(rules, "  - record: question:{questions}\n    expr: {question}")?;
        questions += 1;
    }
    ensure!(questions > 20, "only {questions} questions were found");
    let file = staged.folder().join("dashboard-rules.yml");
    fs::write(&file, rules)?;
    must_say_yes(command("promtool").args(["check", "rules"]).arg(file))?;
    Ok(())
}
