//! `cargo xtask deploy-check`, and a phase of the tests: the files of `deploy/` as the programs that
//! read them see them (HAProxy, Patroni, systemd, Prometheus, Compose, our own settings). Nothing is
//! started here but the programs' own checks; what that leaves untested is said in `deploy/README.md`.

mod checks;
mod monitoring;
mod staged;

use anyhow::Result;

use crate::test::Tally;
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
