//! `rollcall contain`: many people suspended or reactivated by a plan that is read before anything
//! happens, carried out exactly, resumed after whatever broke it off, and taken back.

mod apply;
mod ask;
mod carry_out;
mod findings;
pub mod kept_runs;
mod list;
mod plan;
mod progress;
mod result;
mod show;
mod status;
mod stop;
mod table;
mod undo;

use std::time::Duration;

use clap::{Args, Subcommand};
use rollcall_sdk::Client;

use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::printer::Printer;
use crate::runtime;

/// How a command ended.
type Done = Result<ExitStatus, Failure>;

#[derive(Args)]
#[command(after_help = "\
A plan says what each line of a list means, before anything happens. A run carries it out and
keeps a journal, so that it can be broken off at any moment and goes on by the same command.
Runs are kept in $XDG_STATE_HOME/rollcall/runs, or else in ~/.local/state/rollcall/runs.

Exit status: 0 done; 1 it could not be done (a file, a disk, a run that is in use); 2 wrong use;
3 the server was not reached; 4 the credentials do not work or are not allowed this; 5 refused
or not done in part; 6 nothing matched; 130 interrupted, and can go on.

Examples:
  rollcall contain plan --from alerts.csv --reason 'stolen laptops' --ticket INC-4711
  rollcall contain apply plan.json
  rollcall contain show inc --output md > report.md
  rollcall contain undo inc")]
pub struct Contain {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say what each line of a list means and what would be done, and write that down as a plan
    Plan(Box<plan::Options>),
    /// Do what a plan says and nothing else, or go on with it
    Apply(Box<apply::Options>),
    /// Take back what a run did, where nobody changed it since
    Undo(Box<undo::Options>),
    /// List the runs that are kept here
    List(list::Options),
    /// Show one run: its plan, whom it changed, what was refused
    Show(show::Options),
    /// Say how far a run is, whether it is under way, and how it goes on
    Status(status::Options),
}

pub fn run(contain: Contain) -> ExitStatus {
    let printer = &Printer::new();
    let Some(runtime) = runtime::of_many_threads(printer) else {
        return ExitStatus::Failed;
    };
    let done = runtime.block_on(async {
        match contain.command {
            Command::Plan(options) => plan::run(*options).await,
            Command::Apply(options) => apply::run(*options).await,
            Command::Undo(options) => undo::run(*options).await,
            Command::List(options) => list::run(&options),
            Command::Show(options) => show::run(&options),
            Command::Status(options) => status::run(&options),
        }
    });
    done.unwrap_or_else(|failure| failure.tell(printer))
}

/// For a courtesy: nobody waits long for it.
const SIGN_OFF_MAX: Duration = Duration::from_secs(2);

/// The token is needed no more. Whether that was heard changes nothing for anybody.
async fn sign_off(client: &Client) {
    let _ = tokio::time::timeout(SIGN_OFF_MAX, client.sign_off()).await;
}
