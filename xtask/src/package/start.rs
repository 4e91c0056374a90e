//! The package unpacked, and its `ExecStart` run as systemd would run it: the settings that the
//! package brings, the credential folder, a folder for its state, the socket for "I am ready".
//! Then `/readyz` must answer, a SIGTERM must end it well, and every system call that was seen must
//! be one that the unit's filter lets through.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::net::UnixDatagram;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};

use super::Package;
use super::layout::{SETTINGS, UNIT};
use crate::command::{answer, command, run};
use crate::test::is_root;
use crate::workspace::Workspace;

/// As root SQLite does what a user without rights, which the unit gives it, does not.
const NOBODY: u32 = 65534;
const READY_WITHIN: Duration = Duration::from_secs(60);
/// 64 hexadecimal digits, as `rollcall admin keys new-root-key` prints them; worth nothing.
const ROOT_KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n";

pub(super) fn starts_as_the_unit_says(_: &Workspace, package: &Package, _: &Path) -> Result<()> {
    let place = tempfile::Builder::new().prefix("rcunit").tempdir_in("/tmp")?;
    let at = |name: &str| place.path().join(name);
    // Where a user without rights can read it: the target folder may be in somebody's home.
    let unpacked = at("unpacked");
    run(command("dpkg-deb").arg("-x").arg(&package.file).arg(&unpacked))?;
    let unit = fs::read_to_string(unpacked.join(UNIT))?;
    fs::create_dir(at("credentials"))?;
    fs::write(at("credentials/root-key"), ROOT_KEY)?;
    fs::set_permissions(at("credentials/root-key"), fs::Permissions::from_mode(0o400))?;
    fs::create_dir(at("state"))?;
    fs::set_permissions(at("state"), fs::Permissions::from_mode(0o700))?;
    let mut start = command("strace");
    if is_root() {
        for path in ["", "credentials", "credentials/root-key", "state"] {
            chown(at(path), Some(NOBODY), Some(NOBODY))?;
        }
        start.uid(NOBODY).gid(NOBODY);
    }
    let ready = UnixDatagram::bind(at("notify"))?;
    fs::set_permissions(at("notify"), fs::Permissions::from_mode(0o666))?;
    ready.set_read_timeout(Some(READY_WITHIN))?;

    let settings = fs::read_to_string(unpacked.join(SETTINGS))?;
    let public = setting(&settings, "listen = \"127.0.0.1:8787\"")?;
    let admin = setting(&settings, "listen = \"127.0.0.1:8788\"")?;
    setting(&settings, "data = \"/var/lib/rollcall\"")?;
    let mut words = exec_start(&unit, &unpacked)?;
    start
        .args(["-f", "-qq", "-e", "signal=none", "-s", "0", "-o"])
        .arg(at("calls"))
        .arg(words.remove(0))
        .args(words)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("CREDENTIALS_DIRECTORY", at("credentials"))
        .env("STATE_DIRECTORY", at("state"))
        .env("NOTIFY_SOCKET", at("notify"))
        // The ports and the folder of this machine are not the test's to take.
        .env("ROLLCALL_STORE_DATA", at("state/rollcall"))
        .env("ROLLCALL_LISTEN", public.to_string())
        .env("ROLLCALL_ADMIN_LISTEN", admin.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(fs::File::create(at("log"))?);
    let mut server = Server(start.spawn().context("the server could not be started")?);
    let outcome =
        wait_until_ready(&ready).and_then(|()| is_ready(admin)).and_then(|()| server.end());
    if let Err(error) = outcome {
        bail!("{error:#}; it said:\n{}", fs::read_to_string(at("log"))?);
    }
    within_the_filter(&unit, &fs::read_to_string(at("calls"))?)
}

/// The settings hold this line; in its place the test says a free port.
fn setting(settings: &str, line: &str) -> Result<SocketAddr> {
    ensure!(settings.lines().any(|own| own == line), "{SETTINGS} has not the line {line}");
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// The command of the unit, with what it names below the folder it was unpacked to.
fn exec_start(unit: &str, unpacked: &Path) -> Result<Vec<String>> {
    let line = unit.lines().find_map(|line| line.strip_prefix("ExecStart="));
    let words = line.context("the unit has no ExecStart")?.split_whitespace();
    let below = |word: &str| match word.strip_prefix('/') {
        Some(path) => unpacked.join(path).display().to_string(),
        None => word.to_owned(),
    };
    Ok(words.map(below).collect())
}

fn wait_until_ready(ready: &UnixDatagram) -> Result<()> {
    let mut bytes = [0; 4096];
    loop {
        let length = ready.recv(&mut bytes).context("it did not say that it is ready")?;
        let said = String::from_utf8_lossy(&bytes[..length]);
        if said.lines().any(|line| line == "READY=1") {
            return Ok(());
        }
    }
}

fn is_ready(admin: SocketAddr) -> Result<()> {
    let mut stream = TcpStream::connect(admin).context("nobody listens for administrators")?;
    stream.set_read_timeout(Some(READY_WITHIN))?;
    let request = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    ensure!(answer.starts_with("HTTP/1.1 200"), "/readyz answered {answer}");
    Ok(())
}

struct Server(Child);

impl Server {
    /// The tracer passes no signal on: its child is told.
    fn end(&mut self) -> Result<()> {
        let tracer = self.0.id();
        let children = fs::read_to_string(format!("/proc/{tracer}/task/{tracer}/children"))?;
        for child in children.split_whitespace() {
            Command::new("kill").arg(child).status()?;
        }
        let status = self.0.wait()?;
        ensure!(status.success(), "it ended with {status}");
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.0.try_wait().is_ok_and(|ended| ended.is_none()) {
            // The tracer's end is the end of what it traces, when that is told too.
            let _ = self.end();
        }
    }
}

/// What the unit forbids, this machine does not: so the calls are compared with systemd's own lists.
fn within_the_filter(unit: &str, trace: &str) -> Result<()> {
    let mut allowed = BTreeSet::new();
    for line in unit.lines().filter_map(|line| line.strip_prefix("SystemCallFilter=")) {
        match line.strip_prefix('~') {
            None => line.split_whitespace().try_for_each(|set| {
                allowed.extend(calls_of(set)?);
                anyhow::Ok(())
            })?,
            Some(denied) => denied.split_whitespace().try_for_each(|set| {
                let denied = calls_of(set)?;
                allowed.retain(|call| !denied.contains(call));
                anyhow::Ok(())
            })?,
        }
    }
    let seen = calls_in(trace);
    ensure!(seen.contains("accept4") || seen.contains("accept"), "nothing was traced");
    let denied: Vec<&str> = seen.into_iter().filter(|call| !allowed.contains(*call)).collect();
    ensure!(denied.is_empty(), "the unit's filter would refuse {}", denied.join(", "));
    Ok(())
}

/// A set of systemd's, with the sets in it.
fn calls_of(set: &str) -> Result<BTreeSet<String>> {
    if !set.starts_with('@') {
        return Ok(BTreeSet::from([set.to_owned()]));
    }
    let list = answer(command("systemd-analyze").args(["syscall-filter", "--no-pager", set]));
    let list = list.with_context(|| format!("systemd knows no set {set}"))?;
    let mut calls = BTreeSet::new();
    let inside = list.lines().filter(|line| line.starts_with("    ")).map(str::trim);
    for word in inside.filter(|word| !word.starts_with('#')) {
        calls.extend(calls_of(word)?);
    }
    Ok(calls)
}

/// The names in strace's lines: `PID name(…`, and neither what was resumed nor how a process ended.
fn calls_in(trace: &str) -> BTreeSet<&str> {
    trace
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(_, rest)| rest.trim_start().split_once('('))
        .map(|(name, _)| name)
        .filter(|name| {
            name.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read_from_a_trace() {
        let trace = "12 read(3, \"\"..., 8) = 8\n12 <... futex resumed>) = 0\n13 accept4(5, NULL) = 6\n12 +++ exited with 0 +++\n";
        assert_eq!(calls_in(trace), BTreeSet::from(["accept4", "read"]));
    }

    #[test]
    fn the_command_of_the_unit_is_found_below_the_folder() {
        let unit =
            "[Service]\nExecStart=/usr/bin/rollcall serve --config /etc/rollcall/rollcall.toml\n";
        let words = exec_start(unit, Path::new("/x")).unwrap();
        assert_eq!(
            words,
            ["/x/usr/bin/rollcall", "serve", "--config", "/x/etc/rollcall/rollcall.toml"]
        );
    }
}
