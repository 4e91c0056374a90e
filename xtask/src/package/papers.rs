//! The papers of a package: what it is called, what it needs, what changed, and its sums.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::tree::Tree;
use crate::command::{answer, command};
use crate::workspace::Workspace;

/// The project has one version; behind it, which packaging of it this is.
pub(super) const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "-1");
const MAINTAINER_LINE: &str = "Maintainer: ";
const CONTROL: &str = "packaging/debian/control";

pub(super) fn architecture() -> Result<String> {
    answer(command("dpkg").arg("--print-architecture")).context("dpkg does not name this machine")
}

pub(super) fn control(workspace: &Workspace, tree: &Tree) -> Result<String> {
    let template = fs::read_to_string(workspace.root.join(CONTROL))?;
    let mut bytes = 0;
    for file in tree.files()? {
        bytes += fs::metadata(tree.root().join(file))?.len();
    }
    let filled = template
        .replace("{version}", VERSION)
        .replace("{architecture}", &architecture()?)
        .replace("{installed_kib}", &bytes.div_ceil(1024).to_string())
        .replace("{depends}", &depends(tree)?);
    ensure!(!filled.contains('{'), "{CONTROL} has a place that nothing fills:\n{filled}");
    Ok(filled)
}

/// The system's libraries that the binary is linked to, at the versions whose symbols it uses.
fn depends(tree: &Tree) -> Result<String> {
    // It reads the name of a source package, which there is not.
    let folder = tempfile::tempdir()?;
    fs::create_dir(folder.path().join("debian"))?;
    fs::write(
        folder.path().join("debian/control"),
        "Source: rollcall\n\nPackage: rollcall\nArchitecture: any\n",
    )?;
    let binary = tree.root().canonicalize()?.join("usr/bin/rollcall");
    let words =
        answer(command("dpkg-shlibdeps").current_dir(folder.path()).args(["-O", "-e"]).arg(binary))
            .context("dpkg-shlibdeps does not say what the binary needs")?;
    let needed = words.strip_prefix("shlibs:Depends=").context("an answer without its name")?;
    Ok(needed.to_owned())
}

/// Debian's form of a change log, which points to ours.
pub(super) fn changelog(root: &Path) -> Result<String> {
    let control = fs::read_to_string(root.join(CONTROL))?;
    let maintainer = control.lines().find_map(|line| line.strip_prefix(MAINTAINER_LINE));
    let maintainer = maintainer.context("the control file names no maintainer")?;
    let date = answer(command("git").current_dir(root).args(["log", "-1", "--format=%aD"]))
        .unwrap_or_else(|| "Thu, 01 Jan 1970 00:00:00 +0000".to_owned());
    Ok(format!(
        "rollcall ({VERSION}) unstable; urgency=medium\n\n  * What changed is in changelog.gz.\n\n -- {maintainer}  {date}\n"
    ))
}

pub(super) fn sums(tree: &Tree) -> Result<String> {
    let files = tree.files()?;
    let sums = answer(command("md5sum").current_dir(tree.root()).args(&files));
    Ok(format!("{}\n", sums.context("the files have no sums")?))
}
