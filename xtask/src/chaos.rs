//! `cargo xtask chaos`: a cluster of PostgreSQL, two nodes, and everything that happens to machines.

use std::fs;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use clap::Parser;

use crate::command::{WITH_KEYRING, cargo, find_program, run};
use crate::test::postgresql_folder;
use crate::workspace::Workspace;

/// What a cluster is made of, beside PostgreSQL, and Debian's package of it.
const PROGRAMS: &[(&str, &str)] = &[
    ("patroni", "patroni"),
    ("etcd", "etcd-server"),
    ("haproxy", "haproxy"),
    ("setpriv", "util-linux"),
];

/// Lose machines, lines and disks of a cluster under load, and look for anything lost
#[derive(Parser)]
pub(crate) struct Options {
    /// For how long new faults are begun
    #[arg(long, default_value_t = 30)]
    minutes: u64,
    /// The same faults again, as a run printed it
    #[arg(long)]
    seed: Option<u64>,
    /// Only these faults, divided by commas
    #[arg(long, default_value = "")]
    only: String,
    /// All but these: `full-disk` where no disk may be mounted
    #[arg(long, default_value = "")]
    without: String,
    /// Print the report as JSON on standard output, and the rest on standard error
    #[arg(long)]
    json: bool,
}

pub(crate) fn chaos(workspace: &Workspace, options: &Options) -> Result<bool> {
    for (program, package) in PROGRAMS {
        let is_there = find_program(program).is_some()
            || ["/usr/sbin", "/sbin"]
                .iter()
                .any(|folder| std::path::Path::new(folder).join(program).is_file());
        ensure!(
            is_there,
            "{program} is missing:\n    apt-get update && apt-get install -y {package}"
        );
    }
    ensure!(
        postgresql_folder().is_some(),
        "PostgreSQL is missing:\n    apt-get update && apt-get install -y postgresql"
    );
    run(cargo(&workspace.root).args(["build", "--package", "rollcall"]).args(WITH_KEYRING))?;
    let (logs, report) = (workspace.target.join("chaos-logs"), workspace.target.join("chaos.json"));
    fs::create_dir_all(&logs)?;
    if report.exists() {
        fs::remove_file(&report)?;
    }
    let mut command = cargo(&workspace.root);
    command
        .env("ROLLCALL_BIN", workspace.rollcall())
        .env("ROLLCALL_TEST_LOGS", &logs)
        .env("ROLLCALL_CHAOS_MINUTES", options.minutes.to_string())
        .env("ROLLCALL_CHAOS_ONLY", &options.only)
        .env("ROLLCALL_CHAOS_WITHOUT", &options.without)
        .env("ROLLCALL_CHAOS_REPORT", &report);
    if let Some(seed) = options.seed {
        command.env("ROLLCALL_CHAOS_SEED", seed.to_string());
    }
    command.args(["test", "--package", "rollcall-system-tests", "--test", "system"]);
    command.args(["--", "chaos::machines_are_lost", "--nocapture"]);
    if options.json {
        command.stdout(Stdio::from(std::io::stderr()));
    }
    let survived = command.status().context("the run did not start")?.success();
    if options.json && report.exists() {
        println!("{}", fs::read_to_string(&report)?);
    }
    println_logs(options.json, &logs);
    Ok(survived)
}

fn println_logs(json: bool, logs: &std::path::Path) {
    let words = format!("logs of all programs: {}", logs.display());
    if json { eprintln!("{words}") } else { println!("{words}") }
}
