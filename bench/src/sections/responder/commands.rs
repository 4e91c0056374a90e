//! The commands that are measured, as a shell would run them, and `curl` beside them.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::{ADDRESSES, PAGE};
use crate::server::{Server, beside_this};

const LOOK_EVERY: Duration = Duration::from_millis(5);

pub(super) struct Ran {
    pub(super) seconds: f64,
    pub(super) memory_mib: f64,
}

pub(super) struct Commands {
    folder: PathBuf,
    program: PathBuf,
    environment: [(&'static str, String); 4],
    sandbox_token: String,
}

#[derive(Deserialize)]
struct Page {
    results: Vec<Person>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct Person {
    email: String,
}

impl Commands {
    pub(super) fn of(server: &Server, folder: &Path) -> Result<Self> {
        let told = |name: &str| server.told(name);
        Ok(Self {
            folder: folder.to_owned(),
            program: beside_this("rollcall")?,
            environment: [
                ("ROLLCALL_URL", told("base_url")?),
                ("ROLLCALL_ACCOUNT_ID", told("account_id")?),
                ("ROLLCALL_CLIENT_ID", told("client_id")?),
                ("ROLLCALL_CLIENT_SECRET", told("client_secret")?),
            ],
            sandbox_token: told("sandbox_token")?,
        })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Walks the list once: the addresses of all pages for `curl`, and from all over it the people
    /// of the plan. How many pages there are.
    pub(super) fn write_curls_list(&self, server: &Server) -> Result<usize> {
        let [(_, url), (_, account), ..] = &self.environment;
        let base = format!("{url}/v1beta1/accounts/{account}/users?max_page_size={PAGE}");
        let mut urls = std::io::BufWriter::new(File::create(self.file("urls.curl"))?);
        let mut emails = Vec::new();
        let (mut caller, mut next, mut pages) = (server.caller()?, String::new(), 0);
        loop {
            let with = if next.is_empty() { String::new() } else { format!("&page_token={next}") };
            writeln!(urls, "url = \"{base}{with}\"")?;
            let mut request = Vec::new();
            server.write_list(&mut request, PAGE, &next);
            let page: Page = serde_json::from_slice(caller.body(&request)?)?;
            pages += 1;
            emails.extend(page.results.into_iter().map(|person| person.email));
            match page.next_page_token {
                Some(token) => next = token,
                None => break,
            }
        }
        urls.flush()?;
        let every = emails.len() / ADDRESSES;
        let chosen: Vec<&str> = emails
            .iter()
            .skip(every / 2)
            .step_by(every)
            .take(ADDRESSES)
            .map(String::as_str)
            .collect();
        ensure!(chosen.len() == ADDRESSES, "too few people");
        std::fs::write(self.file("list.txt"), chosen.join("\n"))?;
        Ok(pages)
    }

    /// The header in a file that only its owner reads: a token is no argument.
    pub(super) fn write_curls_token(&self, server: &Server) -> Result<()> {
        let mut request = Vec::new();
        server.write_list(&mut request, 1, "");
        let request = String::from_utf8(request)?;
        let header = request
            .lines()
            .find(|line| line.starts_with("Authorization: "))
            .context("a request without a token")?;
        let mut file = File::options()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(self.file("token.curl"))?;
        Ok(writeln!(file, "header = \"{header}\"")?)
    }

    pub(super) fn curl(&self) -> Result<Ran> {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--show-error", "--fail", "--noproxy", "*"]);
        curl.arg("--config").arg(self.file("token.curl"));
        curl.arg("--config").arg(self.file("urls.curl"));
        curl.stdout(File::options().write(true).open("/dev/null")?);
        run(curl)
    }

    pub(super) fn list(&self, users: usize) -> Result<Ran> {
        let mut list = self.rollcall(&["users", "list", "--output", "csv"]);
        let to = self.file("people.csv");
        list.stdout(File::create(&to)?);
        let ran = run(list)?;
        let lines = std::fs::read(&to)?.split(|byte| *byte == b'\n').count();
        // The head, and what stands after the last line end.
        ensure!(lines == users + 2, "{lines} lines for {users} people");
        Ok(ran)
    }

    pub(super) fn plan(&self) -> Result<Ran> {
        let (list, plan) = (self.file("list.txt"), self.file("plan.json"));
        let mut command = self.rollcall(&["contain", "plan", "--force", "--reason", "bench"]);
        command.arg("--from").arg(list).arg("--out").arg(plan).stdout(Stdio::null());
        run(command)
    }

    fn rollcall(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).envs(self.environment.iter().map(|(name, value)| (name, value)));
        // No profile of whoever measures.
        command.env("XDG_CONFIG_HOME", self.file("config"));
        command
    }

    pub(super) fn newest_exchange(&self, server: &Server) -> Result<u64> {
        self.journal(server, u64::MAX >> 1)?["newest"].as_u64().context("no newest exchange")
    }

    /// By the double's journal: how often the list was called since then.
    pub(super) fn lists_since(&self, server: &Server, mut after: u64) -> Result<usize> {
        let mut count = 0;
        loop {
            let stretch = self.journal(server, after)?;
            let exchanges = stretch["exchanges"].as_array().context("no exchanges")?;
            let Some(last) = exchanges.last() else { return Ok(count) };
            after = last["number"].as_u64().context("no number")?;
            let lists = exchanges.iter().filter(|one| one["meant"]["operation"] == "ListUsers");
            count += lists.count();
        }
    }

    fn journal(&self, server: &Server, after: u64) -> Result<Value> {
        let request = format!(
            "GET /sandbox/v1/journal?after={after}&limit=100 HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\r\n",
            server.running.address, self.sandbox_token
        );
        Ok(serde_json::from_slice(server.caller()?.body(request.as_bytes())?)?)
    }
}

fn run(mut command: Command) -> Result<Ran> {
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    let began = Instant::now();
    let mut child = command.spawn().with_context(|| format!("could not start {command:?}"))?;
    let mut memory_mib = 0.0_f64;
    let status = loop {
        memory_mib = memory_mib.max(peak_mib(&child));
        match child.try_wait()? {
            Some(status) => break status,
            None => std::thread::sleep(LOOK_EVERY),
        }
    };
    let seconds = began.elapsed().as_secs_f64();
    if !status.success() {
        let said = child.wait_with_output()?;
        anyhow::bail!("{command:?} ended with {status}: {}", String::from_utf8_lossy(&said.stderr));
    }
    Ok(Ran { seconds, memory_mib })
}

/// The most that it had resident so far; 0 once it has ended.
fn peak_mib(child: &Child) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
    let status = status.unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib: Option<f64> = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    kib.unwrap_or(0.0) / 1024.0
}
