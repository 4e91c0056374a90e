//! A plan carried out: shown, confirmed, applied, told. What `apply` and `undo` share.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use clap::Args;
use jiff::Timestamp;
use rollcall_contain::apply::{ApplyError, End, Event, Options, Surroundings, apply};
use rollcall_contain::journal::{Outcome, Why};
use rollcall_contain::plan::{Person, Plan};
use rollcall_contain::progress::Progress;
use rollcall_contain::report::Sums;
use rollcall_contain::resolve::Protected;
use rollcall_contain::run_folder::RunFolder;
use rollcall_directory::world::World;

use super::findings::{self, counted, done_word, people};
use super::kept_runs::{KeptRuns, failure, plan_failure};
use super::progress::Doing;
use super::result::{self, Format, ResultFile};
use super::stop::Stop;
use super::{Done, ask, sign_off};
use crate::connect::{Connected, Whom};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::printer::Printer;
use crate::shown::shown;

#[derive(Args)]
pub struct How {
    /// Do not ask; needed where nobody can be asked
    #[arg(long)]
    yes: bool,
    /// Calls at once, at most 64
    #[arg(long, value_name = "N", default_value = "8", value_parser = at_once)]
    concurrency: NonZeroUsize,
    /// End after so many failures in one go; refusals do not count
    #[arg(long, value_name = "N", default_value = "10")]
    error_budget: NonZeroUsize,
    /// Try those again whom the server refused
    #[arg(long)]
    retry_refused: bool,
    #[command(flatten)]
    file: ResultFile,
    /// How the result is shown
    #[arg(long, value_name = "table|json|jsonl|csv|md", default_value = "table")]
    #[arg(hide_possible_values = true)]
    output: Format,
}

fn at_once(text: &str) -> Result<NonZeroUsize, String> {
    let count = text.parse().ok().filter(|n: &NonZeroUsize| n.get() <= 64);
    count.ok_or_else(|| "write a number from 1 to 64".to_owned())
}

/// What the command that goes on has to be told too: where runs are, and whose they are.
pub fn flags(kept: &KeptRuns, whom: &Whom) -> String {
    format!("{}{}", kept.as_flag(), whom.profile_as_flag())
}

pub struct Run<'a> {
    pub plan: Plan,
    pub kept: &'a KeptRuns,
    /// For the commands that come next.
    pub flags: String,
    /// The command that goes on with it.
    pub again: String,
    /// The plan in words, where nobody has seen it yet.
    pub words: Option<String>,
}

pub async fn carry_out(run: Run<'_>, connected: &Connected, how: &How, printer: &Printer) -> Done {
    let plan = &run.plan;
    how.file.check()?;
    may_be_done(plan, connected)?;
    let runs = run.kept.runs()?;
    let before = match runs.names().map_err(failure)?.contains(&plan.run) {
        true => Some(runs.find(&plan.run).map_err(failure)?),
        false => None,
    };
    // The run's own plan, for another one may have its name.
    let progress = match &before {
        Some(folder) => folder.progress(plan).map_err(failure)?,
        None => Progress::default(),
    };
    let due = due(plan, &progress, how.retry_refused);
    if let Some(folder) = &before
        && due.is_empty()
        && progress.is_finished()
    {
        printer.say(&format!("Run {} was finished before: nothing was changed.", plan.run));
        return tell(&run, folder, &End::Finished, how, printer);
    }
    connected.client.check_credentials().await?;
    printer.say(&run.words.clone().unwrap_or_else(|| question(plan, &due, &progress)));
    if !how.yes && !ask::typed(&format!("{} {}", plan.act, due.len()), printer)? {
        printer.say("Nothing was changed.");
        return Ok(ExitStatus::Failed);
    }
    let folder = runs.make(plan).map_err(failure)?;
    let end = applied(plan, &folder, connected, how, printer).await?;
    sign_off(&connected.client).await;
    tell(&run, &folder, &end, how, printer)
}

/// It is this account's, and nobody in it was put under protection since it was made.
fn may_be_done(plan: &Plan, connected: &Connected) -> Result<(), Failure> {
    plan.holds_for(connected.client.base_url(), connected.client.account())
        .map_err(|error| plan_failure(shown(&error.to_string()), &error))?;
    let protected = Protected::new(&connected.protected, plan.act);
    let meant = plan.to_do().find(|(_, person)| protected.has(person));
    match meant {
        None => Ok(()),
        Some((_, person)) => Err(Failure::wrong_use(
            format!(
                "{} is protected by the profile, and the plan suspends them",
                shown(&person.email)
            ),
            "nothing was changed. Make the plan again: it leaves out who is protected",
        )),
    }
}

fn due<'a>(plan: &'a Plan, progress: &Progress, retry_refused: bool) -> Vec<&'a Person> {
    let is_due = |person: &&Person| progress.standing(&person.id).is_due(retry_refused);
    plan.to_do().map(|(_, person)| person).filter(is_due).collect()
}

/// Whom, where and why.
fn question(plan: &Plan, due: &[&Person], progress: &Progress) -> String {
    let all = plan.to_do().count();
    let mut text = String::new();
    if !progress.applies.is_empty() {
        text.push_str(&format!("Resuming: {} of {all} done.\n", all - due.len()));
    }
    text.push_str(&findings::what_and_why(plan, due.len()));
    text.push('\n');
    text.push_str(&findings::named(due, "the plan"));
    text
}

