//! `cargo xtask test`: every check and every test, phase after phase, on a machine that has only Rust and
//! apt-get. A phase that cannot run has failed; nothing is skipped in silence. It ends with a summary whose
//! last line counts every test of every phase.

mod cluster;
mod foreign_clients;
mod log_search;
mod needs;
mod suite;
mod tally;

use std::time::{Duration, Instant};

use anyhow::Result;
use clap::ValueEnum;

use crate::command::{WITH_KEYRING, cargo, run as run_command};
use crate::workspace::Workspace;
use crate::{deploy, fuzz, package, tidy};

pub(crate) use cluster::{Cluster, NOBODY, as_nobody, free_port};
pub(crate) use foreign_clients::{from_npm, set_up_browser};
pub(crate) use needs::{is_root, postgresql_folder};
pub(crate) use suite::{directory_on, with_a_cluster};
pub(crate) use tally::Tally;

const SLOWEST_SHOWN: usize = 10;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Run only this phase; may be given more than once
    #[arg(long, value_name = "PHASE")]
    only: Vec<Phase>,
    /// Go on after a phase that failed
    #[arg(long)]
    keep_going: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Phase {
    Needs,
    Format,
    Lint,
    Tidy,
    ClientsSetup,
    Build,
    Tests,
    DocTests,
    SchemaFuzz,
    Fuzz,
    Package,
    Deploy,
    /// After all that start servers, for it reads what they wrote
    Logs,
}

struct Done {
    name: String,
    took: Duration,
    tally: Tally,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool> {
    let chosen: Vec<Phase> = Phase::value_variants()
        .iter()
        .copied()
        .filter(|phase| options.only.is_empty() || options.only.contains(phase))
        .collect();
    let mut done: Vec<Done> = Vec::new();
    for &phase in &chosen {
        let finished = run_phase(phase, workspace);
        let good = finished.tally.is_good();
        done.push(finished);
        if !good && !options.keep_going {
            break;
        }
    }
    let not_run: Vec<String> = chosen[done.len()..].iter().map(name_of).collect();
    Ok(summarise(done, &not_run))
}

fn run_phase(phase: Phase, workspace: &Workspace) -> Done {
    let name = name_of(&phase);
    println!("\n== {name}");
    let started = Instant::now();
    let tally = work_of(phase, workspace).unwrap_or_else(|error| {
        println!("{name} failed: {error:#}");
        Tally::failed(1)
    });
    let took = started.elapsed();
    let verdict = if tally.is_good() { "good" } else { "FAILED" };
    println!("-- {name}: {verdict}, {:.1} s", took.as_secs_f64());
    Done { name, took, tally }
}

fn work_of(phase: Phase, workspace: &Workspace) -> Result<Tally> {
    match phase {
        Phase::Needs => needs::meet(&workspace.root).map(|()| Tally::default()),
        Phase::Format => one(&workspace.root, &["fmt", "--all", "--check"]),
        Phase::Lint => one(
            &workspace.root,
            &[&["clippy", "--workspace", "--all-targets"], WITH_KEYRING, &["--", "-D", "warnings"]]
                .concat(),
        ),
        Phase::Tidy => tidy::run(workspace),
        Phase::ClientsSetup => foreign_clients::set_up(workspace).map(|()| Tally::default()),
        Phase::Build => {
            let arguments = ["build", "--workspace", "--all-targets"];
            run_command(cargo(&workspace.root).args(arguments).args(WITH_KEYRING))
                .map(|()| Tally::default())
        }
        Phase::Tests => suite::run(workspace),
        Phase::DocTests => suite::run_doc_tests(workspace),
        Phase::SchemaFuzz => foreign_clients::fuzz_by_schema(workspace),
        Phase::Fuzz => fuzz::in_short(workspace),
        Phase::Package => package::in_short(workspace),
        Phase::Deploy => deploy::check_all(workspace),
        Phase::Logs => log_search::run(workspace),
    }
}

/// A cargo command that counts as one test.
fn one(root: &std::path::Path, arguments: &[&str]) -> Result<Tally> {
    run_command(cargo(root).args(arguments)).map(|()| Tally::passed(1))
}

fn name_of(phase: &Phase) -> String {
    phase.to_possible_value().expect("no phase is hidden").get_name().to_owned()
}

fn summarise(done: Vec<Done>, not_run: &[String]) -> bool {
    println!("\n== summary");
    let mut all = Tally::default();
    for Done { name, took, tally } in done {
        let mark = if tally.is_good() { "" } else { "  FAILED" };
        println!("{name:<14} {:>8.1} s{mark}", took.as_secs_f64());
        all.add(tally);
    }
    for name in not_run {
        println!("{name:<14} did not run: a phase before it failed (--keep-going goes on)");
    }
    for (took, name) in all.slowest(SLOWEST_SHOWN) {
        println!("slow {:>9.1} s  {name}", took.as_secs_f64());
    }
    if all.ignored > 0 {
        println!("{} tests are marked as ignored and were not run", all.ignored);
    }
    println!("{} passed, {} failed", all.passed, all.failed);
    all.is_good() && not_run.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logs_are_searched_after_everything_that_writes_them() {
        assert_eq!(Phase::value_variants().last(), Some(&Phase::Logs));
    }

    #[test]
    fn phases_are_named_as_they_are_typed() {
        assert_eq!(name_of(&Phase::ClientsSetup), "clients-setup");
    }

    #[test]
    fn a_phase_that_did_not_run_is_not_success() {
        assert!(summarise(Vec::new(), &[]));
        assert!(!summarise(Vec::new(), &["logs".to_owned()]));
    }
}
