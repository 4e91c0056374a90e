//! One PostgreSQL cluster for one run of the tests: private, in a folder of its own, gone at the end.
//! It runs as `nobody` when we are root, because `initdb` refuses root. Nothing is synced to the disk: these
//! tests ask what is stored, not what survives; a crash test starts a cluster of its own.
//! It listens on a short socket path (107 bytes are the limit) and on a free loopback port, so that an
//! ordinary address works.

use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;

use super::needs::{is_root, postgresql_folder};
use crate::command::{answer, command, find_program};

/// The user `nobody` and its group, as Debian numbers them.
pub(crate) const NOBODY: u32 = 65534;
const START_LIMIT: Duration = Duration::from_secs(30);
const START_ATTEMPTS: usize = 3;

pub(crate) struct Cluster {
    binaries: PathBuf,
    folder: TempDir,
    port: u16,
    server: Child,
}

impl Cluster {
    pub(crate) fn start() -> Result<Self> {
        let binaries =
            postgresql_folder().context("no PostgreSQL server; run the phase `needs`")?;
        Self::start_of(binaries)
    }

    /// Of the version whose programs are in this folder.
    pub(crate) fn start_of(binaries: PathBuf) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("rcpg")
            .tempdir_in("/tmp")
            .context("no folder for the cluster")?;
        if is_root() {
            chown(folder.path(), Some(NOBODY), Some(NOBODY))?;
        }
        initialise(&binaries, folder.path())?;
        for attempt in 1.. {
            let port = free_port()?;
            let mut server = spawn(&binaries, folder.path(), port)?;
            match wait_until_ready(&mut server, &binaries, folder.path(), port) {
                Ok(()) => {
                    return Ok(Self { binaries, folder, port, server });
                }
                Err(error) => {
                    let _ = server.kill();
                    let _ = server.wait();
                    // Somebody else may have taken the port between our look and the server's.
                    if attempt == START_ATTEMPTS {
                        return Err(error);
                    }
                }
            }
        }
        unreachable!("the last attempt returns")
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://rollcall@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stopped = as_nobody(&self.binaries.join("pg_ctl"), self.folder.path())
            .arg("-D")
            .arg(self.folder.path().join("data"))
            .args(["-m", "immediate", "stop"])
            .stdout(Stdio::null())
            .status();
        if !stopped.is_ok_and(|status| status.success()) {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
    }
}

fn initialise(binaries: &Path, folder: &Path) -> Result<()> {
    let output = as_nobody(&binaries.join("initdb"), folder)
        .arg("-D")
        .arg(folder.join("data"))
        .args(["-U", "rollcall", "--auth=trust", "--no-sync"])
        .args(["--locale=C.UTF-8", "-E", "UTF8"])
        .output()
        .context("initdb did not start")?;
    ensure!(output.status.success(), "initdb: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(())
}

/// The server as our own child, which ends when we do, even when we are killed.
fn spawn(binaries: &Path, folder: &Path, port: u16) -> Result<Child> {
    let program = binaries.join("postgres");
    let mut server = match find_program("setpriv") {
        Some(setpriv) => {
            let mut command = as_nobody(&setpriv, folder);
            command.args(["--pdeathsig", "QUIT"]).arg(program);
            command
        }
        None => as_nobody(&program, folder),
    };
    let log = std::fs::File::create(folder.join("log"))?;
    server
        .arg("-D")
        .arg(folder.join("data"))
        .arg("-k")
        .arg(folder)
        .args(["-h", "127.0.0.1", "-p", &port.to_string()])
        .args(["-c", "fsync=off", "-c", "synchronous_commit=off"])
        .args(["-c", "full_page_writes=off", "-c", "max_connections=200"])
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .context("the PostgreSQL server did not start")
}

fn wait_until_ready(server: &mut Child, binaries: &Path, folder: &Path, port: u16) -> Result<()> {
    let started = Instant::now();
    let port = port.to_string();
    loop {
        if let Some(status) = server.try_wait()? {
            bail!("PostgreSQL ended with {status}: {}", said(folder));
        }
        let mut question = command(pg_isready(binaries));
        if answer(question.args(["-q", "-h", "127.0.0.1", "-p", &port])).is_some() {
            return Ok(());
        }
        ensure!(
            started.elapsed() < START_LIMIT,
            "PostgreSQL is not ready after {} s: {}",
            START_LIMIT.as_secs(),
            said(folder)
        );
        sleep(Duration::from_millis(50));
    }
}

/// The version's own; some come without it, and any version's can ask.
fn pg_isready(binaries: &Path) -> PathBuf {
    let own = binaries.join("pg_isready");
    if own.is_file() { own } else { PathBuf::from("pg_isready") }
}

fn said(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("log")).unwrap_or_default()
}

pub(crate) fn as_nobody(program: &Path, folder: &Path) -> Command {
    let mut command = command(program);
    command.current_dir(folder).env("HOME", folder).stdin(Stdio::null());
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no free loopback port")?;
    Ok(listener.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_starts_answers_and_leaves_nothing_behind() {
        let cluster = Cluster::start().unwrap();
        let folder = cluster.folder.path().to_owned();
        let psql = cluster.binaries.join("psql");
        let mut question = command(psql);
        question.arg(cluster.url()).args(["-Atc", "select 6 * 7"]);
        assert_eq!(answer(&mut question).as_deref(), Some("42"));
        drop(cluster);
        assert!(!folder.exists());
    }
}
