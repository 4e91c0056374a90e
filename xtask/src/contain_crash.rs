//! `cargo xtask contain-crash`: runs of `contain apply` that are killed at random and resumed.

use anyhow::{Result, ensure};
use clap::Parser;

use crate::command::{cargo, find_program, run};
use crate::workspace::Workspace;

/// Kill runs of `contain apply` at random moments, resume them, and hold them against their plan
#[derive(Parser)]
pub(crate) struct Options {
    /// How many runs of forty people, each killed up to three times
    #[arg(long, default_value_t = 100)]
    rounds: u64,
    /// The same moments again, as a run printed it
    #[arg(long)]
    seed: Option<u64>,
}

pub(crate) fn contain_crash(workspace: &Workspace, options: &Options) -> Result<bool> {
    ensure!(
        find_program("strace").is_some(),
        "strace is missing:\n    apt-get update && apt-get install -y strace"
    );
    run(cargo(&workspace.root).args(["build", "--package", "rollcall"]))?;
    let mut command = cargo(&workspace.root);
    command.env("ROLLCALL_BIN", workspace.rollcall());
    command.env("ROLLCALL_CONTAIN_CRASH_ROUNDS", options.rounds.to_string());
    if let Some(seed) = options.seed {
        command.env("ROLLCALL_CONTAIN_CRASH_SEED", seed.to_string());
    }
    command.args(["test", "--package", "rollcall-system-tests", "--test", "system"]);
    command.args(["--", "responder::killed::rounds", "--nocapture"]);
    Ok(command.status()?.success())
}
