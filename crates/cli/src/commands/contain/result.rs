//! The result of a run, in the form that was asked for: to standard output, and to a file.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use comfy_table::Cell;
use rollcall_contain::journal::Outcome;
use rollcall_contain::plan::Plan;
use rollcall_contain::report::{Came, Row};
use rollcall_contain::run_folder::RunFolder;
use rollcall_sdk::Act;

pub use rollcall_contain::report::Report;

use super::findings::{counted, done_word, state_after};
use super::kept_runs::failure;
use super::plan::write_private;
use super::table;
use crate::failure::Failure;
use crate::printer::Printer;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    /// One object: the run, its sums and its rows.
    Json,
    /// A row a line.
    Jsonl,
    Csv,
    /// For a ticket.
    Md,
}

#[derive(Args)]
pub struct ResultFile {
    /// Write the result to this file too; one that is there is replaced
    #[arg(long, value_name = "FILE")]
    result: Option<PathBuf>,
    /// The form of that file [default: by its ending]
    #[arg(
        long,
        value_name = "csv|jsonl|md|json",
        requires = "result",
        hide_possible_values = true
    )]
    format: Option<Format>,
}

impl ResultFile {
    /// Before anything is done: an ending that says nothing is wrong use.
    pub fn check(&self) -> Result<(), Failure> {
        match &self.result {
            Some(file) => self.form(file).map(|_| ()),
            None => Ok(()),
        }
    }

    fn form(&self, file: &Path) -> Result<Format, Failure> {
        let by_ending = || match file.extension()?.to_str()?.to_lowercase().as_str() {
            "csv" => Some(Format::Csv),
            "jsonl" | "ndjson" => Some(Format::Jsonl),
            "json" => Some(Format::Json),
            "md" => Some(Format::Md),
            _ => None,
        };
        self.format.or_else(by_ending).ok_or_else(|| {
            Failure::wrong_use(
                format!("{}: its ending says nothing of its form", file.display()),
                "name the form with --format csv, jsonl, md or json",
            )
        })
    }

    pub fn write(&self, report: &Report, printer: &Printer) -> Result<(), Failure> {
        let Some(file) = &self.result else { return Ok(()) };
        let mut bytes = Vec::new();
        write(report, self.form(file)?, &mut bytes).map_err(|error| Failure {
            what: format!("{}: {error}", file.display()),
            hint: None,
            status: crate::exit_status::ExitStatus::Failed,
        })?;
        write_private(file, &bytes, true).map_err(|failure| Failure {
            hint: Some(format!("`rollcall contain show {}` has the same", report.run)),
            ..failure
        })?;
        printer.say(&format!("\nThe result is in {}.", file.display()));
        Ok(())
    }
}

pub fn of(folder: &RunFolder, plan: &Plan) -> Result<Report, Failure> {
    Ok(Report::of(plan, &folder.progress(plan).map_err(failure)?))
}

/// A reader that went away is no error of ours.
pub fn print(report: &Report, format: Format, printer: &Printer) {
    match format {
        Format::Table => {
            let planned: Vec<&Row> = planned(report).collect();
            if !planned.is_empty() {
                printer.data(&people(&planned));
            }
        }
        other => {
            let mut out = printer.out();
            printer.wrote(write(report, other, &mut out).and_then(|()| out.flush()));
        }
    }
    printer
        .lost("is the disk full? The run is kept whole: `rollcall contain show` prints it again");
}

fn write(report: &Report, format: Format, to: &mut impl Write) -> io::Result<()> {
    match format {
        Format::Table => {
            let planned: Vec<&Row> = planned(report).collect();
            writeln!(to, "{}", people(&planned))
        }
        Format::Json => {
            serde_json::to_writer(&mut *to, report)?;
            to.write_all(b"\n")
        }
        Format::Jsonl => report.write_json_lines(to),
        Format::Csv => report.write_csv(to),
        Format::Md => to.write_all(report.to_markdown().as_bytes()),
    }
}

pub fn planned(report: &Report) -> impl Iterator<Item = &Row> {
    report.rows.iter().filter(|row| row.outcome != Came::NotPlanned)
}

/// Whom it was to be done to, and what came of each.
pub fn people(rows: &[&Row]) -> String {
    let cells = rows.iter().map(|row| {
        let text = |text: &Option<String>| table::text(text.as_deref().unwrap_or_default());
        let before = row.before.as_ref().map(ToString::to_string);
        let why_not = row.issue.as_ref().map(|issue| match issue.status {
            Some(status) => format!("{status} {}", issue.message),
            None => issue.message.clone(),
        });
        vec![
            text(&row.email),
            text(&row.display_name),
            text(&before),
            outcome(row.outcome),
            text(&why_not),
        ]
    });
    table::columns(&["EMAIL", "NAME", "BEFORE", "OUTCOME", "WHY NOT"], cells)
}

fn outcome(came: Came) -> Cell {
    let word = came.as_str().replace('_', " ");
    match came {
        Came::Done => table::good(&word),
        Came::Already | Came::NotPlanned => table::text(word),
        Came::Refused => table::bad(&word),
        Came::NotDone | Came::Unknown | Came::Open => table::doubtful(&word),
    }
}

/// `38 people planned: 35 suspended, 1 suspended by somebody else, 2 refused`
pub fn sums(report: &Report) -> String {
    let sums = &report.sums;
    let kinds = [
        (sums.done, done_word(report.act)),
        (sums.already, already_word(report.act)),
        (sums.refused, "refused"),
        (sums.not_done, "not done"),
        (sums.unknown, "not known"),
        (sums.open, "not come to"),
    ];
    let told = kinds.iter().enumerate().filter(|(place, (count, _))| *place == 0 || *count > 0);
    let told: Vec<_> = told.map(|(_, (count, word))| format!("{count} {word}")).collect();
    format!("{} planned: {}", counted(sums.planned, "person", "people"), told.join(", "))
}

const fn already_word(act: Act) -> &'static str {
    match act {
        Act::Suspend => "suspended by somebody else",
        Act::Reactivate => "reactivated by somebody else",
    }
}

/// For a line while it goes on.
pub const fn outcome_word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done { .. } => "done",
        Outcome::Already => "so already",
        Outcome::Refused { .. } => "refused",
        Outcome::NotDone { .. } => "not done",
        Outcome::Unknown { .. } => "not known whether done",
    }
}

/// `35 of 38 suspended`
pub fn how_far(report: &Report) -> String {
    let sums = &report.sums;
    format!("{} of {} {}", sums.done + sums.already, sums.planned, state_after(report.act))
}
