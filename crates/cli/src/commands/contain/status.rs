//! `rollcall contain status`: how far runs are, and how they go on.

use clap::Args;
use clap_complete::ArgValueCandidates;
use rollcall_contain::report::{Report, RunStanding};
use rollcall_contain::run_folder::{RunFolder, Runs};
use serde_json::{Value, json};

use super::Done;
use super::kept_runs::{KeptRuns, failure};
use super::result::{self, how_far};
use super::show::seconds;
use crate::completion;
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::printer::Printer;
use crate::telling::Telling;

#[derive(Args)]
#[command(after_help = "\
Without RUN: every run that has not come to its end. A run that is under way may be looked at.

Exit status: 0 told; 1 a run cannot be read; 2 wrong use; 6 no such run.

Examples:
  rollcall contain status
  rollcall contain status inc-4711 --json")]
pub struct Options {
    /// The run's name, or a part of it that no other run has
    #[arg(value_name = "RUN", add = ArgValueCandidates::new(completion::runs))]
    run: Option<String>,
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
    let Some(named) = &options.run else {
        return all(options, printer);
    };
    let known = Known::of(&options.kept.find(named)?)?;
    printer.data(&known.told(options));
    Ok(ExitStatus::Done)
}

fn all(options: &Options, printer: &Printer) -> Done {
    let (mut open, status) = Known::all(&options.kept.runs()?, printer)?;
    open.retain(|known| known.report.standing != RunStanding::Finished);
    open.iter().for_each(|known| printer.data(&known.told(options)));
    if open.is_empty() && status == ExitStatus::Done {
        printer.say("No run is under way, and none is left unfinished.");
    }
    Ok(status)
}

/// A run, and whether somebody applies it now.
pub struct Known {
    pub report: Report,
    pub is_in_use: bool,
}

impl Known {
    /// Of a run that cannot be read it is told why; the others are here all the same.
    pub fn all(runs: &Runs, printer: &Printer) -> Result<(Vec<Self>, ExitStatus), Failure> {
        let mut status = ExitStatus::Done;
        let mut all = Vec::new();
        for name in runs.names().map_err(failure)? {
            match runs.find(&name).map_err(failure).and_then(|folder| Self::of(&folder)) {
                Ok(known) => all.push(known),
                Err(broken) => status = broken.tell(printer),
            }
        }
        Ok((all, status))
    }

    pub fn of(folder: &RunFolder) -> Result<Self, Failure> {
        let plan = folder.plan().map_err(failure)?;
        // Asked first: a run that ends between the two is told as open, and not as cut off.
        let is_in_use = folder.is_in_use().map_err(failure)?;
        Ok(Self { report: result::of(folder, &plan)?, is_in_use })
    }

    pub fn as_json(&self, next: Option<String>) -> Value {
        let report = &self.report;
        json!({
            "run": report.run,
            "act": report.act,
            "account": report.account,
            "base_url": report.base_url,
            "reason": report.reason,
            "ticket": report.ticket,
            "undoes": report.undoes,
            "made_at": report.made_at,
            "started": report.started,
            "last": report.last,
            "standing": report.standing,
            "in_use": self.is_in_use,
            "sums": report.sums,
            "next": next,
        })
    }

    fn told(&self, options: &Options) -> String {
        let next = self.next(&options.kept);
        if options.json {
            return self.as_json(next).to_string();
        }
        let report = &self.report;
        let last = report.last.map(|at| format!(", last heard of at {}", seconds(&at)));
        let mut text = format!(
            "{}: {}, {}{}",
            report.run,
            standing(report.standing, self.is_in_use),
            how_far(report),
            last.unwrap_or_default(),
        );
        if let Some(next) = next {
            text.push_str(&format!("\n  to go on: {next}"));
        }
        text
    }

    fn next(&self, kept: &KeptRuns) -> Option<String> {
        let is_left = self.report.standing != RunStanding::Finished && !self.is_in_use;
        is_left.then(|| format!("rollcall contain apply {}{}", self.report.run, kept.as_flag()))
    }
}

pub const fn standing(standing: RunStanding, is_in_use: bool) -> &'static str {
    match (standing, is_in_use) {
        (RunStanding::Finished, _) => "finished",
        (_, true) => "being applied now",
        (RunStanding::NotStarted, _) => "not begun",
        (RunStanding::Open, _) => "cut off",
        (RunStanding::Stopped, _) => "stopped",
    }
}
