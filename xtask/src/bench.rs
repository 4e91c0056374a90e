//! `cargo xtask bench` and `cargo xtask profile`: build what is measured and what measures it, install the
//! peers from npm into the target folder, and run the load on a core of its own.

use anyhow::{Context as _, Result, ensure};
use clap::Parser;

use crate::command::{cargo, command, find_program, run};
use crate::test::from_npm;
use crate::workspace::Workspace;

/// `--help` shows what each measurement may be told
#[derive(Parser)]
pub(crate) struct Options {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "OPTION")]
    options: Vec<String>,
}

pub(crate) fn measure(workspace: &Workspace, task: &str, options: &Options) -> Result<bool> {
    for (program, package) in
        [("taskset", "util-linux"), ("perf", "linux-perf"), ("node", "nodejs"), ("npm", "npm")]
    {
        let is_needed = match program {
            "perf" => task == "profile",
            "node" | "npm" => task == "run",
            _ => true,
        };
        ensure!(
            !is_needed || find_program(program).is_some(),
            "{program} is missing:\n    apt-get update && apt-get install -y {package}"
        );
    }
    let packages = ["--package", "rollcall", "--package", "rollcall-bench"];
    run(cargo(&workspace.root).args(["build", "--profile", "packaged"]).args(packages))?;
    let (kept, npm) = (workspace.bench(), workspace.bench().join("peers"));
    std::fs::create_dir_all(&kept)?;
    let mut measurement = command("taskset");
    measurement
        .args(["--cpu-list", "1"])
        .arg(workspace.target.join("packaged/rollcall-bench"))
        .arg(task)
        .arg("--kept")
        .arg(&kept);
    if task == "run" {
        from_npm(&workspace.root.join("bench/peers"), &npm, &["oidc.mjs"])?;
        let page = workspace.root.join("docs/reference/performance.md");
        measurement.arg("--npm").arg(npm).arg("--page").arg(page);
    }
    let status = measurement.args(&options.options).status().context("the measurement")?;
    Ok(status.success())
}
