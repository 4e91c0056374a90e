//! Every test of the workspace, by nextest where it is there and by `cargo test` where it is not, and, in a
//! phase of their own, the doc tests. The tests get one PostgreSQL cluster, the binary, the foreign clients,
//! and a folder where each server they start leaves its log.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::cluster::Cluster;
use super::needs::has_nextest;
use super::tally::Tally;
use crate::command::{WITH_KEYRING, cargo, command, run_watched};
use crate::workspace::Workspace;

mod cargo_test;
mod nextest;

/// The crate whose examples ask a server.
const SDK: &str = "rollcall-sdk";
const DIRECTORY: &str = "rollcall-directory";

pub(crate) fn run(workspace: &Workspace) -> Result<Tally> {
    ensure!(
        workspace.rollcall().is_file(),
        "{} is missing; run the phase `build`",
        workspace.rollcall().display()
    );
    empty_the_logs(workspace)?;
    let cluster = Cluster::start()?;
    println!("PostgreSQL for this run: {}", cluster.url());
    tests(workspace, &cluster)
}

/// Those of the SDK ask a server, so they run around a double; the others need nothing.
pub(crate) fn run_doc_tests(workspace: &Workspace) -> Result<Tally> {
    ensure!(
        workspace.rollcall().is_file(),
        "{} is missing; run the phase `build`",
        workspace.rollcall().display()
    );
    let apart = ["test", "--workspace", "--exclude", SDK, "--doc", "--no-fail-fast"];
    let mut all = by_cargo_test(cargo(&workspace.root).args(apart).args(WITH_KEYRING))?;
    // In plain text, and as a client that has the hosted address written into it.
    for (dev, hosted) in
        [(&["dev"][..], None), (&["dev", "--tls"], Some("https://api.1password.com"))]
    {
        let mut around = command(workspace.rollcall());
        around.args(dev).args(["--listen", "127.0.0.1:0", "--", "env"]);
        around.args(hosted.map(|url| format!("ROLLCALL_URL={url}")));
        around.arg(cargo(&workspace.root).get_program()).args(["test", "--doc", "-p", SDK]);
        let of_the_sdk = by_cargo_test(around.current_dir(&workspace.root))?;
        ensure!(of_the_sdk.passed > 0, "no example of the SDK was run");
        all.add(of_the_sdk);
    }
    Ok(all)
}

fn tests(workspace: &Workspace, cluster: &Cluster) -> Result<Tally> {
    let mut command = with_settings(cargo(&workspace.root), workspace, cluster);
    if !has_nextest(&workspace.root) {
        let arguments = ["test", "--workspace", "--all-targets", "--no-fail-fast"];
        return by_cargo_test(command.args(arguments).args(WITH_KEYRING));
    }
    command.args(["nextest", "run", "--workspace", "--no-fail-fast"]).args(WITH_KEYRING);
    command.args(["--color", "never", "--status-level", "pass"]);
    let mut report = nextest::Report::default();
    let status = run_watched(&mut command, |line| report.read(line))?;
    Ok(at_least_one_failed(report.tally(), status.success()))
}

/// Runs one cargo command with what the tests are given; whether it succeeded.
pub(crate) fn with_a_cluster(
    workspace: &Workspace,
    arguments: impl FnOnce(&mut Command),
) -> Result<bool> {
    let cluster = Cluster::start()?;
    let mut command = with_settings(cargo(&workspace.root), workspace, &cluster);
    arguments(&mut command);
    Ok(command.status()?.success())
}

/// What the directory must do on PostgreSQL, on the cluster that is given.
pub(crate) fn directory_on(workspace: &Workspace, cluster: &Cluster) -> Result<Tally> {
    let mut command = with_settings(cargo(&workspace.root), workspace, cluster);
    command.args(["test", "-p", DIRECTORY, "--lib", "--tests", "--no-fail-fast", "postgres"]);
    let tally = by_cargo_test(&mut command)?;
    ensure!(tally.passed + tally.failed > 0, "no test of the directory was run");
    Ok(tally)
}

fn by_cargo_test(command: &mut Command) -> Result<Tally> {
    let mut report = cargo_test::Report::default();
    let status = run_watched(command, |line| report.read(line))?;
    Ok(at_least_one_failed(report.tally(), status.success()))
}

/// Tests that did not even compile have failed, though nobody counted them.
fn at_least_one_failed(mut tally: Tally, succeeded: bool) -> Tally {
    if !succeeded && tally.failed == 0 {
        tally.failed = 1;
    }
    tally
}

fn with_settings(mut command: Command, workspace: &Workspace, cluster: &Cluster) -> Command {
    command
        .env("ROLLCALL_TEST_POSTGRES", cluster.url())
        .env("ROLLCALL_BIN", workspace.rollcall())
        .env("ROLLCALL_CLIENTS", workspace.clients())
        .env("ROLLCALL_TEST_LOGS", workspace.test_logs())
        .env("ROLLCALL_TEST_SECRETS", workspace.test_secrets());
    command
}

fn empty_the_logs(workspace: &Workspace) -> Result<()> {
    let logs = workspace.test_logs();
    if logs.exists() {
        fs::remove_dir_all(&logs).with_context(|| format!("{} stays full", logs.display()))?;
    }
    fs::create_dir_all(&logs)?;
    fs::write(workspace.test_secrets(), "")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_counted_nothing_and_failed_has_failed() {
        assert_eq!(at_least_one_failed(Tally::default(), false), Tally::failed(1));
        assert_eq!(at_least_one_failed(Tally::failed(3), false), Tally::failed(3));
        assert_eq!(at_least_one_failed(Tally::passed(3), true), Tally::passed(3));
    }
}
