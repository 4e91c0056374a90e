//! The files of a package before they are packed, each with the mode it is to have, whatever the
//! umask of whoever packs.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::command::{command, run};

pub(super) struct Tree {
    root: PathBuf,
}

impl Tree {
    /// Without what a run before left.
    pub(super) fn empty(root: PathBuf) -> Result<Self> {
        if root.exists() {
            fs::remove_dir_all(&root).with_context(|| format!("{} stays", root.display()))?;
        }
        fs::create_dir_all(&root)?;
        set_mode(&root, 0o755)?;
        Ok(Self { root })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn put(&self, path: &str, bytes: impl AsRef<[u8]>, mode: u32) -> Result<PathBuf> {
        let mut folder = self.root.clone();
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        for part in folders.split('/') {
            folder.push(part);
            fs::create_dir_all(&folder)?;
            set_mode(&folder, 0o755)?;
        }
        let file = folder.join(name);
        fs::write(&file, bytes).with_context(|| file.display().to_string())?;
        set_mode(&file, mode)?;
        Ok(file)
    }

    /// Compressed, without a time in it: the same files give the same package.
    pub(super) fn put_compressed(&self, path: &str, bytes: impl AsRef<[u8]>) -> Result<()> {
        let file = self.put(path, bytes, 0o644)?;
        run(command("gzip").arg("-9nf").arg(file))
    }

    /// Every file but those of the package's own papers, by its path from the root, in order.
    pub(super) fn files(&self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        collect(&self.root, "", &mut found)?;
        found.retain(|path| !path.starts_with("DEBIAN/"));
        found.sort();
        Ok(found)
    }
}

fn collect(root: &Path, folder: &str, found: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        if entry.file_type()?.is_dir() {
            collect(root, &path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

fn set_mode(path: &Path, mode: u32) -> Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
        .with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_folders_have_their_modes_and_papers_are_no_files() {
        let place = tempfile::tempdir().unwrap();
        let tree = Tree::empty(place.path().join("tree")).unwrap();
        tree.put("usr/bin/tool", "x", 0o755).unwrap();
        tree.put("etc/tool.toml", "x", 0o644).unwrap();
        tree.put("DEBIAN/control", "x", 0o644).unwrap();
        assert_eq!(tree.files().unwrap(), ["etc/tool.toml", "usr/bin/tool"]);
        let mode =
            |path: &str| fs::metadata(tree.root().join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            [mode("usr"), mode("usr/bin/tool"), mode("etc/tool.toml")],
            [0o755, 0o755, 0o644]
        );
    }
}
