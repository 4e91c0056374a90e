//! `cargo xtask upgrade`: nodes of the version before and of this one, together. The version before is
//! the newest commit of the history whose newest migration is an older one than now's; it is built
//! in a folder of its own, serves under load while a node of this version brings the database up to
//! date, goes on beside it, and is stopped.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Parser;

use crate::command::{WITH_KEYRING, cargo, command, run};
use crate::test::with_a_cluster;
use crate::workspace::Workspace;

const MIGRATIONS: &str = "crates/directory/migrations/postgres";

/// Replace nodes of the version before by nodes of this one, under load
#[derive(Parser)]
pub(crate) struct Options {
    /// The commit of the version before [default: the newest with an older newest migration]
    #[arg(long)]
    from: Option<String>,
}

pub(crate) fn upgrade(workspace: &Workspace, options: &Options) -> Result<bool> {
    let now = newest(
        fs::read_dir(workspace.root.join(MIGRATIONS))?
            .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned())),
    );
    let from = match &options.from {
        Some(from) => from.clone(),
        None => version_before(&workspace.root, now)?,
    };
    let old = migration_of(&workspace.root, &from)?;
    println!("from {from}, whose newest migration is {old}, to this version with {now}");
    let old_binary = build(workspace, &from)?;
    run(cargo(&workspace.root).args(["build", "--package", "rollcall"]).args(WITH_KEYRING))?;
    with_a_cluster(workspace, |command| {
        command.env("ROLLCALL_OLD_BIN", old_binary);
        let arguments = ["test", "--package", "rollcall-system-tests", "--test", "system"];
        command.args(arguments).args(["--", "nodes::replaced", "--nocapture"]);
    })
}

/// The highest number among names such as `V4__nodes.sql`.
fn newest(names: impl Iterator<Item = String>) -> u32 {
    let number = |name: String| {
        let file = name.rsplit('/').next()?;
        file.strip_prefix('V')?.split_once("__")?.0.parse().ok()
    };
    names.filter_map(number).max().unwrap_or(0)
}

fn migration_of(root: &Path, commit: &str) -> Result<u32> {
    let listed = git(root, &["ls-tree", "--name-only", commit, &format!("{MIGRATIONS}/")])?;
    Ok(newest(listed.lines().map(str::to_owned)))
}

/// Only commits that touched the migrations are looked at: before each of them is another version.
fn version_before(root: &Path, now: u32) -> Result<String> {
    for commit in git(root, &["log", "--format=%H", "--", MIGRATIONS])?.lines() {
        let before = format!("{commit}^");
        if migration_of(root, &before).is_ok_and(|newest| newest > 0 && newest < now) {
            return Ok(git(root, &["rev-parse", &before])?.trim().to_owned());
        }
    }
    bail!("no commit of the history has an older newest migration than {now}: name one by --from")
}

/// The binary of that commit, from an archive of it and not from a work tree, which others may use.
fn build(workspace: &Workspace, commit: &str) -> Result<PathBuf> {
    let folder = workspace.target.join("upgrade");
    let source = folder.join("source");
    if source.exists() {
        fs::remove_dir_all(&source).with_context(|| format!("{} stays", source.display()))?;
    }
    fs::create_dir_all(&source)?;
    let archive = folder.join("source.tar");
    let text = |path: &Path| path.display().to_string();
    git(&workspace.root, &["archive", "--output", &text(&archive), commit])?;
    run(command("tar").args(["-xf", &text(&archive), "-C", &text(&source)]))?;
    fs::remove_file(&archive)?;
    let built = folder.join("target");
    let mut cargo = cargo(&source);
    cargo.env("CARGO_TARGET_DIR", &built).env_remove("CARGO_MANIFEST_DIR");
    run(cargo.args(["build", "--locked", "--package", "rollcall"]).args(WITH_KEYRING))?;
    let binary = built.join("debug/rollcall");
    ensure!(binary.is_file(), "{} was not built", binary.display());
    Ok(binary)
}

fn git(root: &Path, arguments: &[&str]) -> Result<String> {
    let output = command("git").arg("-C").arg(root).args(arguments).output().context("git")?;
    ensure!(
        output.status.success(),
        "git {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_migration_is_the_one_of_the_highest_number() {
        let names =
            ["V2__operations.sql", "x/y/V10__later.sql", "V9__x.sql", "README.md", "Vx__.sql"];
        assert_eq!(newest(names.iter().map(|name| (*name).to_owned())), 10);
        assert_eq!(newest(std::iter::empty()), 0);
    }
}
