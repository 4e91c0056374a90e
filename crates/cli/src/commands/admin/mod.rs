//! `rollcall admin`: looking after a store, beside the server that may have it open. Each verb is a
//! file. What it changes holds on the server's next call, because neither keeps a fact in memory.

mod audit;
mod error;
mod integrity;
mod settings;
mod store;
mod which_account;

use clap::Subcommand;

use crate::exit_status::ExitStatus;
use crate::printer::Printer;

use error::AdminError;
use store::StoreArguments;

/// What a command is: `Ok` is how it ended, whether or not it found what it looked for.
type Done = Result<ExitStatus, AdminError>;

#[derive(Subcommand)]
pub enum Command {
    /// The audit log: is it whole, and where does it end?
    Audit {
        #[command(subcommand)]
        command: audit::Command,
    },
    /// Is the database itself sound?
    #[command(after_help = "\
Exit status: 0 sound, 1 something is wrong, 2 wrong use.

Example:
  rollcall admin integrity --data ./rollcall-data")]
    Integrity {
        #[command(flatten)]
        store: StoreArguments,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print every setting of the server, and where it came from
    Settings(Box<settings::Options>),
}

pub fn run(command: Command, printer: &Printer) -> ExitStatus {
    crate::logging::start("warn");
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            printer.error(&error, None);
            return ExitStatus::Failed;
        }
    };
    runtime.block_on(dispatch(command, printer)).unwrap_or_else(|error| {
        printer.error(&error, error.hint().as_deref());
        error.status()
    })
}

async fn dispatch(command: Command, printer: &Printer) -> Done {
    match command {
        Command::Audit { command } => audit::run(command, printer).await,
        Command::Settings(options) => settings::run(&options, printer),
        Command::Integrity { store, json } => integrity::run(&store, json, printer).await,
    }
}
