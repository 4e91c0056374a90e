//! `cargo xtask pictures`: the browser test's look at every page, taken as pictures for the
//! documents. Run when pages have changed; an ordinary run of the tests takes none, so that it
//! leaves no difference behind. A palette makes them a third of the size.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::command::{answer, cargo, command, find_program, run};
use crate::test::{set_up_browser, with_a_cluster};
use crate::workspace::Workspace;

const COLOURS: &str = "128";
/// All of them together: a clone of the repository carries them for ever.
const SIZE_MAX_BYTES: u64 = 6 * 1024 * 1024;

pub(crate) fn take(workspace: &Workspace) -> Result<bool> {
    for (program, package) in
        [("chromedriver", "chromium chromium-driver"), ("pngquant", "pngquant")]
    {
        ensure!(
            find_program(program).is_some(),
            "{program} is missing:\n    apt-get update && apt-get install -y {package}"
        );
    }
    // The double's people have names of many scripts.
    ensure!(
        answer(command("fc-list").arg(":lang=ja")).is_some_and(|fonts| !fonts.is_empty()),
        "fonts are missing:\n    apt-get update && apt-get install -y fonts-noto-core fonts-noto-cjk"
    );
    set_up_browser(workspace)?;
    run(cargo(&workspace.root).args(["build", "--package", "rollcall"]))?;
    let taken = workspace.target.join("pictures");
    empty(&taken)?;
    let test = ["test", "--package", "rollcall-system-tests", "--test", "system", "--"];
    let pages = ["browser::tour", "browser::inspector"];
    let succeeded = with_a_cluster(workspace, |command| {
        command.env("ROLLCALL_PICTURES", &taken).args(test).args(pages);
    })?;
    if !succeeded {
        return Ok(false);
    }
    let pictures = pictures_of(&taken)?;
    ensure!(!pictures.is_empty(), "the test took no picture");
    let kept = workspace.root.join("docs/pictures");
    empty(&kept)?;
    for picture in &pictures {
        let to = kept.join(picture.file_name().context("a picture without a name")?);
        let quantise = ["--strip", "--speed", "1", "--output"];
        run(command("pngquant").args(quantise).arg(to).arg(COLOURS).arg(picture))?;
    }
    let size = size_of(&kept)?;
    println!("{} pictures, {} KiB, in {}", pictures.len(), size / 1024, kept.display());
    ensure!(size <= SIZE_MAX_BYTES, "more than {} KiB", SIZE_MAX_BYTES / 1024);
    Ok(true)
}

fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        pictures_of(folder)?.iter().try_for_each(fs::remove_file)?;
    }
    Ok(fs::create_dir_all(folder)?)
}

fn pictures_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    Ok(paths.into_iter().filter(|path| path.extension().is_some_and(|e| e == "png")).collect())
}

fn size_of(folder: &Path) -> Result<u64> {
    pictures_of(folder)?.iter().map(|path| Ok(fs::metadata(path)?.len())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_emptied_of_pictures_alone() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.png", "words.md"] {
            fs::write(folder.path().join(name), "four").unwrap();
        }
        assert_eq!(size_of(folder.path()).unwrap(), 4);
        empty(folder.path()).unwrap();
        assert_eq!(size_of(folder.path()).unwrap(), 0);
        assert!(folder.path().join("words.md").is_file());
        let fresh = folder.path().join("fresh");
        empty(&fresh).unwrap();
        assert!(fresh.is_dir());
    }
}
