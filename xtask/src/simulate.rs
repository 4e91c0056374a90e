//! `cargo xtask simulate`: the long form of the simulation, or one of its seeds again.

use anyhow::Result;
use clap::Parser;

use crate::command::{cargo, run};
use crate::test::with_a_cluster;
use crate::workspace::Workspace;

/// Play long odd histories against the reference model, on both databases
#[derive(Parser)]
pub(crate) struct Options {
    /// How many plans of fresh seeds
    #[arg(long, default_value_t = 1000, conflicts_with = "seed")]
    rounds: u64,
    /// Only this seed, as a failure printed it
    #[arg(long)]
    seed: Option<u64>,
}

pub(crate) fn simulate(workspace: &Workspace, options: &Options) -> Result<bool> {
    run(cargo(&workspace.root).args(["build", "--package", "rollcall"]))?;
    let (name, number) = match options.seed {
        Some(seed) => ("ROLLCALL_SIM_SEED", seed),
        None => ("ROLLCALL_SIM_ROUNDS", options.rounds),
    };
    with_a_cluster(workspace, |command| {
        command.env(name, number.to_string());
        let arguments = ["test", "--package", "rollcall-system-tests", "--test", "system"];
        command.args(arguments).args(["--", "simulation::the_store_agrees", "--nocapture"]);
    })
}
