//! `rollcall admin`: looking after a store, beside the server that may have it open.

mod audit;
mod integrity;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use rollcall_directory::Fault;
use rollcall_directory::store::Inspector;
use rollcall_directory::store::postgres::Address;
use rollcall_directory::store::sqlite::Place;

use crate::exit_status::ExitStatus;
use crate::printer::Printer;

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
}

/// Which store.
#[derive(Args, Clone)]
#[group(required = true, multiple = false)]
pub struct StoreArguments {
    /// The folder of an embedded store
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A PostgreSQL database, such as postgres://user@127.0.0.1/name
    #[arg(long, value_name = "URL")]
    database: Option<Address>,
}

impl StoreArguments {
    async fn inspect(&self) -> Result<Inspector, Fault> {
        match (&self.data, &self.database) {
            (Some(folder), _) => Inspector::sqlite(&Place::new(folder)),
            (None, Some(address)) => Inspector::postgres(address).await,
            (None, None) => Err(Fault::Unusable("no store was named".to_owned())),
        }
    }
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
    let done = match command {
        Command::Audit { command } => runtime.block_on(audit::run(command, printer)),
        Command::Integrity { store, json } => {
            runtime.block_on(integrity::run(&store, json, printer))
        }
    };
    done.unwrap_or_else(|fault| {
        printer.error(&fault, None);
        ExitStatus::Failed
    })
}
