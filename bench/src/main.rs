//! The measurements: `cargo xtask bench`, `soak` and `profile` build this and run it. A member of
//! its own, so that the load generator and the bare server are built as the server is, and the
//! chores stay small.
#![cfg_attr(test, allow(clippy::unwrap_used))]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement speaks to the person who runs it"
)]

mod bare;
mod calls;
mod chance;
mod http;
mod load;
mod machine;
mod organisation;
mod page;
mod peers;
mod postgres;
mod profile;
mod report;
mod sections;
mod server;
mod shot;
mod soak;
mod sqlite_floor;

use std::process::ExitCode;

use clap::Parser;

/// The server's own allocator, so that the bare server has it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(about = "Measures the server beside a bare one, its peers and the disk")]
enum Task {
    /// Measure, print, and say which goals are reached
    Run(sections::Options),
    /// Where the time of one kind of call goes
    Profile(profile::Options),
    /// A server as it is run, under load for a long time, with all that happens to one
    Soak(soak::Options),
    /// The bare server: fixed answers on the same framework
    #[command(hide = true)]
    Bare(bare::Options),
    /// One-row updates by group commit, in this process
    #[command(hide = true)]
    Floor(sqlite_floor::Options),
}

fn main() -> ExitCode {
    let done = match Task::parse() {
        Task::Run(options) => sections::run(&options),
        Task::Profile(options) => profile::run(&options),
        Task::Soak(options) => soak::run(&options),
        Task::Bare(options) => bare::serve(&options).map(|()| true),
        Task::Floor(options) => sqlite_floor::run(&options).map(|()| true),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
