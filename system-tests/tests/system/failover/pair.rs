//! Two PostgreSQL servers of a test's own: a primary whose commits wait for its standby. Each can be
//! stopped as a machine is that loses its power to think: the server and all its processes.

use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

/// The user `nobody` and its group, as Debian numbers them. PostgreSQL refuses to run as root.
const NOBODY: u32 = 65534;
const ATTEMPTS: usize = 600;

pub(super) struct Pair {
    pub(super) primary: Server,
    pub(super) standby: Server,
    // Last: the servers have it.
    _folder: TempDir,
}

pub(super) struct Server {
    folder: PathBuf,
    pub(super) port: u16,
    process: Child,
}

impl Pair {
    /// Its commits wait for the standby from the beginning.
    pub(super) async fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("rcpair").tempdir_in("/tmp").unwrap();
        if is_root() {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let first = folder.path().join("first");
        let user = ["-U", "rollcall"];
        let mut initdb = as_nobody("initdb", folder.path());
        initdb.arg("-D").arg(&first).args(user).args(["--auth=trust", "--no-sync"]);
        well(initdb.args(["--locale=C.UTF-8", "-E", "UTF8"]));
        let primary = Server::start(first).await;
        let second = folder.path().join("second");
        let mut copy = as_nobody("pg_basebackup", folder.path());
        copy.args(["-h", "127.0.0.1", "-p", &primary.port.to_string()]).args(user);
        well(copy.args(["-R", "--no-sync", "--checkpoint=fast", "-D"]).arg(&second));
        let standby = Server::start(second).await;
        primary.wait_for_standbys(Some("*")).await;
        Self { primary, standby, _folder: folder }
    }

    /// Both hosts.
    pub(super) fn address(&self) -> String {
        let (one, other) = (self.primary.port, self.standby.port);
        format!(
            "postgres://rollcall@127.0.0.1:{one},127.0.0.1:{other}/postgres?target_session_attrs=read-write"
        )
    }
}

impl Server {
    async fn start(folder: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let data = folder.to_str().unwrap().to_owned();
        let program = binaries().join("postgres");
        // Ends when the test does, even when that is killed.
        let mut command = as_nobody_of("setpriv".as_ref(), &folder);
        command.args(["--pdeathsig", "QUIT"]).arg(program).args(["-D", &data, "-k", &data]);
        command.args(["-h", "127.0.0.1", "-p", &port.to_string(), "-c", "fsync=off"]);
        command.args(["-c", "full_page_writes=off", "-c", "max_connections=100"]);
        let log = std::fs::File::create(folder.with_extension("log")).unwrap();
        let process = command.stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let server = Self { folder, port, process };
        for _ in 0..ATTEMPTS {
            if tokio_postgres::connect(&server.address(), NoTls).await.is_ok() {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let log = std::fs::read_to_string(server.folder.with_extension("log"));
        panic!("PostgreSQL did not start: {}", log.unwrap_or_default());
    }

    /// This one alone.
    pub(super) fn address(&self) -> String {
        format!("postgres://rollcall@127.0.0.1:{}/postgres", self.port)
    }

    pub(super) async fn connect(&self) -> Client {
        let (client, connection) =
            tokio_postgres::connect(&self.address(), NoTls).await.expect("the server answers");
        tokio::spawn(connection);
        client
    }

    /// Its commits wait for standbys of this name, or for none; returns when that is in force.
    pub(super) async fn wait_for_standbys(&self, name: Option<&str>) {
        let db = self.connect().await;
        let names = name.unwrap_or_default();
        db.batch_execute(&format!("alter system set synchronous_standby_names = '{names}'"))
            .await
            .unwrap();
        db.batch_execute("select pg_reload_conf()").await.unwrap();
        let sql = "select current_setting('synchronous_standby_names') = $1 and ($1 = '' or exists
                   (select 1 from pg_stat_replication where sync_state in ('sync', 'quorum')))";
        for _ in 0..ATTEMPTS {
            if db.query_one(sql, &[&names]).await.unwrap().get(0) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it does not wait for a standby {names:?}");
    }

    pub(super) fn promote(&self) {
        let mut promote = as_nobody("pg_ctl", &self.folder);
        well(promote.arg("-D").arg(&self.folder).args(["-w", "promote"]));
    }

    /// Every process of it, the first one first, so that it makes no more of them.
    pub(super) fn stop(&self) {
        self.signal("STOP");
    }

    pub(super) fn go_on(&self) {
        self.signal("CONT");
    }

    fn signal(&self, signal: &str) {
        let first = self.process.id();
        let mut command = Command::new("kill");
        command.args([format!("-{signal}"), first.to_string()]);
        well(&mut command);
        for child in children_of(first) {
            // One that has just ended is no matter.
            let _ = Command::new("kill").args([format!("-{signal}"), child.to_string()]).output();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.go_on();
        let mut stop = as_nobody("pg_ctl", Path::new("/"));
        stop.arg("-D").arg(&self.folder).args(["-m", "immediate", "stop"]);
        let _ = stop.output();
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Each of PostgreSQL's processes leads a group of its own, so their parent tells who they are.
fn children_of(first: u32) -> Vec<u32> {
    let folders = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let pids = folders.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // After the name, which may hold anything: the state, then the parent.
        let after = stat.rsplit_once(')').map(|(_, after)| after).unwrap_or_default();
        after.split_whitespace().nth(1) == Some(&first.to_string())
    })
    .collect()
}

fn binaries() -> PathBuf {
    if let Some(named) = std::env::var_os("PGBIN") {
        return named.into();
    }
    let major = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed");
    let versions = versions.filter_map(Result::ok).map(|entry| entry.path());
    versions.max_by_key(major).expect("a version of it").join("bin")
}

fn as_nobody(program: &str, folder: &Path) -> Command {
    as_nobody_of(&binaries().join(program), folder)
}

fn as_nobody_of(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_remove("PGPASSWORD").env("HOME", "/tmp").stdin(Stdio::null());
    command.current_dir(folder.parent().filter(|parent| parent.exists()).unwrap_or(Path::new("/")));
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|of| std::os::unix::fs::MetadataExt::uid(&of) == 0)
}

#[track_caller]
fn well(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
