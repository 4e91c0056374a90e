//! The project's chores, run as `cargo xtask <chore>`: `test` is everything that must hold before a change
//! is shown to others, `tidy` is the part of it that reads the source and nothing else.
//! They are Rust and not shell, so that a machine with only Rust on it can run them.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a chore speaks to the person who runs it, and to nobody else"
)]

mod bench;
mod chaos;
mod command;
mod contain_crash;
mod deploy;
mod fuzz;
mod package;
mod pictures;
mod postgres_versions;
mod simulate;
mod startup;
mod test;
mod tidy;
mod transcript;
mod upgrade;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's chores")]
enum Chore {
    /// Run every check and every test, installing what they need
    Test(test::Options),
    /// Check the rules of the house that no compiler checks
    Tidy,
    /// Feed hostile input to everything that reads what strangers and operators write
    Fuzz(fuzz::Options),
    /// Make a Debian package
    Package(package::Options),
    /// Hold the files of deploy/ against the programs that read them
    DeployCheck,
    /// Run the services of the Compose file without Docker, and kill the primary (as root)
    DeployTrial,
    /// Play long odd histories against the reference model, on both databases
    Simulate(simulate::Options),
    /// Kill runs of `contain apply` at random moments, resume them, and hold them against their plan
    ContainCrash(contain_crash::Options),
    /// Lose machines, lines and disks of a cluster under load, and look for anything lost
    Chaos(chaos::Options),
    /// Measure the server beside a bare one, its peers from npm, and the disk
    Bench(bench::Options),
    /// Run a server under load for a long time, with all that happens to one
    Soak(bench::Options),
    /// Where the time of one kind of call goes
    Profile(bench::Options),
    /// Replace nodes of the version before by nodes of this one, under load
    Upgrade(upgrade::Options),
    /// Take the pictures of the console's pages that stand in the documents
    Pictures,
    /// Write anew what the guide's incident says, and the terminal's picture
    Transcript,
    /// Hold the directory against each version of PostgreSQL that is to be had
    PostgresVersions,
    /// Measure how long `rollcall dev` takes to be ready
    Startup(startup::Options),
}

fn main() -> ExitCode {
    match run(Chore::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything held. An error means that the chore itself could not be done.
fn run(chore: Chore) -> Result<bool> {
    let workspace = Workspace::find()?;
    match chore {
        Chore::Test(options) => test::run(&workspace, &options),
        Chore::Fuzz(options) => fuzz::fuzz(&workspace, &options),
        Chore::Package(options) => package::package(&workspace, &options),
        Chore::DeployTrial => deploy::trial(&workspace),
        Chore::DeployCheck => deploy::run(&workspace),
        Chore::Simulate(options) => simulate::simulate(&workspace, &options),
        Chore::ContainCrash(options) => contain_crash::contain_crash(&workspace, &options),
        Chore::Chaos(options) => chaos::chaos(&workspace, &options),
        Chore::Bench(options) => bench::measure(&workspace, "run", &options),
        Chore::Soak(options) => bench::measure(&workspace, "soak", &options),
        Chore::Profile(options) => bench::measure(&workspace, "profile", &options),
        Chore::Startup(options) => startup::measure(&workspace, &options),
        Chore::Upgrade(options) => upgrade::upgrade(&workspace, &options),
        Chore::Pictures => pictures::take(&workspace),
        Chore::PostgresVersions => postgres_versions::run(&workspace),
        Chore::Transcript => transcript::write(&workspace),
        Chore::Tidy => Ok(tidy::run(&workspace)?.is_good()),
    }
}
