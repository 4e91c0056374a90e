//! What the package puts where: the binary, its manual pages and completions, the unit, the
//! settings that an operator edits, the documents. The list of files is checked in `checks.rs`.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::papers;
use super::tree::Tree;
use crate::command::{answer, cargo, command, run};
use crate::workspace::Workspace;

pub(super) const UNIT: &str = "usr/lib/systemd/system/rollcall.service";
pub(super) const SETTINGS: &str = "etc/rollcall/rollcall.toml";
const DOCUMENTS: &str = "usr/share/doc/rollcall";
const COMPLETIONS: [(&str, &str); 3] = [
    ("bash", "usr/share/bash-completion/completions/rollcall"),
    ("zsh", "usr/share/zsh/vendor-completions/_rollcall"),
    ("fish", "usr/share/fish/vendor_completions.d/rollcall.fish"),
];

pub(super) fn lay(workspace: &Workspace, tree: &Tree, binary: &Path) -> Result<()> {
    let ours = |name: &str| {
        let path = workspace.root.join(name);
        fs::read(&path).with_context(|| path.display().to_string())
    };
    let installed = tree.put("usr/bin/rollcall", "", 0o755)?;
    run(command("strip")
        .args(["--strip-unneeded", "--remove-section=.comment", "-o"])
        .arg(installed)
        .arg(binary))?;
    tree.put(UNIT, ours("packaging/rollcall.service")?, 0o644)?;
    tree.put(SETTINGS, ours("packaging/rollcall.toml")?, 0o644)?;
    completions(tree, binary)?;
    manual(tree, binary)?;

    let document = |name: &str| format!("{DOCUMENTS}/{name}");
    tree.put(&document("copyright"), ours("packaging/debian/copyright")?, 0o644)?;
    tree.put_compressed(&document("changelog"), ours("CHANGELOG.md")?)?;
    let entry = papers::changelog(&workspace.root)?;
    tree.put_compressed(&document("changelog.Debian"), entry)?;
    tree.put_compressed(&document("libraries.txt"), libraries(workspace)?)?;
    documents(workspace, tree)?;

    tree.put("DEBIAN/conffiles", format!("/{SETTINGS}\n"), 0o644)?;
    for script in ["postinst", "prerm", "postrm"] {
        let text = ours(&format!("packaging/debian/{script}"))?;
        tree.put(&format!("DEBIAN/{script}"), text, 0o755)?;
    }
    tree.put("DEBIAN/md5sums", papers::sums(tree)?, 0o644)?;
    Ok(())
}

fn completions(tree: &Tree, binary: &Path) -> Result<()> {
    for (shell, path) in COMPLETIONS {
        let script = answer(command(binary).args(["completions", shell]))
            .with_context(|| format!("the binary prints no completions for {shell}"))?;
        tree.put(path, format!("{script}\n"), 0o644)?;
    }
    Ok(())
}

fn manual(tree: &Tree, binary: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    run(command(binary).arg("man-pages").arg(folder.path()))?;
    for page in fs::read_dir(folder.path())? {
        let page = page?;
        let name = page.file_name().to_string_lossy().into_owned();
        tree.put_compressed(&format!("usr/share/man/man1/{name}"), fs::read(page.path())?)?;
    }
    Ok(())
}

/// The documents as they are in the repository, so that their links among themselves lead somewhere.
fn documents(workspace: &Workspace, tree: &Tree) -> Result<()> {
    for name in ["README.md", "SECURITY.md"] {
        tree.put(&format!("{DOCUMENTS}/{name}"), fs::read(workspace.root.join(name))?, 0o644)?;
    }
    let mut folders = vec!["docs".to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(workspace.root.join(&folder))? {
            let entry = entry?;
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else {
                tree.put(&format!("{DOCUMENTS}/{path}"), fs::read(entry.path())?, 0o644)?;
            }
        }
    }
    Ok(())
}

/// What is compiled in, under which licence.
fn libraries(workspace: &Workspace) -> Result<String> {
    let arguments = ["tree", "--package", "rollcall", "--edges", "normal", "--prefix", "none"];
    let format = ["--no-dedupe", "--format", "{p}\t{l}\t{r}", "--locked"];
    let tree = answer(cargo(&workspace.root).args(arguments).args(format))
        .context("cargo tree does not list the libraries")?;
    // The project's own crates stand with their folder in brackets.
    let mut lines: Vec<&str> = tree.lines().filter(|line| !line.contains(" (/")).collect();
    lines.sort_unstable();
    lines.dedup();
    Ok(format!("{}\n", lines.join("\n")))
}
