//! A PostgreSQL cluster of one measurement: private, in a folder of its own, gone at the end. Unlike
//! those of the tests it syncs every commit, for that is what is measured.

use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

/// The user `nobody` and its group, as Debian numbers them: `initdb` refuses root.
const NOBODY: u32 = 65534;
const START_LIMIT: Duration = Duration::from_secs(30);

pub(crate) struct Cluster {
    binaries: PathBuf,
    folder: tempfile::TempDir,
    port: u16,
    server: Child,
}

impl Cluster {
    pub(crate) fn start() -> Result<Self> {
        let binaries = binaries()?;
        // A short path: a socket's may hold 107 bytes.
        let folder = tempfile::Builder::new().prefix("rcpg").tempdir_in("/tmp")?;
        if is_root() {
            chown(folder.path(), Some(NOBODY), Some(NOBODY))?;
        }
        let made = as_nobody(&binaries.join("initdb"), folder.path())
            .arg("-D")
            .arg(folder.path().join("data"))
            .args(["-U", "rollcall", "--auth=trust", "--no-sync", "--locale=C.UTF-8", "-E", "UTF8"])
            .output()
            .context("initdb")?;
        ensure!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = std::fs::File::create(folder.path().join("log"))?;
        // Dies with us, however we end. No checkpoint falls into one side's shot and not into the
        // other's.
        let server = as_nobody(Path::new("setpriv"), folder.path())
            .args(["--pdeathsig", "QUIT", "taskset", "--cpu-list", "0-1"])
            .arg(binaries.join("postgres"))
            .arg("-D")
            .arg(folder.path().join("data"))
            .arg("-k")
            .arg(folder.path())
            .args(["-h", "127.0.0.1", "-p", &port.to_string()])
            .args(["-c", "max_connections=200", "-c", "shared_buffers=256MB"])
            .args(["-c", "checkpoint_timeout=1h", "-c", "max_wal_size=16GB"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("postgres")?;
        let mut cluster = Self { binaries, folder, port, server };
        cluster.wait()?;
        Ok(cluster)
    }

    fn wait(&mut self) -> Result<()> {
        let began = Instant::now();
        loop {
            let log = || std::fs::read_to_string(self.folder.path().join("log"));
            ensure!(self.server.try_wait()?.is_none(), "postgres ended: {}", log()?);
            let ready = self.program("pg_isready").arg("-q").status()?;
            if ready.success() {
                return Ok(());
            }
            ensure!(began.elapsed() < START_LIMIT, "postgres is not ready: {}", log()?);
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.server.id()
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// By way of this port, where somebody listens in between.
    pub(crate) fn address_by(&self, port: u16) -> String {
        format!("postgres://rollcall@127.0.0.1:{port}/postgres")
    }

    pub(crate) fn address(&self) -> String {
        self.address_by(self.port)
    }

    /// One of PostgreSQL's own programs, told where this cluster is, on both cores.
    pub(crate) fn program(&self, name: &str) -> Command {
        let mut command = Command::new("taskset");
        command.args(["--cpu-list", "0-1"]).arg(self.binaries.join(name));
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "rollcall"]);
        command.args(["-d", "postgres"]).stdin(Stdio::null()).current_dir(self.folder.path());
        command.env_remove("PGPASSWORD");
        command
    }

    /// What the last statement said, bare.
    pub(crate) fn sql(&self, text: &str) -> Result<String> {
        let args = ["-XqAt", "-v", "ON_ERROR_STOP=1", "-c", text];
        let output = self.program("psql").args(args).output().context("psql")?;
        ensure!(output.status.success(), "psql: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = as_nobody(&self.binaries.join("pg_ctl"), self.folder.path())
            .arg("-D")
            .arg(self.folder.path().join("data"))
            .args(["-m", "immediate", "stop"])
            .stdout(Stdio::null())
            .status();
        let _ = self.server.wait();
    }
}

/// The folder that `PGBIN` names, else Debian's newest.
fn binaries() -> Result<PathBuf> {
    let found = match std::env::var_os("PGBIN") {
        Some(chosen) => Some(PathBuf::from(chosen)),
        None => std::fs::read_dir("/usr/lib/postgresql").ok().and_then(|versions| {
            let number = |path: PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
            let paths = versions.filter_map(|entry| Some(entry.ok()?.path()));
            let newest = paths.filter_map(|path| Some((number(path.clone())?, path))).max();
            newest.map(|(_, path)| path.join("bin"))
        }),
    };
    let found = found.filter(|folder| {
        ["initdb", "postgres", "pgbench", "psql"].iter().all(|name| folder.join(name).is_file())
    });
    found.context(
        "no PostgreSQL with pgbench here:\n    apt-get update && apt-get install -y postgresql",
    )
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

fn as_nobody(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env("HOME", folder).env_remove("PGPASSWORD").stdin(Stdio::null());
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}
