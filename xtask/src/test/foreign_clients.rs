//! Clients that nobody here wrote: installed from their registries, at exact versions, into the target
//! folder, and again only when a list of versions changed. The schema fuzz is one of them: it reads our
//! description of the API and tries to find an answer that differs from it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use super::needs::GO_LIBRARIES;
use super::tally::Tally;
use crate::command::{command, run};
use crate::workspace::Workspace;

pub(crate) fn set_up(workspace: &Workspace) -> Result<()> {
    fs::create_dir_all(workspace.clients())?;
    set_up_python(workspace).context("the Python clients")?;
    set_up_javascript(workspace).context("the JavaScript clients")?;
    set_up_examples(workspace).context("the examples")?;
    set_up_drop_in(workspace).context("the clients under the hosted name")?;
    set_up_browser(workspace).context("axe-core")
}

/// What `examples/` needs to run. The Python one has what the Python clients have, the others nothing.
fn set_up_examples(workspace: &Workspace) -> Result<()> {
    let javascript = workspace.root.join("examples/javascript");
    from_npm(&javascript, &workspace.clients().join("example-javascript"), &["users.mjs"])?;
    let go = workspace.root.join("examples/go/main.go");
    from_go(&go, &workspace.clients().join("example-go"), "users")
}

fn set_up_python(workspace: &Workspace) -> Result<()> {
    let wanted = workspace.client_sources().join("python/requirements.txt");
    from_pypi(&wanted, &workspace.clients().join("python"))
}

/// Those of `system-tests/clients/drop-in`, each with the hosted address written into it.
fn set_up_drop_in(workspace: &Workspace) -> Result<()> {
    let (sources, place) =
        (workspace.client_sources().join("drop-in"), workspace.clients().join("drop-in"));
    fs::create_dir_all(&place)?;
    from_pypi(&sources.join("dlt/requirements.txt"), &place.join("dlt"))?;
    from_npm(&sources.join("newman"), &place.join("newman"), &[])?;
    from_go(&sources.join("go/people.go"), &place.join("go"), "people")
}

fn from_pypi(wanted: &Path, place: &Path) -> Result<()> {
    once(place, &[wanted], || {
        run(command("python3").args(["-m", "venv", "--clear"]).arg(place))?;
        run(command(place.join("bin/python"))
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--requirement",
            ])
            .arg(wanted))
    })
}

/// A program of one file, by Debian's libraries, so that no module is fetched.
fn from_go(source: &Path, place: &Path, name: &str) -> Result<()> {
    once(place, &[source], || {
        fs::create_dir_all(place)?;
        run(command("go").args(["build", "-o"]).arg(place.join(name)).arg(source).envs([
            ("GO111MODULE", "off"),
            ("GOPATH", GO_LIBRARIES),
            ("GOFLAGS", ""),
        ]))
    })
}

fn set_up_javascript(workspace: &Workspace) -> Result<()> {
    let sources = workspace.client_sources().join("javascript");
    from_npm(&sources, &workspace.clients().join("javascript"), &[])
}

/// What the browser tests hold a page against.
pub(crate) fn set_up_browser(workspace: &Workspace) -> Result<()> {
    fs::create_dir_all(workspace.clients())?;
    let sources = workspace.client_sources().join("browser");
    from_npm(&sources, &workspace.clients().join("browser"), &[])
}

/// What the lists of `sources` name, installed in `place`, with these files of `sources` beside it.
pub(crate) fn from_npm(sources: &Path, place: &Path, beside: &[&str]) -> Result<()> {
    let (wanted, lock) = (sources.join("package.json"), sources.join("package-lock.json"));
    once(place, &[&wanted, &lock], || {
        fs::create_dir_all(place)?;
        fs::copy(&wanted, place.join("package.json"))?;
        fs::copy(&lock, place.join("package-lock.json"))?;
        run(command("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(place))
    })?;
    for name in beside {
        fs::copy(sources.join(name), place.join(name))?;
    }
    Ok(())
}

/// Does the work unless it was done for the same lists before. The stamp is written last, so that a broken
/// installation is made again.
fn once(place: &Path, lists: &[&Path], install: impl FnOnce() -> Result<()>) -> Result<()> {
    let wanted = lists
        .iter()
        .map(|list| fs::read_to_string(list).with_context(|| list.display().to_string()))
        .collect::<Result<String>>()?;
    let stamp = stamp_of(place);
    if place.is_dir() && fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        println!("{}: already there", place.display());
        return Ok(());
    }
    println!("{}: installing", place.display());
    install()?;
    fs::write(stamp, wanted)?;
    Ok(())
}

fn stamp_of(place: &Path) -> PathBuf {
    place.with_extension("installed")
}

pub(crate) fn fuzz_by_schema(workspace: &Workspace) -> Result<Tally> {
    let python = workspace.clients().join("python/bin/python");
    ensure!(python.is_file(), "the Python clients are missing; run the phase `clients-setup`");
    ensure!(workspace.rollcall().is_file(), "the binary is missing; run the phase `build`");
    run(command(python)
        .arg(workspace.client_sources().join("python/schema_fuzz.py"))
        .env("ROLLCALL_BIN", workspace.rollcall())
        .env("ROLLCALL_TEST_LOGS", workspace.test_logs())
        .env("ROLLCALL_TEST_SECRETS", workspace.test_secrets()))?;
    Ok(Tally::passed(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_python_example_runs_on_the_versions_that_it_pins() {
        let installed = include_str!("../../../system-tests/clients/python/requirements.txt");
        for line in include_str!("../../../examples/python/requirements.txt").lines() {
            assert!(installed.lines().any(|one| one == line), "{line} is not what is installed");
        }
    }

    #[test]
    fn an_installation_is_made_once_and_again_when_a_list_changed() {
        let folder = tempfile::tempdir().unwrap();
        let (list, place) = (folder.path().join("list"), folder.path().join("place"));
        let mut times = 0;
        let mut install = |fails: bool| {
            once(&place, &[&list], || {
                times += 1;
                fs::create_dir_all(&place)?;
                ensure!(!fails, "the registry is asleep");
                Ok(())
            })
            .is_ok()
        };
        fs::write(&list, "one").unwrap();
        assert!(!install(true));
        assert!(install(false));
        assert!(install(false));
        fs::write(&list, "two").unwrap();
        assert!(install(false));
        assert_eq!(times, 3);
    }
}