async fn applied(
    plan: &Plan,
    folder: &RunFolder,
    connected: &Connected,
    how: &How,
    printer: &Printer,
) -> Result<End, Failure> {
    let world = World::system();
    // A time beyond any calendar is no reason to stop: records are told apart by their numbers.
    let clock =
        move || Timestamp::from_millisecond(world.now().millis()).unwrap_or(Timestamp::UNIX_EPOCH);
    let stop = Stop::on_signals()?;
    let doing = Mutex::new(Doing::new(printer, done_word(plan.act)));
    let events = |event: Event<'_>| {
        let mut doing = doing.lock().unwrap_or_else(PoisonError::into_inner);
        follow(&mut doing, event);
    };
    let mut options = Options {
        at_once: how.concurrency,
        retry_refused: how.retry_refused,
        ..Options::default()
    };
    options.limits.failures_max = how.error_budget;
    let around = Surroundings { clock: Arc::new(clock), halt: stop.halt(), events: &events };
    let end = apply(folder, plan, &connected.client, &options, around).await;
    end.map_err(|error| match error {
        ApplyError::Run(error) => failure(error),
        ApplyError::NotWritten { .. } => Failure::failed(
            shown(&error.to_string()),
            "make room, or mend the disk; then the same command goes on. Nothing is relied on that \
             was not written",
        ),
    })
}

fn follow(doing: &mut Doing<'_>, event: Event<'_>) {
    match event {
        Event::Begins { people, settled_before } => doing.begin(settled_before, people),
        Event::Settled { person, outcome } => {
            if let Some(issue) = outcome.issue() {
                let words = result::outcome_word(outcome);
                doing.say(&format!("{words}: {}: {}", shown(&person.email), shown(&issue.message)));
            }
            doing.next(matches!(outcome, Outcome::Done { .. } | Outcome::Already));
        }
        Event::Blind => doing.say(
            "These credentials may not read people: the run goes by what the plan says of them.",
        ),
        Event::Stopping { why: Why::Interrupted } => {
            doing.say("Stopping: what is under way comes to its end. Once more ends at once.");
        }
        Event::Stopping { .. } => doing.say("Stopping: nobody else is begun with."),
    }
}

/// The result as data, and in words how it ended and what comes next.
fn tell(run: &Run<'_>, folder: &RunFolder, end: &End, how: &How, printer: &Printer) -> Done {
    let plan = &run.plan;
    let report = result::of(folder, plan)?;
    result::print(&report, how.output, printer);
    how.file.write(&report, printer)?;
    printer.say(&format!("\n{}", result::sums(&report)));
    let status = status(end, report.sums);
    let next = match end {
        End::Finished => {
            let mut next = format!(
                "Run {name} is finished. Its report:\n  rollcall contain show {name}{} --output md",
                run.kept.as_flag(),
                name = plan.run,
            );
            if plan.undoes.is_none() {
                next.push_str(&format!(
                    "\nTo take it back:\n  rollcall contain undo {}{}",
                    plan.run, run.flags
                ));
            }
            next
        }
        End::Stopped(why) => format!("{}\nTo go on:\n  {}", stopped(why), run.again),
    };
    printer.say(&next);
    Ok(status)
}

fn status(end: &End, sums: Sums) -> ExitStatus {
    match end {
        End::Finished if sums.planned == sums.done + sums.already => ExitStatus::Done,
        End::Finished | End::Stopped(Why::LeftOver { .. }) => ExitStatus::InPart,
        End::Stopped(Why::Interrupted) => ExitStatus::Interrupted,
        End::Stopped(Why::Failures { .. } | Why::InARow { .. }) => ExitStatus::Unreached,
        End::Stopped(Why::NotAllowed { .. }) => ExitStatus::NotLetIn,
    }
}

/// Why it ended before its end.
pub fn stopped(why: &Why) -> String {
    match why {
        Why::Interrupted => "It was interrupted.".to_owned(),
        Why::Failures { failed } => {
            format!("It stopped: {} failed, which is the error budget.", people(*failed))
        }
        Why::InARow { failed } => {
            format!(
                "It stopped: {} failed one after another. Is the server there?",
                people(*failed)
            )
        }
        Why::NotAllowed { issue } => format!(
            "It stopped: the credentials are not allowed this: {}. `rollcall whoami` says what they \
             may do.",
            shown(&issue.message)
        ),
        Why::LeftOver { people: count } => {
            format!("{} could not be reached.", counted(*count, "person", "people"))
        }
    }
}

#[cfg(test)]
mod tests {
    use rollcall_contain::journal::{Issue, Kind};

    use super::*;

    fn ends(end: End, refused: usize) -> ExitStatus {
        let sums = Sums { planned: 5, done: 5 - refused, refused, ..Sums::default() };
        status(&end, sums)
    }

    #[test]
    fn each_end_has_its_status() {
        let issue = Issue {
            kind: Kind::Credentials,
            status: Some(403),
            code: Some(7),
            message: "scope_missing".to_owned(),
            request_id: None,
        };
        for (end, refused, wanted) in [
            (End::Finished, 0, ExitStatus::Done),
            (End::Finished, 1, ExitStatus::InPart),
            (End::Stopped(Why::LeftOver { people: 1 }), 0, ExitStatus::InPart),
            (End::Stopped(Why::Interrupted), 0, ExitStatus::Interrupted),
            (End::Stopped(Why::Failures { failed: 10 }), 0, ExitStatus::Unreached),
            (End::Stopped(Why::InARow { failed: 5 }), 0, ExitStatus::Unreached),
            (End::Stopped(Why::NotAllowed { issue }), 0, ExitStatus::NotLetIn),
        ] {
            assert_eq!(ends(end.clone(), refused), wanted, "{end:?}");
        }
    }
}
