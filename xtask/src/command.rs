//! How a chore starts another program. Settings of somebody's own PostgreSQL (`PGHOST`, `PGPASSWORD`, …)
//! never reach a child: a test that reads them would test another database than the one it was given.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context as _, Result, bail};

pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("PG") {
            command.env_remove(name);
        }
    }
    command
}

/// The cargo that started this chore, so that a chosen toolchain stays chosen.
pub(crate) fn cargo(root: &Path) -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = command(program);
    command.current_dir(root);
    command
}

/// What is packaged and what is tested has the system's keyring, which a plain build leaves out.
pub(crate) const WITH_KEYRING: &[&str] = &["--features", "rollcall/keyring"];

/// Runs to the end with the terminal as it is; anything but success is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("could not start {}", words(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", words(command));
    }
    Ok(())
}

/// Runs to the end, shows each line as it comes, and hands it to `see` too. Both streams share one pipe, so
/// that what belongs together stays together.
pub(crate) fn run_watched(command: &mut Command, mut see: impl FnMut(&str)) -> Result<ExitStatus> {
    let name = words(command);
    let (reader, writer) = std::io::pipe().context("no pipe")?;
    command
        .stdin(Stdio::null())
        .stdout(writer.try_clone().context("no second end of the pipe")?)
        .stderr(writer);
    let mut child = command.spawn().with_context(|| format!("could not start {name}"))?;
    // The command keeps its ends of the pipe: without this the reader would wait for itself.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut reader = BufReader::new(reader);
    let mut bytes = Vec::new();
    while reader.read_until(b'\n', &mut bytes)? > 0 {
        let line = String::from_utf8_lossy(&bytes);
        print!("{line}");
        see(line.trim_end());
        bytes.clear();
    }
    child.wait().with_context(|| format!("{name} was lost sight of"))
}

/// What the program says on its standard output, when it ends well.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Where a program lies, looking where the shell would look.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

fn words(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_both_streams_are_seen() {
        let mut seen = Vec::new();
        let status =
            run_watched(command("sh").args(["-c", "echo one; echo two >&2; exit 3"]), |line| {
                seen.push(line.to_owned());
            })
            .unwrap();
        assert_eq!(seen, ["one", "two"]);
        assert_eq!(status.code(), Some(3));
    }

    #[test]
    fn a_failure_names_the_whole_command() {
        let error = run(command("sh").args(["-c", "exit 7"])).unwrap_err();
        assert!(error.to_string().starts_with("sh -c exit 7 ended with"));
    }

    #[test]
    fn a_program_is_found_where_the_shell_finds_it() {
        assert!(find_program("sh").is_some());
        assert!(find_program("no-such-program-anywhere").is_none());
    }
}
