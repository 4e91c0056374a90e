//! The files that the rules read: everything that people write here, and nothing that is built or fetched.
//! The rules get text, not paths on a disk, so that their tests need no folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

const NOT_OURS: &[&str] = &["target", "node_modules", "__pycache__", ".git"];
const READ: &[&str] = &["rs", "md", "toml", "sql"];
pub(super) const LENGTH_EXCEPTIONS: &str = "xtask/tidy-exceptions.txt";

pub(super) struct Files {
    /// By their path from the root, with its text when it is of a kind that a rule reads.
    by_path: BTreeMap<String, Option<String>>,
}

impl Files {
    pub(super) fn read(root: &Path) -> Result<Self> {
        let mut by_path = BTreeMap::new();
        read_folder(root, "", &mut by_path)?;
        ensure!(by_path.contains_key("Cargo.toml"), "nothing to read below {}", root.display());
        Ok(Self { by_path })
    }

    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), Some((*text).to_owned()));
        Self { by_path: files.iter().map(owned).collect() }
    }

    pub(super) fn count(&self) -> usize {
        self.by_path.len()
    }

    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.by_path.get(path)?.as_deref()
    }

    /// Whether a link to this path leads somewhere: a file, or a folder with something in it.
    pub(super) fn has(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        path.is_empty()
            || self.by_path.contains_key(path)
            || self.by_path.keys().any(|known| known.starts_with(&folder))
    }

    pub(super) fn ending_in<'a>(
        &'a self,
        ending: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.by_path
            .iter()
            .filter(move |(path, _)| path.ends_with(ending))
            .filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }
}

fn read_folder(
    root: &Path,
    folder: &str,
    found: &mut BTreeMap<String, Option<String>>,
) -> Result<()> {
    let place = root.join(folder);
    for entry in fs::read_dir(&place).with_context(|| place.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        let kind = entry.file_type()?;
        if kind.is_dir() && !NOT_OURS.contains(&name.as_str()) {
            read_folder(root, &path, found)?;
        } else if !kind.is_dir() {
            let read = READ.iter().any(|ending| name.ends_with(&format!(".{ending}")))
                || path == LENGTH_EXCEPTIONS;
            let text = match read {
                true => Some(fs::read_to_string(entry.path()).with_context(|| path.clone())?),
                false => None,
            };
            found.insert(path, text);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_or_fetched_is_not_read() {
        let root = tempfile::tempdir().unwrap();
        for path in
            ["Cargo.toml", "target/a.rs", "docs/a.md", "docs/picture.png", "node_modules/b.md"]
        {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "words").unwrap();
        }
        let files = Files::read(root.path()).unwrap();
        assert_eq!(files.count(), 3);
        assert_eq!(files.text("docs/a.md"), Some("words"));
        assert_eq!(files.text("docs/picture.png"), None);
        assert!(files.has("docs") && files.has("docs/picture.png") && !files.has("target/a.rs"));
    }
}
