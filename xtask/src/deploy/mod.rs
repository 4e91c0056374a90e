//! `cargo xtask deploy-check`, and a phase of the tests: the files of `deploy/` as the programs that
//! read them see them (HAProxy, Patroni, systemd, Prometheus, Compose, our own settings). Nothing is
//! started here but the programs' own checks; what that leaves untested is said in `deploy/README.md`.

mod checks;
mod monitoring;
mod staged;

use anyhow::{Result, ensure};

use crate::command::command;
use crate::test::{Tally, is_root};
use crate::workspace::Workspace;

use staged::Staged;

type Check = fn(&Workspace, &Staged) -> Result<()>;

const CHECKS: &[(&str, Check)] = &[
    ("the secrets that are made fit together", checks::secrets),
    ("the Compose file, read by Compose", checks::compose),
    ("what the Compose file mounts is there", checks::mounts),
    ("HAProxy reads its file without a warning", checks::haproxy),
    ("Patroni reads its file", checks::patroni),
    ("systemd reads the units with what is added to them", checks::units),
    ("etcd knows every setting of its file", checks::etcd),
    ("the settings of a node, read by rollcall", checks::settings),
    ("the rules of Prometheus, and what they raise", monitoring::rules),
    ("the questions of the dashboard", monitoring::dashboard),
];

pub(crate) fn run(workspace: &Workspace) -> Result<bool> {
    Ok(check_all(workspace)?.is_good())
}

/// Debian's own Python, for that is the one with Patroni's libraries.
pub(crate) fn trial(workspace: &Workspace) -> Result<bool> {
    let rollcall = workspace.rollcall();
    ensure!(rollcall.is_file(), "{} is missing; run the phase `build`", rollcall.display());
    ensure!(is_root(), "it makes namespaces and mounts: only root may");
    let mut trial = command("/usr/bin/python3");
    trial.arg(workspace.root.join("deploy/compose/trial.py")).arg(rollcall);
    Ok(trial.status()?.success())
}

pub(crate) fn check_all(workspace: &Workspace) -> Result<Tally> {
    let staged = Staged::make(workspace)?;
    let mut tally = Tally::default();
    for (name, check) in CHECKS {
        let outcome = check(workspace, &staged);
        match &outcome {
            Ok(()) => println!("ok      {name}"),
            Err(error) => println!("FAILED  {name}: {error:#}"),
        }
        tally.add(if outcome.is_ok() { Tally::passed(1) } else { Tally::failed(1) });
    }
    Ok(tally)
}
