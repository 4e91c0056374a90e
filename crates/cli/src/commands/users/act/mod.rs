//! `rollcall users suspend` and `reactivate`: first everybody is looked at, then somebody says yes,
//! then it is done, several at a time, and each result is told as it comes.

mod confirm;
mod results;
mod working;

use clap::Args;
use rollcall_sdk::Act;

use super::find::{Found, Looked, find};
use super::given::Given;
use super::interrupt::Interrupt;
use super::rules::{self, Outcome, left_out};
use super::{Done, progress};
use crate::connect::{Connected, Whom};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::output::Output;
use crate::printer::Printer;
use crate::telling::Telling;
use confirm::{Asked, Confirming};
use results::{Results, Row};

#[derive(Args)]
pub struct Acting {
    #[command(flatten)]
    given: Given,
    /// Do not ask; needed where nobody can be asked
    #[arg(short, long)]
    yes: bool,
    /// With --yes: leave out who is not found, and do the others. Else nothing is done
    #[arg(long)]
    skip_unmatched: bool,
    /// So many requests at a time
    #[arg(long, value_name = "N", default_value_t = 8)]
    #[arg(value_parser = clap::value_parser!(u8).range(1..=64))]
    concurrency: u8,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    pub whom: Whom,
    #[command(flatten)]
    pub telling: Telling,
}

/// From here on a plan that is kept, and that can be undone, is worth its two more commands.
const MANY: usize = 50;

pub async fn run(act: Act, acting: Acting, connected: &Connected, printer: &Printer) -> Done {
    let is_asking = match (acting.yes, confirm::can_ask(&acting.given)) {
        (true, _) => false,
        (false, true) => true,
        (false, false) => {
            return Err(Failure::wrong_use(
                format!("whether to {act} is to be asked, and nobody is here to answer"),
                "say so with --yes",
            ));
        }
    };
    let named = acting.given.read()?;
    let at_once = usize::from(acting.concurrency);
    let needs_addresses = is_asking || !connected.protected.is_empty();
    let looked = find(&connected.client, named, needs_addresses, at_once, printer).await?;
    let (targets, others) = sort(looked, act, &connected.protected);

    let mut results = Results::new(acting.output.output, printer);
    results.expect(&targets);
    let is_unmatched = others.iter().any(|(_, outcome, _)| outcome.is_unmatched());
    // Somebody who is asked sees who is not found, and decides.
    let is_held_back = is_unmatched && !is_asking && !acting.skip_unmatched;
    if is_held_back || targets.is_empty() {
        let mut outcomes = results.left_out(&others);
        for target in &targets {
            outcomes.push(results.row(&Row::not_tried(target)));
        }
        results.finish()?;
        return Ok(nothing_done(&outcomes, targets.len(), printer));
    }
    let confirming = Confirming { act, targets: &targets, others: &others, connected };
    if targets.len() >= MANY {
        printer.say(
            "For so many people, `rollcall contain plan` keeps a plan and a journal, can go on after an \
             interruption, and can be undone.\n",
        );
    }
    if is_asking && confirming.ask(printer)? == Asked::No {
        printer.ask("Nothing was done.");
        return Ok(ExitStatus::Failed);
    }

    let mut interrupt = Interrupt::listen()?;
    let mut outcomes = results.left_out(&others);
    let bar = progress::acts(printer, targets.len());
    let mut tell = |row: &Row<'_>| {
        let told = bar.suspend(|| results.row(row));
        bar.inc(1);
        told
    };
    let (of_acts, stop) = working::work(
        &connected.client,
        act,
        &targets,
        at_once,
        &mut interrupt,
        printer,
        &mut tell,
    )
    .await;
    bar.finish_and_clear();
    let written = results.finish();
    outcomes.extend(of_acts);
    printer.say(&rules::summary(act, &outcomes));
    match stop {
        Some(rules::Stop::Credentials) => printer.error(
            &"stopped: the credentials do not work, or are not allowed this",
            Some("`rollcall whoami` says what these credentials may do"),
        ),
        Some(rules::Stop::Network) => printer.error(
            &format!("stopped: {} in a row failed", rules::FAILURES_IN_A_ROW_MAX),
            Some("the same command goes on later: who is so already stays so"),
        ),
        Some(rules::Stop::Interrupted) | None => {}
    }
    written.map(|()| rules::ends(&outcomes, stop))
}

type LeftOut = (Looked, Outcome, String);

/// Who is acted on, and who is left out and why.
fn sort(looked: Vec<Looked>, act: Act, protected: &[String]) -> (Vec<Looked>, Vec<LeftOut>) {
    let (mut targets, mut others) = (Vec::new(), Vec::new());
    for one in looked {
        match left_out(&one, act, protected) {
            Some((outcome, why)) => others.push((one, outcome, why)),
            None => targets.push(one),
        }
    }
    (targets, others)
}

fn nothing_done(outcomes: &[Outcome], targets: usize, printer: &Printer) -> ExitStatus {
    let status = rules::ends(outcomes, None);
    let hint = match targets {
        0 => None,
        _ => Some(
            "mend what was written, or leave those out with --skip-unmatched; without --yes you are asked",
        ),
    };
    let what = match outcomes.iter().filter(|outcome| outcome.is_unmatched()).count() {
        0 => "nothing was done: nobody is left to do it to".to_owned(),
        1 => "nothing was done: one of the names fits nobody, or nobody in particular".to_owned(),
        count => {
            format!("nothing was done: {count} of the names fit nobody, or nobody in particular")
        }
    };
    printer.error(&what, hint);
    match (targets, status) {
        (1.., _) => ExitStatus::NothingMatched,
        (0, status) => status,
    }
}
