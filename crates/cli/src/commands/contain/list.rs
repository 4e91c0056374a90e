//! `rollcall contain list`: the runs that are kept here, the newest last.

use clap::Args;

use super::Done;
use super::findings::counted;
use super::kept_runs::KeptRuns;
use super::result::how_far;
use super::status::{Known, standing};
use super::table::{self, text};
use crate::telling::Telling;

#[derive(Args)]
#[command(after_help = "\
A run that cannot be read is told on standard error, and the others are listed all the same.

Exit status: 0 listed; 1 a run cannot be read; 2 wrong use.

Examples:
  rollcall contain list
  rollcall contain list --json | jq -r 'select(.standing != \"finished\").run'")]
pub struct Options {
    /// Print JSON, one line for each run
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    kept: KeptRuns,
    #[command(flatten)]
    telling: Telling,
}

pub fn run(options: &Options) -> Done {
    let printer = &options.telling.start();
    let runs = options.kept.runs()?;
    let (all, status) = Known::all(&runs, printer)?;
    if options.json {
        all.iter().for_each(|known| printer.data(&known.as_json(None).to_string()));
        return Ok(status);
    }
    let rows = all.iter().map(|known| {
        let report = &known.report;
        vec![
            text(&report.run),
            text(report.act.as_str()),
            text(how_far(report)),
            text(standing(report.standing, known.is_in_use)),
            text(&report.reason),
        ]
    });
    if !all.is_empty() {
        printer.data(&table::columns(&["RUN", "ACT", "HOW FAR", "STATE", "REASON"], rows));
    }
    printer.say(&format!("{} in {}", counted(all.len(), "run", "runs"), runs.root().display()));
    Ok(status)
}
