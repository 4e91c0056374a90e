//! The logs of the whole run, searched for every secret that a test used. A search that looked at nothing
//! proves nothing: without secrets or without logs it fails. A find is told by file and line, and the secret
//! is not told again.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use super::tally::Tally;
use crate::workspace::Workspace;

/// Shorter words would be found by chance.
const SECRET_LENGTH_MIN: usize = 8;

pub(crate) fn run(workspace: &Workspace) -> Result<Tally> {
    let list = workspace.test_secrets();
    let text = fs::read_to_string(&list)
        .with_context(|| format!("no list of secrets: {}", list.display()))?;
    let secrets = secrets_of(&text)?;
    let files = files_below(&workspace.test_logs())?;
    ensure!(!files.is_empty(), "no log was written, so nothing was searched");
    let mut lines = 0;
    let mut finds = Vec::new();
    for file in &files {
        let bytes = fs::read(file).with_context(|| file.display().to_string())?;
        let text = String::from_utf8_lossy(&bytes);
        lines += text.lines().count();
        finds.extend(
            find(&secrets, &text).into_iter().map(|line| format!("{}:{line}", file.display())),
        );
    }
    ensure!(lines > 0, "all logs are empty, so nothing was searched");
    println!("{} secrets, {} logs, {lines} lines", secrets.len(), files.len());
    if finds.is_empty() {
        return Ok(Tally::passed(1));
    }
    for place in &finds {
        println!("a secret in a log: {place}");
    }
    Ok(Tally::failed(1))
}

fn secrets_of(list: &str) -> Result<BTreeSet<&str>> {
    let secrets: BTreeSet<&str> =
        list.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    ensure!(!secrets.is_empty(), "the list of secrets is empty, so nothing was searched for");
    ensure!(
        secrets.iter().all(|secret| secret.len() >= SECRET_LENGTH_MIN),
        "a secret in the list has fewer than {SECRET_LENGTH_MIN} characters"
    );
    Ok(secrets)
}

/// The numbers of the lines that hold a secret.
///
/// Secrets are looked up by their last bytes, which are random where their first ones are a common prefix:
/// one walk over the log, however many tokens a run took.
fn find(secrets: &BTreeSet<&str>, text: &str) -> Vec<usize> {
    let mut by_ending: HashMap<&[u8], Vec<&[u8]>> = HashMap::new();
    for secret in secrets {
        let secret = secret.as_bytes();
        let ending = &secret[secret.len() - SECRET_LENGTH_MIN..];
        by_ending.entry(ending).or_default().push(secret);
    }
    let has_secret = |line: &[u8]| {
        line.windows(SECRET_LENGTH_MIN).enumerate().any(|(at, ending)| {
            let until_here = &line[..at + SECRET_LENGTH_MIN];
            by_ending
                .get(ending)
                .is_some_and(|known| known.iter().any(|secret| until_here.ends_with(secret)))
        })
    };
    text.lines()
        .enumerate()
        .filter(|(_, line)| has_secret(line.as_bytes()))
        .map(|(index, _)| index + 1)
        .collect()
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_in_the_middle_of_a_line() {
        let secrets = secrets_of("hunter2-hunter2\n\nanother-secret\n").unwrap();
        assert_eq!(find(&secrets, "good\nx=hunter2-hunter2;\n\"another-secret\"\n"), [2, 3]);
        assert!(find(&secrets, "hunter2\nanother secret").is_empty());
    }

    #[test]
    fn a_search_for_nothing_or_for_a_short_word_is_refused() {
        assert!(secrets_of("\n \n").is_err());
        assert!(secrets_of("abc\n").is_err());
    }

    #[test]
    fn a_search_in_nothing_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace { root: folder.path().into(), target: folder.path().into() };
        fs::create_dir(workspace.test_logs()).unwrap();
        fs::write(workspace.test_secrets(), "hunter2-hunter2\n").unwrap();
        assert!(run(&workspace).is_err());
        fs::write(workspace.test_logs().join("one.log"), "hunter2-hunter2").unwrap();
        assert_eq!(run(&workspace).unwrap(), Tally::failed(1));
        fs::write(workspace.test_logs().join("one.log"), "good").unwrap();
        assert_eq!(run(&workspace).unwrap(), Tally::passed(1));
    }
}
