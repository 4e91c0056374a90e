//! `rollcall users`: the people of an account, on any server of the API. They are named by ID,
//! e-mail address or path.

mod act;
mod columns;
mod diff;
mod find;
mod get;
mod given;
pub mod interrupt;
mod list;
mod progress;
mod rules;
mod saved;
mod snapshot;
mod watch;
mod who;

use clap::Subcommand;
use rollcall_sdk::Act;

use crate::connect::connect;
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::runtime;
use crate::telling::Telling;

const SUSPEND_HELP: &str = "\
Everybody is looked at first and shown with the account and the server; then `yes` is to be typed.
People who are not found are shown too, and left out. With --yes nobody sees that: then nothing is
done where somebody is not found, unless --skip-unmatched says to do the others. People whom the
profile protects are left out always. Suspending somebody who is suspended is no error.

Ctrl-C begins no further call, waits for those under way, and tells what was done. The same command
once more does the rest. For many people, `rollcall contain plan` keeps a plan and can be undone.

Exit status: 0 all suspended, 1 not confirmed or a file failed, 2 wrong use, 3 the server was not
reached, 4 the credentials do not work or are not allowed this, 5 done in part, 6 somebody was not
found and nothing was done, 130 interrupted.

Examples:
  rollcall users suspend ann@example.com
  rollcall users suspend --from alerts.csv --column email
  rollcall users suspend --from people.txt --yes --skip-unmatched --output csv > results.csv
  jq -r .user alerts.jsonl | rollcall users suspend - --yes";

const REACTIVATE_HELP: &str = "\
Everybody is looked at first and shown with the account and the server; then `yes` is to be typed.
People who are not found are shown too, and left out. With --yes nobody sees that: then nothing is
done where somebody is not found, unless --skip-unmatched says to do the others. Reactivating
somebody who is active is no error.

Ctrl-C begins no further call, waits for those under way, and tells what was done.

Exit status: 0 all active, 1 not confirmed or a file failed, 2 wrong use, 3 the server was not
reached, 4 the credentials do not work or are not allowed this, 5 done in part, 6 somebody was not
found and nothing was done, 130 interrupted.

Examples:
  rollcall users reactivate ann@example.com
  rollcall users reactivate --from people.txt --yes";

#[derive(Subcommand)]
pub enum Command {
    /// List people, as they come
    List(Box<list::List>),
    /// Look people up
    Get(Box<get::Get>),
    /// Suspend people: shows them, asks, and tells each result
    #[command(after_help = SUSPEND_HELP)]
    Suspend(Box<act::Acting>),
    /// Let suspended people in again: shows them, asks, and tells each result
    #[command(after_help = REACTIVATE_HELP)]
    Reactivate(Box<act::Acting>),
    /// Compare two saved listings
    Diff(Box<diff::Diff>),
    /// Read the list again and again, and print what changes
    Watch(Box<watch::Watch>),
}

type Done = Result<ExitStatus, Failure>;

impl Command {
    fn telling(&self) -> &Telling {
        match self {
            Self::List(list) => &list.telling,
            Self::Get(get) => &get.telling,
            Self::Suspend(acting) | Self::Reactivate(acting) => &acting.telling,
            Self::Diff(diff) => &diff.telling,
            Self::Watch(watch) => &watch.telling,
        }
    }
}

pub fn run(command: Command) -> ExitStatus {
    let printer = command.telling().start();
    let Some(runtime) = runtime::of_many_threads(&printer) else {
        return ExitStatus::Failed;
    };
    // A keyring or a command may wait for somebody before it gives the secret: before any future runs.
    let done = match command {
        Command::List(list) => connect(&list.whom)
            .and_then(|connected| runtime.block_on(list::run(*list, &connected, &printer))),
        Command::Get(get) => connect(&get.whom)
            .and_then(|connected| runtime.block_on(get::run(*get, &connected, &printer))),
        Command::Suspend(acting) => connect(&acting.whom).and_then(|connected| {
            runtime.block_on(act::run(Act::Suspend, *acting, &connected, &printer))
        }),
        Command::Reactivate(acting) => connect(&acting.whom).and_then(|connected| {
            runtime.block_on(act::run(Act::Reactivate, *acting, &connected, &printer))
        }),
        Command::Diff(diff) => diff::run(&diff, &printer),
        Command::Watch(watch) => connect(&watch.whom)
            .and_then(|connected| runtime.block_on(watch::run(*watch, &connected, &printer))),
    };
    done.unwrap_or_else(|failure| failure.tell(&printer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_reads_as_it_should() {
        let mut users = Command::augment_subcommands(clap::Command::new("users"));
        users.build();
        let mut text = users.render_help().to_string();
        for name in ["list", "get", "suspend", "reactivate", "diff", "watch"] {
            let found = users.find_subcommand(name).unwrap().clone();
            // What is told of servers and credentials is looked at where it is made.
            let is_shared = |one: &clap::Arg| one.get_help_heading().is_some();
            let mut own = found.mut_args(|one| if is_shared(&one) { one.hide(true) } else { one });
            text.push_str(&format!("\n==== {name}\n{}", own.render_long_help()));
        }
        insta::assert_snapshot!(text);
    }
}
