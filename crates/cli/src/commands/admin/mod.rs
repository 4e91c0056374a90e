//! `rollcall admin`: looking after a store, beside the server that may have it open. Each verb is a
//! file. What it changes holds on the server's next call.

mod account;
mod application;
mod audit;
mod backup;
mod doctor;
mod error;
mod integrity;
mod keys;
mod migrate;
mod new_link;
mod new_secret;
mod people;
mod private_file;
mod recover;
mod restore;
mod restored;
mod secret;
mod settings;
mod store;
mod when;
mod which_account;

use clap::Subcommand;

use crate::exit_status::ExitStatus;
use crate::printer::Printer;
use crate::runtime;

use error::AdminError;
use store::StoreArguments;

/// What a command is: `Ok` is how it ended, whether or not it found what it looked for.
type Done = Result<ExitStatus, AdminError>;

#[derive(Subcommand)]
pub enum Command {
    /// Applications, through which integrations call: create, list, show, edit, delete
    Application {
        #[command(subcommand)]
        command: application::Command,
    },
    /// The secrets of an application: add, list, edit, retire
    Secret {
        #[command(subcommand)]
        command: secret::Command,
    },
    /// Accounts: make, list, change
    Account {
        #[command(subcommand)]
        command: account::Command,
    },
    /// People: list, add, remove, suspend, reactivate, group, link, import
    People {
        #[command(subcommand)]
        command: people::Command,
    },
    /// Make somebody an active owner when no owner can sign in
    Recover(recover::Recover),
    /// The audit log: is it whole, and where does it end?
    Audit {
        #[command(subcommand)]
        command: audit::Command,
    },
    /// Copy an embedded store, while it is served, and check the copy
    #[command(after_help = "\
The copy is one snapshot: all that was answered before it began is in it. The server goes on. The
root key is not in it: keep that elsewhere, for without it the backup is of no use.

Exit status: 0 made and found whole, 1 it could not be, 2 wrong use.

Examples:
  rollcall admin backup --data /var/lib/rollcall --to /var/backups/rollcall/
  rollcall admin backup --data /var/lib/rollcall --to today.sqlite --json")]
    Backup(Box<backup::Options>),
    /// Make a store of a backup, in an empty place
    #[command(after_help = "\
Every person's and account's epoch is raised, the MAC keys are replaced, and each account's audit
log says so. Tokens, page tokens and sessions from before do not work. Client secrets and passwords
do, as they were in the backup: what was retired or changed since must be so again.

Exit status: 0 restored, 1 it could not be and nothing is left, 2 wrong use.

Example:
  rollcall admin restore --from today.sqlite --data ./rollcall-data --root-key-file root.key")]
    Restore(restore::Options),
    /// Make a PostgreSQL database safe that came back from a backup, before it is served
    #[command(after_help = "\
For a database that PostgreSQL itself restored, or recovered to a moment of the past. Every person's
and account's epoch is raised, the MAC keys are replaced, sessions and one-time links are gone, and
each account's audit log says so, in one transaction. Client secrets and passwords are those of that
moment. Refused while a node serves the database.

Exit status: 0 done, 1 it could not be and nothing was changed, 2 wrong use.

Example:
  rollcall admin restored --database postgres://rollcall@db.example.com/rollcall \\
      --root-key-file root.key")]
    Restored(Box<restored::Options>),
    /// Move a store between SQLite and PostgreSQL, whole and compared
    #[command(after_help = "\
A place is a folder or the address of a PostgreSQL database. Stop every server of the source first,
and name a new place as the target. Everything moves: people, secrets, sessions, vaults, keys, the
audit log byte for byte. The target is served with the same root key. While it moves, neither place
can be served; at the end both are compared, the target may be served and the source says that it
was moved. A move that broke off goes on where it was: run the same command again.

Exit status: 0 moved and found the same, 1 not (run it again, or --abandon), 2 wrong use.

Examples:
  rollcall admin migrate --from /var/lib/rollcall --to postgres://rollcall@db.example.com/rollcall \\
      --to-password-file /etc/rollcall/database-password
  rollcall admin migrate --from postgres://rollcall@127.0.0.1/rollcall --to ./rollcall-data --json
  rollcall admin migrate --from /var/lib/rollcall --to postgres://127.0.0.1/rehearsal --keep-source")]
    Migrate(Box<migrate::Options>),
    /// Look at a set-up that is in use, and say what to do
    #[command(after_help = "\
Each line is a check: good, a warning, or BAD with the way out. It changes nothing. Run it as the
server's user, in the server's environment, or what only the server may read is not seen.

Exit status: 0 nothing is bad, 1 something is, 2 wrong use.

Examples:
  rollcall admin doctor --config /etc/rollcall/rollcall.toml
  rollcall admin doctor --data /var/lib/rollcall --root-key-file root.key --json")]
    Doctor(Box<doctor::Options>),
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
    /// The keys that sign tokens, and the root key above them
    Keys {
        #[command(subcommand)]
        command: Box<keys::Command>,
    },
    /// Print every setting of the server, and where it came from
    Settings(Box<settings::Options>),
}

pub fn run(command: Command, printer: &Printer) -> ExitStatus {
    crate::logging::start("warn");
    let Some(runtime) = runtime::of_one_thread(printer) else {
        return ExitStatus::Failed;
    };
    runtime.block_on(dispatch(command, printer)).unwrap_or_else(|error| {
        printer.error(&error, error.hint().as_deref());
        error.status()
    })
}

async fn dispatch(command: Command, printer: &Printer) -> Done {
    match command {
        Command::Application { command } => application::run(command, printer).await,
        Command::Secret { command } => secret::run(command, printer).await,
        Command::Account { command } => account::run(command, printer).await,
        Command::People { command } => people::run(command, printer).await,
        Command::Recover(recover) => recover::run(recover, printer).await,
        Command::Audit { command } => audit::run(command, printer).await,
        Command::Keys { command } => keys::run(*command, printer).await,
        Command::Settings(options) => settings::run(&options, printer),
        Command::Doctor(options) => doctor::run(&options, printer).await,
        Command::Backup(options) => backup::run(&options, printer).await,
        Command::Restore(options) => restore::run(&options, printer).await,
        Command::Restored(options) => restored::run(&options, printer).await,
        Command::Migrate(options) => migrate::run(&options, printer).await,
        Command::Integrity { store, json } => integrity::run(&store, json, printer).await,
    }
}
