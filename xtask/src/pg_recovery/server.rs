//! A PostgreSQL server in a folder of ours that keeps its log as an archive, and one that is made
//! of a base backup and that archive.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use crate::command::{answer, command, find_program};
use crate::test::{as_nobody, free_port};

const LIMIT: Duration = Duration::from_secs(60);

pub(super) struct Server {
    binaries: PathBuf,
    port: u16,
    log: PathBuf,
    process: Child,
}

impl Server {
    /// A new cluster, synced as in earnest, whose log goes to the folder `archive` piece by piece.
    pub(super) fn fresh(binaries: &Path, folder: &Path) -> Result<Self> {
        let data = folder.join("first");
        let mut initdb = as_nobody(&binaries.join("initdb"), folder);
        initdb.arg("-D").arg(&data).args(["-U", "rollcall", "--auth=trust", "--locale=C.UTF-8"]);
        run(initdb.args(["-E", "UTF8"]))?;
        run(as_nobody(Path::new("mkdir"), folder).arg(folder.join("archive")))?;
        let archive = folder.join("archive");
        let copy = format!("test ! -f {0}/%f && cp %p {0}/%f", archive.display());
        let settings = ["archive_mode=on".to_owned(), format!("archive_command={copy}")];
        Self::start(binaries, folder, &data, &settings)
    }

    /// The base backup, brought to that moment by the archive, on a timeline of its own.
    pub(super) fn recovered(binaries: &Path, folder: &Path, moment: &str) -> Result<Self> {
        let data = folder.join("base");
        run(as_nobody(Path::new("touch"), folder).arg(data.join("recovery.signal")))?;
        let archive = folder.join("archive");
        let settings = [
            "archive_mode=off".to_owned(),
            format!("restore_command=cp {}/%f %p", archive.display()),
            format!("recovery_target_time={moment}"),
            "recovery_target_action=promote".to_owned(),
        ];
        let server = Self::start(binaries, folder, &data, &settings)?;
        server.until("select not pg_is_in_recovery()", "t")?;
        Ok(server)
    }

    fn start(binaries: &Path, folder: &Path, data: &Path, settings: &[String]) -> Result<Self> {
        let port = free_port()?;
        let log = data.with_extension("log");
        let program = binaries.join("postgres");
        // Ended with us, whatever ends us.
        let mut postgres = match find_program("setpriv") {
            Some(setpriv) => {
                let mut command = as_nobody(&setpriv, folder);
                command.args(["--pdeathsig", "QUIT"]).arg(program);
                command
            }
            None => as_nobody(&program, folder),
        };
        postgres.arg("-D").arg(data).arg("-k").arg(folder);
        postgres.args(["-h", "127.0.0.1", "-p", &port.to_string()]);
        for setting in settings {
            postgres.args(["-c", setting]);
        }
        let output = fs::File::create(&log)?;
        let process = postgres.stdout(Stdio::null()).stderr(output).spawn();
        let mut server = Self {
            binaries: binaries.to_owned(),
            port,
            log,
            process: process.context("PostgreSQL did not start")?,
        };
        server.wait_until_ready()?;
        Ok(server)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let started = Instant::now();
        while self.ask("select 1").is_none() {
            if let Some(status) = self.process.try_wait()? {
                bail!("PostgreSQL ended with {status}: {}", self.said());
            }
            ensure!(started.elapsed() < LIMIT, "PostgreSQL is not ready: {}", self.said());
            sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub(super) fn url(&self) -> String {
        format!("postgres://rollcall@127.0.0.1:{}/postgres", self.port)
    }

    pub(super) fn ask(&self, sql: &str) -> Option<String> {
        answer(command(self.binaries.join("psql")).arg(self.url()).args(["-Atc", sql]))
    }

    pub(super) fn must(&self, sql: &str) -> Result<String> {
        self.ask(sql).with_context(|| format!("{sql}: {}", self.said()))
    }

    pub(super) fn until(&self, sql: &str, wanted: &str) -> Result<()> {
        let started = Instant::now();
        while self.ask(sql).as_deref() != Some(wanted) {
            ensure!(started.elapsed() < LIMIT, "{sql} is not {wanted}: {}", self.said());
            sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    /// Of a server that goes on, into the folder `base`.
    pub(super) fn base_backup(&self, folder: &Path) -> Result<()> {
        let mut backup = as_nobody(&self.binaries.join("pg_basebackup"), folder);
        backup.arg("-d").arg(self.url()).arg("-D").arg(folder.join("base"));
        run(backup.args(["--checkpoint=fast", "--wal-method=stream"]))
    }

    /// Everything that was written until now is in the archive.
    pub(super) fn archive_all(&self) -> Result<()> {
        let last = self.must("select pg_walfile_name(pg_switch_wal())")?;
        self.until(&format!("select last_archived_wal >= '{last}' from pg_stat_archiver"), "t")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGINT: PostgreSQL's fast end, after which its files are whole.
        let pid = self.process.id().to_string();
        let asked = Command::new("kill").args(["-s", "INT", &pid]).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("{name} did not start"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{name}: {}", said.trim());
    Ok(())
}
