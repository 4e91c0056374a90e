//! `cargo xtask package`: a Debian package of the one binary, with its manual pages and completions
//! (printed by the binary itself, from the definitions of its help) and a hardened systemd unit.
//! What is put where is `layout.rs`; `checks.rs` says what must hold of the package.

mod checks;
mod layout;
mod papers;
mod start;
mod tree;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{Parser, ValueEnum};

use crate::command::{WITH_KEYRING, cargo, command, run};
use crate::test::Tally;
use crate::workspace::Workspace;

/// Make a Debian package
#[derive(Parser)]
pub(crate) struct Options {
    /// Which binary goes into it; `debug` is for the tests of the package, and nothing to install
    #[arg(long, value_enum, default_value_t = Profile::Release)]
    profile: Profile,
    /// Check the package too: its unit, its files, and that it starts as the unit says
    #[arg(long)]
    check: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Profile {
    Release,
    Debug,
}

/// A package that was made.
struct Package {
    file: PathBuf,
    /// What a test of the package may write into.
    work: PathBuf,
}

pub(crate) fn package(workspace: &Workspace, options: &Options) -> Result<bool> {
    let package = make(workspace, options.profile)?;
    println!("{}", package.file.display());
    Ok(!options.check || checks::run_all(workspace, &package)?.is_good())
}

/// As a phase of the tests: with the binary that the other tests have, for its build is long.
pub(crate) fn in_short(workspace: &Workspace) -> Result<Tally> {
    checks::run_all(workspace, &make(workspace, Profile::Debug)?)
}

fn make(workspace: &Workspace, profile: Profile) -> Result<Package> {
    let binary = build(workspace, profile)?;
    let work = workspace.target.join("package").join(match profile {
        Profile::Release => "release",
        Profile::Debug => "debug",
    });
    let tree = tree::Tree::empty(work.join("tree"))?;
    layout::lay(workspace, &tree, &binary)?;
    let control = papers::control(workspace, &tree)?;
    let file = work.join(format!("rollcall_{}_{}.deb", papers::VERSION, papers::architecture()?));
    tree.put("DEBIAN/control", &control, 0o644)?;
    pack(tree.root(), &file, profile)?;
    Ok(Package { file, work })
}

fn build(workspace: &Workspace, profile: Profile) -> Result<PathBuf> {
    let mut build = cargo(&workspace.root);
    build.args(["build", "--package", "rollcall", "--locked"]).args(WITH_KEYRING);
    let folder = match profile {
        Profile::Release => {
            build.args(["--profile", "packaged"]);
            "packaged"
        }
        Profile::Debug => "debug",
    };
    run(&mut build)?;
    Ok(workspace.target.join(folder).join("rollcall"))
}

fn pack(tree: &Path, file: &Path, profile: Profile) -> Result<()> {
    let mut pack = command("dpkg-deb");
    pack.args(["--root-owner-group", "-Zxz"]);
    if profile == Profile::Debug {
        pack.arg("-z0");
    }
    run(pack.arg("--build").arg(tree).arg(file)).context("the package was not made")
}
