//! `rollcall contain show`: one run, whole.

use clap::Args;
use clap_complete::ArgValueCandidates;
use rollcall_contain::plan::Digest;
use rollcall_contain::report::{Came, Report, Row};

use super::Done;
use super::findings::heading;
use super::kept_runs::{KeptRuns, failure};
use super::result::{self, Format};
use super::status::standing;
use super::table::{self, text};
use crate::completion;
use crate::exit_status::ExitStatus;
use crate::shown::shown;
use crate::telling::Telling;

#[derive(Args)]
#[command(after_help = "\
--output md is the report for a ticket: who, what came of each, when, and why not. Nothing that
somebody is called can break it. csv has a row a line of the list, with what a spreadsheet would
run quoted off.

Exit status: 0 shown; 1 the run cannot be read; 2 wrong use; 6 no such run.

Examples:
  rollcall contain show inc-4711
  rollcall contain show inc-4711 --output md > report.md
  rollcall contain show inc-4711 --output jsonl | jq 'select(.outcome == \"refused\")'")]
pub struct Options {
    /// The run's name, or a part of it that no other run has
    #[arg(value_name = "RUN", add = ArgValueCandidates::new(completion::runs))]
    run: String,
    /// How it is shown
    #[arg(long, value_name = "table|json|jsonl|csv|md", default_value = "table")]
    #[arg(hide_possible_values = true)]
    output: Format,
    #[command(flatten)]
    kept: KeptRuns,
    #[command(flatten)]
    telling: Telling,
}

pub fn run(options: &Options) -> Done {
    let printer = &options.telling.start();
    let folder = options.kept.find(&options.run)?;
    let plan = folder.plan().map_err(failure)?;
    let report = result::of(&folder, &plan)?;
    match options.output {
        Format::Table => {
            let is_in_use = folder.is_in_use().map_err(failure)?;
            printer.data(&words(&report, &Digest::of(&plan), is_in_use));
        }
        other => result::print(&report, other, printer),
    }
    Ok(ExitStatus::Done)
}

fn words(report: &Report, digest: &Digest, is_in_use: bool) -> String {
    let time = |at: Option<jiff::Timestamp>| at.map(|at| seconds(&at)).unwrap_or_default();
    let mut facts = vec![
        ("run", report.run.clone()),
        ("plan", heading(report.act, report.sums.planned)),
        ("reason", report.reason.clone()),
        ("ticket", report.ticket.clone().unwrap_or_default()),
        ("takes back", report.undoes.clone().unwrap_or_default()),
        ("account", format!("{} at {}", report.account, report.base_url)),
        ("digest", digest.to_string()),
        ("made", report.made_at.clone()),
        ("begun", time(report.started)),
        ("last", time(report.last)),
        ("state", standing(report.standing, is_in_use).to_owned()),
        ("result", result::sums(report)),
    ];
    facts.retain(|(_, value)| !value.is_empty());
    let mut words: Vec<String> =
        facts.iter().map(|(name, value)| format!("{name:<12}{}", shown(value))).collect();
    let (planned, others): (Vec<&Row>, Vec<&Row>) =
        report.rows.iter().partition(|row| row.outcome != Came::NotPlanned);
    if !planned.is_empty() {
        words.extend([String::new(), result::people(&planned)]);
    }
    if !others.is_empty() {
        let rows = others.iter().map(|row| {
            let finding = row.finding.replace('_', " ");
            vec![
                text(row.line.to_string()),
                text(row.email.as_ref().unwrap_or(&row.given)),
                text(finding),
                text(row.note.as_deref().unwrap_or_default()),
            ]
        });
        words.extend([
            "\nNothing was to be done:".to_owned(),
            table::columns(&["LINE", "WHO", "FINDING", "NOTE"], rows),
        ]);
    }
    words.join("\n")
}

/// Without its fractions.
pub fn seconds(at: &jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
