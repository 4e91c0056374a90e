//! The one binary, `rollcall`. Arguments are taken apart here; each command is a file in
//! `commands/`, prints through the printer and returns an exit status.

#![cfg_attr(test, allow(clippy::unwrap_used))]
#![allow(unreachable_pub, reason = "nothing outside can reach into a binary")]

mod commands;
mod completion;
mod connect;
mod database;
mod exit_status;
mod failure;
mod given_file;
mod logging;
mod open_files;
mod output;
mod printer;
mod private_file;
mod profile;
mod root_key;
mod running_double;
mod runtime;
mod settings;
mod telemetry;
mod telling;

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::CompleteEnv;

use printer::Printer;
use rollcall_contain::shown;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// An open server that speaks the Users API, and its command line.
///
/// Not affiliated with 1Password.
#[derive(Parser)]
#[command(
    name = "rollcall",
    version,
    arg_required_else_help = true,
    after_help = "\
Examples:
  rollcall dev                           a double on this machine, with people in it
  rollcall dev -- pytest                 the same around a test suite
  rollcall sandbox reset                 that double, as it was at its start
  rollcall serve --config FILE           an organisation's own server
  rollcall admin audit verify --data DIR is the audit log whole?"
)]
struct Rollcall {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a double of the hosted API on this machine, with people in it
    Dev(Box<commands::dev::Options>),
    /// Run an organisation's own server
    Serve(Box<commands::serve::Options>),
    /// Speak with a double that runs: reset, clock, snapshots, faults, accounts
    Sandbox(Box<commands::sandbox::Sandbox>),
    /// Look after a store
    Admin {
        #[command(subcommand)]
        command: Box<commands::admin::Command>,
    },
    /// List, look up, suspend and reactivate people, and see what changes, on any server of the API
    Users {
        #[command(subcommand)]
        command: Box<commands::users::Command>,
    },
    /// Suspend many people by a plan, on record, and take it back
    Contain(Box<commands::contain::Contain>),
    /// Hold a server against what is known of the Users API
    Conform(Box<commands::conform::Options>),
    /// Keep a server, an account and credentials as a profile, for the commands that ask a server
    Login(Box<commands::login::Options>),
    /// Forget the secret of a profile
    Logout(commands::logout::Options),
    /// Whom the commands would ask, and what the credentials may do
    Whoami(Box<commands::whoami::Options>),
    /// The profiles: list, show, choose, remove, and whom they protect
    Profiles(commands::profiles::Options),
    /// Print a completion script for your shell
    #[command(after_help = "\
The script asks the binary while you type, so that it knows your profiles and runs. Print it anew
with each version, or load it where your shell starts, as in the second example.

Examples:
  rollcall completions bash > ~/.local/share/bash-completion/completions/rollcall
  source <(rollcall completions bash)")]
    Completions { shell: clap_complete::Shell },
    /// Write a manual page for each command into a folder, as packages want them
    #[command(hide = true)]
    ManPages { folder: std::path::PathBuf },
}

fn main() -> std::process::ExitCode {
    // A shell that asks what could be written next is answered here, and the process ends.
    CompleteEnv::with_factory(Rollcall::command).var(completion::VARIABLE).complete();
    // Wrong use ends here, with 2 and a hint; help and version with 0.
    let rollcall = Rollcall::parse();
    let printer = Printer::new();
    // For all that speaks TLS: the one provider, once. An error would say that it is there already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let status = match rollcall.command {
        Command::Dev(options) => commands::dev::run(*options, &printer),
        Command::Serve(options) => commands::serve::run(*options, &printer),
        Command::Sandbox(sandbox) => commands::sandbox::run(*sandbox, &printer),
        Command::Admin { command } => commands::admin::run(*command, &printer),
        Command::Users { command } => commands::users::run(*command),
        Command::Contain(contain) => commands::contain::run(*contain),
        Command::Conform(options) => commands::conform::run(&options, &printer),
        Command::Login(options) => commands::login::run(&options),
        Command::Logout(options) => commands::logout::run(&options),
        Command::Whoami(options) => commands::whoami::run(&options),
        Command::Profiles(options) => commands::profiles::run(&options),
        Command::Completions { shell } => completion::script(shell, &printer),
        Command::ManPages { folder } => {
            commands::man_pages::write(Rollcall::command(), &folder, &printer)
        }
    };
    printer.end(status).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_well_formed() {
        Rollcall::command().debug_assert();
    }

    #[test]
    fn help_reads_as_it_should() {
        let mut command = Rollcall::command();
        command.build();
        let mut text = command.render_help().to_string();
        for name in ["dev", "serve", "sandbox", "admin", "conform", "completions"] {
            let found = command.find_subcommand_mut(name).unwrap();
            text.push_str(&format!("\n==== {name}\n{}", found.render_long_help()));
        }
        insta::assert_snapshot!(text);
    }

    /// Of the commands that ask a server, each with those below it.
    #[test]
    fn help_of_the_commands_that_ask_a_server_reads_as_it_should() {
        let mut command = Rollcall::command();
        command.build();
        for name in ["login", "logout", "whoami", "profiles", "users", "contain"] {
            let mut text = String::new();
            with_those_below(command.find_subcommand_mut(name).unwrap(), &mut text);
            insta::assert_snapshot!(format!("help_of_{name}"), text);
        }
    }

    fn with_those_below(command: &mut clap::Command, text: &mut String) {
        let name = command.get_bin_name().unwrap().to_owned();
        text.push_str(&format!("==== {name}\n{}\n", command.render_long_help()));
        let below = command.get_subcommands_mut().filter(|below| below.get_name() != "help");
        below.for_each(|below| with_those_below(below, text));
    }
}
