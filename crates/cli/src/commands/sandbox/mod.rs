//! `rollcall sandbox`: speaks with a double that `rollcall dev` runs. Each subject is a file; all of
//! them reach the double through [`reach`].

mod account;
mod clock;
mod exam;
mod fault;
mod reach;
mod report;
mod reset;
mod scenarios;
mod snapshot;
mod tail;

use clap::{Args, Subcommand};

use crate::exit_status::ExitStatus;
use crate::printer::Printer;
use crate::runtime;

use reach::{Reach, ReachError, Where};

/// How a command ended.
type Done = Result<ExitStatus, ReachError>;

#[derive(Args)]
#[command(after_help = "\
The double is found by --url and --token, else by the variables that `rollcall dev -- COMMAND` sets,
else by the file that `rollcall dev` writes for its own user.

Exit status: 0 done, 1 it could not be done, 2 wrong use.

Examples:
  rollcall sandbox reset
  rollcall sandbox clock advance 15m
  rollcall sandbox account add --users 200 --json")]
pub struct Sandbox {
    #[command(flatten)]
    at: Where,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Back to the seed: store, clock and faults; the journal is emptied
    #[command(after_help = "\
Ids, secrets and keys are the same again, so that page tokens of before go on. Snapshots stay.

Exit status: 0 done, 1 it could not be done, 2 wrong use.

Example:
  rollcall sandbox reset")]
    Reset,
    /// The double's clock: show, advance, freeze, resume
    Clock {
        #[command(subcommand)]
        command: clock::Command,
    },
    /// Snapshots of the double: save, restore, list, delete
    Snapshot {
        #[command(subcommand)]
        command: snapshot::Command,
    },
    /// What goes wrong with calls: list, add, clear
    Fault {
        #[command(subcommand)]
        command: fault::Command,
    },
    /// Accounts of their own, for tests that run side by side: add, list
    Account {
        #[command(subcommand)]
        command: account::Command,
    },
    /// What clients do, live: a line for each exchange
    Tail(tail::Options),
    /// The people and applications whose bad days are rehearsed, and what a right client does
    #[command(after_help = "\
With --json: their secrets too.

Example:
  rollcall sandbox scenarios")]
    Scenarios,
    /// What the client did well and what it did wrong, from the journal
    Report(report::Options),
    /// Run a connector's own command through all bad days, and print the report
    Exam(Box<exam::Options>),
}

pub fn run(sandbox: Sandbox, printer: &Printer) -> ExitStatus {
    let Some(runtime) = runtime::of_many_threads(printer) else {
        return ExitStatus::Failed;
    };
    runtime.block_on(done(sandbox, printer)).unwrap_or_else(|error| {
        printer.error(&error, error.hint());
        error.status()
    })
}

async fn done(sandbox: Sandbox, printer: &Printer) -> Done {
    let Sandbox { at, command } = sandbox;
    // The exam has doubles of its own.
    let reach = || Reach::find(&at);
    let says = Says { printer, json: at.json };
    match command {
        Command::Reset => reset::reset(&reach()?, &says).await,
        Command::Clock { command } => clock::run(command, &reach()?, &says).await,
        Command::Snapshot { command } => snapshot::run(command, &reach()?, &says).await,
        Command::Fault { command } => fault::run(command, &reach()?, &says).await,
        Command::Account { command } => account::run(command, &reach()?, &says).await,
        Command::Tail(options) => tail::run(options, &reach()?, &says).await,
        Command::Scenarios => scenarios::scenarios(&reach()?, &says).await,
        Command::Report(options) => report::run(options, &reach()?, &says).await,
        Command::Exam(options) => exam::run(*options, at.json, printer).await,
    }
}

/// Prints an answer: as it came for machines, in words for people.
struct Says<'a> {
    printer: &'a Printer,
    json: bool,
}

impl Says<'_> {
    fn answer(&self, answer: &serde_json::Value, words: impl FnOnce() -> String) -> Done {
        match self.json {
            true => self.printer.data(&answer.to_string()),
            false => self.printer.data(&words()),
        }
        Ok(ExitStatus::Done)
    }
}

/// A field of an answer, as text; empty where there is none.
fn text(of: &serde_json::Value, field: &str) -> String {
    match of.get(field) {
        Some(serde_json::Value::String(text)) => crate::shown::shown(text),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

/// A field of an answer that is a list.
fn list<'a>(of: &'a serde_json::Value, field: &str) -> &'a [serde_json::Value] {
    of.get(field).and_then(serde_json::Value::as_array).map_or(&[], Vec::as_slice)
}
