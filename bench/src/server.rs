//! A program that is measured: started on the server's core, asked where it listens, ended at the
//! end. And ours, with what is needed to call it.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use data_encoding::BASE64;
use serde_json::Value;

use crate::calls::{Credentials, Page};
use crate::http::Caller;

/// Core 0 serves, core 1 calls.
pub(crate) fn on_the_servers_core(program: &Path) -> Command {
    on_cores("0", program)
}

fn on_cores(cores: &str, program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", cores]).arg(program);
    command
}

/// Our own programs lie beside this one.
pub(crate) fn beside_this(name: &str) -> Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name(name);
    ensure!(program.is_file(), "{} is not built", program.display());
    Ok(program)
}

/// A program that runs: ended when this goes.
pub(crate) struct Running {
    child: Child,
    pub(crate) address: SocketAddr,
    /// The first line it said.
    said: String,
}

impl Running {
    /// Starts a program that prints one line, in which `address` finds where it listens.
    pub(crate) fn start(
        command: &mut Command,
        address: impl Fn(&str) -> Option<SocketAddr>,
    ) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("could not start {command:?}"))?;
        let mut said = String::new();
        let output = child.stdout.take().context("a pipe")?;
        BufReader::new(output).read_line(&mut said)?;
        let Some(address) = address(&said) else {
            let _ = child.kill();
            let _ = child.wait();
            anyhow::bail!("{command:?} did not say where it listens, but: {said}");
        };
        Ok(Self { child, address, said })
    }

    /// Started, and asked until it answers.
    pub(crate) fn start_at(command: &mut Command, address: SocketAddr) -> Result<Self> {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
        let running = Self { child, address, said: String::new() };
        let began = Instant::now();
        while std::net::TcpStream::connect(address).is_err() {
            ensure!(began.elapsed() < Duration::from_secs(60), "{command:?} does not listen");
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(running)
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // SIGTERM, so that a temporary folder is removed.
        let told = Command::new("kill").arg(self.child.id().to_string()).status();
        if !told.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// How our server is started.
#[derive(Default)]
pub(crate) struct Start<'a> {
    pub(crate) users: usize,
    /// Kept here; nowhere: in a temporary folder of its own.
    pub(crate) folder: Option<&'a Path>,
    pub(crate) both_cores: bool,
}

/// `rollcall dev`, and who may call it.
pub(crate) struct Server {
    pub(crate) running: Running,
    pub(crate) users: usize,
    credentials: Credentials,
}

pub(crate) fn dev(start: &Start<'_>) -> Result<Command> {
    let mut dev = on_cores(if start.both_cores { "0-1" } else { "0" }, &beside_this("rollcall")?);
    dev.args(["dev", "--listen", "127.0.0.1:0", "--json", "--users", &start.users.to_string()]);
    if let Some(folder) = start.folder {
        dev.arg("--data").arg(folder);
    }
    // Only warnings, to this program's own error stream.
    dev.env("ROLLCALL_LOG", "warn");
    Ok(dev)
}

/// Where it says that it listens, in its one line of JSON.
pub(crate) fn base_url(line: &str) -> Option<SocketAddr> {
    let said: Value = serde_json::from_str(line).ok()?;
    said.get("base_url")?.as_str()?.strip_prefix("http://")?.parse().ok()
}

fn text(said: &Value, name: &str) -> Result<String> {
    Ok(said.get(name).and_then(Value::as_str).context(name.to_owned())?.to_owned())
}

impl std::ops::Deref for Server {
    type Target = Credentials;
    fn deref(&self) -> &Credentials {
        &self.credentials
    }
}

impl Server {
    pub(crate) fn start(start: &Start<'_>) -> Result<Self> {
        let running = Running::start(&mut dev(start)?, base_url)?;
        let said: Value = serde_json::from_str(&running.said)?;
        let (account, client) = (text(&said, "account_id")?, text(&said, "client_id")?);
        let secret = text(&said, "client_secret")?;
        let basic = BASE64.encode(format!("{client}:{secret}").as_bytes());
        let credentials = Credentials::of(account, basic);
        let mut server = Self { running, users: start.users, credentials };
        server.take_token()?;
        Ok(server)
    }

    /// One that was started otherwise.
    pub(crate) fn of(running: Running, users: usize, credentials: Credentials) -> Self {
        Self { running, users, credentials }
    }

    /// A token lives for a quarter of an hour: a fresh one for each part of a long run.
    pub(crate) fn take_token(&mut self) -> Result<()> {
        let mut request = Vec::new();
        self.write_token_request(&mut request);
        let mut caller = self.caller()?;
        let body = caller.body(&request)?;
        self.credentials.take_token_of(body)
    }

    /// A field of the line that it printed.
    pub(crate) fn told(&self, name: &str) -> Result<String> {
        text(&serde_json::from_str(&self.running.said)?, name)
    }

    pub(crate) fn caller(&self) -> Result<Caller> {
        Caller::connect(self.running.address)
    }

    /// Goes through the whole list in pages of this size; what it saw of each page.
    pub(crate) fn walk(&self, size: usize, mut see: impl FnMut(&Page)) -> Result<()> {
        let mut caller = self.caller()?;
        let mut page_token = String::new();
        loop {
            let mut request = Vec::new();
            self.write_list(&mut request, size, &page_token);
            let body = caller.body(&request)?;
            let page = Page::read(body, page_token)?;
            see(&page);
            match page.next {
                Some(next) => page_token = next,
                None => return Ok(()),
            }
        }
    }
}

/// From now on a process runs on these cores only.
pub(crate) fn pin(process: u32, cores: &str) -> Result<()> {
    let pinned = Command::new("taskset")
        .args(["--all-tasks", "--cpu-list", "--pid", cores, &process.to_string()])
        .output()?;
    ensure!(pinned.status.success(), "taskset: {}", String::from_utf8_lossy(&pinned.stderr));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_dev_says_where_it_listens() {
        let line = r#"{"base_url":"http://127.0.0.1:8787","account_id":"A"}"#;
        assert_eq!(base_url(line), "127.0.0.1:8787".parse().ok());
        assert_eq!(base_url("error"), None);
    }
}
