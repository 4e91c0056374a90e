//! `rollcall whoami`: whom the commands would ask, and what the credentials may do, by trying what
//! changes nothing.

mod says;
mod server;
pub mod tried;

use clap::Args;

use crate::connect::{Chosen, Whom, choose};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::printer::Printer;
use crate::runtime;
use crate::telling::Telling;
use server::Server;
use tried::Tried;

#[derive(Args)]
#[command(after_help = "\
It takes a token, lists one person, and gets that person (or asks for an ID that nobody has).
Suspending and reactivating are not tried: only doing them would show whether they are allowed.

Exit status: 0 the credentials work, 2 wrong use, 3 the server was not reached, 4 the credentials do
not work, or are allowed nothing that was tried.

Examples:
  rollcall whoami
  rollcall whoami --profile prod --json
  rollcall dev -- rollcall whoami")]
pub struct Options {
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    whom: Whom,
    #[command(flatten)]
    telling: Telling,
}

/// All that is found out.
struct Found<'a> {
    chosen: &'a Chosen,
    server: Server,
    tried: Result<Tried, Failure>,
}

pub fn run(options: &Options) -> ExitStatus {
    let printer = options.telling.start();
    let Some(runtime) = runtime::of_one_thread(&printer) else {
        return ExitStatus::Failed;
    };
    match runtime.block_on(look(options, &printer)) {
        Ok(status) => status,
        Err(failure) => failure.tell(&printer),
    }
}

async fn look(options: &Options, printer: &Printer) -> Result<ExitStatus, Failure> {
    let chosen = choose(&options.whom)?;
    let client = chosen.client(chosen.read_secret()?)?;
    let tried = tried::try_out(&client).await.map_err(Failure::from);
    let server = server::ask(&chosen).await;
    let found = Found { chosen: &chosen, server, tried };
    printer.data(&if options.json { says::json(&found) } else { says::words(&found) });
    match found.tried {
        Ok(tried) if tried.is_of_use() => Ok(ExitStatus::Done),
        Ok(_) => Err(tried::allowed_nothing()),
        // What it hints at is this command.
        Err(failure) => Err(Failure { hint: tried::way_out(failure.status), ..failure }),
    }
}
