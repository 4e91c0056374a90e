//! The binary as a command: its arguments, its environment, and what it said when it ended.
//! Around a command `dev` tells its secrets on standard error, so neither stream goes to a log.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::{PATIENCE, note_secret, repository};

/// The binary that `cargo xtask test` built, or the one that lies where cargo puts it.
#[must_use]
pub fn rollcall_binary() -> PathBuf {
    let found = match std::env::var_os("ROLLCALL_BIN") {
        Some(binary) => PathBuf::from(binary),
        None => repository().join("target/debug/rollcall"),
    };
    assert!(found.is_file(), "{} is missing: run the tests by `cargo xtask test`", found.display());
    found
}

/// One run of the binary that is waited for.
#[derive(Debug)]
pub struct Rollcall {
    command: Command,
}

/// What it said, and how it ended.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Rollcall {
    pub fn new<I: AsRef<str>>(arguments: impl IntoIterator<Item = I>) -> Self {
        Self::of(&rollcall_binary(), arguments)
    }

    /// The same of another binary.
    pub fn of<I: AsRef<str>>(binary: &Path, arguments: impl IntoIterator<Item = I>) -> Self {
        let mut command = Command::new(binary);
        command.args(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        command.env_clear().envs(plain_environment());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.kill_on_drop(true);
        Self { command }
    }

    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// The same command, run by another program, such as one that traces it.
    #[must_use]
    pub fn under<I: AsRef<str>>(
        self,
        program: &str,
        arguments: impl IntoIterator<Item = I>,
    ) -> Self {
        let inner = self.command.as_std();
        let mut command = Command::new(program);
        command.args(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        command.arg(inner.get_program()).args(inner.get_args()).env_clear();
        command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.kill_on_drop(true);
        Self { command }
    }

    /// Runs in this folder.
    #[must_use]
    pub fn folder(mut self, folder: &std::path::Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// One more, which may have spaces in it, behind the others.
    #[must_use]
    pub fn argument(mut self, text: &str) -> Self {
        self.command.arg(text);
        self
    }

    /// Reads this file as its standard input.
    #[must_use]
    pub fn input(mut self, file: &std::path::Path) -> Self {
        self.command.stdin(File::open(file).expect("the file is there"));
        self
    }

    /// For what goes on while it runs. Standard output and error are pipes.
    pub fn spawn(mut self) -> Child {
        self.command.spawn().expect("the binary starts")
    }

    /// Runs it with its standard output there.
    pub async fn output(mut self, stdout: Stdio) -> Ended {
        let child = self.command.stdout(stdout).spawn().expect("the binary starts");
        let output = timeout(PATIENCE, child.wait_with_output()).await;
        let output = output.expect("it ends by itself").expect("its end is known");
        Ended { status: output.status, stdout: String::new(), stderr: text(output.stderr) }
    }

    pub async fn run(self) -> Ended {
        let mut command = self.command;
        let output = timeout(PATIENCE, command.output()).await;
        let output = output.expect("it ends by itself").expect("the binary starts");
        Ended { status: output.status, stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

impl Ended {
    #[must_use]
    pub fn code(&self) -> i32 {
        self.status.code().unwrap_or_else(|| panic!("it was killed: {}", self.status))
    }

    /// It did what it was asked to do.
    #[track_caller]
    pub fn well(self) -> Self {
        assert_eq!(self.status.code(), Some(0), "{}", self.stderr);
        self
    }

    #[track_caller]
    pub fn says(&self, words: &str) {
        assert!(self.stderr.contains(words), "{words:?} is not in:\n{}", self.stderr);
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("the binary prints UTF-8")
}

/// What a program needs of the environment, and nothing that would change what the binary does.
pub(crate) fn plain_environment() -> impl Iterator<Item = (String, String)> {
    let kept = ["PATH", "HOME", "TMPDIR", "LANG", "RUST_BACKTRACE", "LLVM_PROFILE_FILE"];
    kept.into_iter().filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)))
}

/// What `dev` says to people, up to its last line; the secrets in it are noted.
pub async fn words_of_dev(process: &mut Child) -> Vec<String> {
    let stdout = process.stdout.take().expect("its output is read by us");
    let mut lines = BufReader::new(stdout).lines();
    let mut said = Vec::new();
    loop {
        let line = timeout(PATIENCE, lines.next_line()).await.expect("it says so in time");
        let line = line.expect("its output is text").expect("it goes on to its last line");
        if line.starts_with("Ctrl-C") {
            return said;
        }
        for label in ["client secret", "owner password"] {
            if let Some(secret) = line.trim().strip_prefix(label) {
                note_secret(secret.trim());
            }
        }
        said.push(line);
    }
}

/// By the shell, which needs no library for it.
pub async fn send_signal(pid: u32, name: &str) {
    let mut kill = Command::new("sh");
    kill.args(["-c", &format!("kill -s {name} {pid}")]);
    let status = kill.status().await.expect("there is a shell");
    assert!(status.success(), "process {pid} is not there to be sent {name}");
}

/// A file that the search for secrets reads, or nothing where no run asked for it.
pub(crate) fn log_file(kind: &str) -> Option<File> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let folder = PathBuf::from(std::env::var_os("ROLLCALL_TEST_LOGS")?);
    std::fs::create_dir_all(&folder).expect("the folder of the logs");
    let test = std::thread::current().name().unwrap_or("test").replace("::", "-");
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = folder.join(format!("{test}-{kind}-{}-{count}.log", std::process::id()));
    Some(File::create(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}
