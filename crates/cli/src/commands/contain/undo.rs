//! `rollcall contain undo`: takes back what a run did, by a plan of its own that is made of the run
//! and of how people are now.

use clap::Args;
use clap_complete::ArgValueCandidates;
use rollcall_contain::plan::Plan;
use rollcall_contain::run_folder::RunFolder;
use rollcall_contain::undo::{Asked, Undo, UnsureWhy, undo, wanted};

use super::Done;
use super::carry_out::{How, Run, carry_out, flags};
use super::findings::{self, done_word};
use super::kept_runs::{KeptRuns, failure, plan_failure};
use super::plan::{fill, now};
use crate::completion;
use crate::connect::{Connected, Whom, connect};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::printer::Printer;
use crate::shown::shown;
use crate::telling::Telling;

#[derive(Args)]
#[command(after_help = "\
Only those are brought back whom this run changed, and who are still as it left them. Who was so
before, was changed since, or is not there any more is told and left alone. The API shows how
somebody is now and no more: who was reactivated and suspended again by others looks as the run
left them.

It is a run of its own: it is confirmed, resumed by the same command, and has its own report.

Exit status: 0 all of it is taken back; 1 the journal could not be written, or a run is in use;
2 wrong use; 3 the server was not reached; 4 the credentials do not work or are not allowed
this; 5 some were refused or not done; 6 no such run, or nobody is to be taken back; 130
interrupted. After 1, 3, 4, 5 and 130 the same command goes on.

Examples:
  rollcall contain undo 2026-11-26-inc-4711-k3x9qa
  rollcall contain undo inc-4711 --yes --result undone.md")]
pub struct Options {
    /// The run's name, or a part of it that no other run has
    #[arg(value_name = "RUN", add = ArgValueCandidates::new(completion::runs))]
    run: String,
    /// Why it is taken back [default: that it is]
    #[arg(long, value_name = "TEXT", value_parser = super::plan::said)]
    reason: Option<String>,
    /// The ticket [default: that of the run]
    #[arg(long, value_name = "TEXT", value_parser = super::plan::said)]
    ticket: Option<String>,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    kept: KeptRuns,
    #[command(flatten)]
    whom: Whom,
    #[command(flatten)]
    telling: Telling,
}

pub async fn run(options: Options) -> Done {
    let printer = &options.telling.start();
    let folder = options.kept.find(&options.run)?;
    let plan = folder.plan().map_err(failure)?;
    if folder.is_in_use().map_err(failure)? {
        return Err(Failure::failed(
            format!("run {} is being applied now", plan.run),
            "stop it first: Ctrl-C there ends it well",
        ));
    }
    let connected = connect(&options.whom)?;
    plan.holds_for(connected.client.base_url(), connected.client.account())
        .map_err(|error| plan_failure(shown(&error.to_string()), &error))?;
    let flags = flags(&options.kept, &options.whom);
    let again = format!("rollcall contain undo {}{flags}", plan.run);
    let (plan, words) = match begun(&options.kept, &plan)? {
        Some(begun) => (begun, None),
        None => {
            let made = made(&options, &folder, &plan, &connected, printer).await?;
            (made.plan.clone(), Some(words(&made)))
        }
    };
    if plan.to_do().next().is_none() {
        printer.say(&words.unwrap_or_default());
        printer.say(&format!("\nNobody is to be {}: nothing was changed.", done_word(plan.act)));
        return Ok(ExitStatus::NothingMatched);
    }
    let run = Run { plan, kept: &options.kept, flags, again, words };
    carry_out(run, &connected, &options.how, printer).await
}

/// An undo of this run that was begun and has not come to its end.
fn begun(kept: &KeptRuns, of: &Plan) -> Result<Option<Plan>, Failure> {
    let runs = kept.runs()?;
    // The newest first.
    for name in runs.names().map_err(failure)?.iter().rev() {
        let folder = runs.find(name).map_err(failure)?;
        // One that cannot be read is none of this.
        let Ok(plan) = folder.plan() else { continue };
        if plan.undoes.as_deref() == Some(&of.run)
            && !folder.progress(&plan).map_err(failure)?.is_finished()
        {
            return Ok(Some(plan));
        }
    }
    Ok(None)
}

async fn made(
    options: &Options,
    folder: &RunFolder,
    plan: &Plan,
    connected: &Connected,
    printer: &Printer,
) -> Result<Undo, Failure> {
    let progress = folder.progress(plan).map_err(failure)?;
    let lookup = fill(&connected.client, wanted(plan), printer).await?;
    let reason = options.reason.clone().unwrap_or_else(|| format!("undo of {}", plan.run));
    let asked = Asked {
        at: now()?,
        reason: &reason,
        ticket: options.ticket.as_deref().or(plan.ticket.as_deref()),
        protected: &connected.protected,
    };
    Ok(undo(plan, &progress, &lookup, &asked))
}

/// The plan, and of whom it is not certain that the run changed them.
fn words(made: &Undo) -> String {
    let mut text = findings::words(&made.plan);
    for unsure in &made.unsure {
        let why = match unsure.why {
            UnsureWhy::NotRead => "was not read before the call, so the plan's word is taken",
            UnsureWhy::FoundOnResume => "was found so after the run was cut off at the call",
        };
        text.push_str(&format!("\nnote: {}: {why}", shown(&unsure.person.email)));
    }
    text
}
