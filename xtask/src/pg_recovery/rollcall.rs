//! Rollcall over one of the two servers: commands of its operator, and a node with a client.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use crate::command::command;

const ANSWERS_IN: Duration = Duration::from_secs(30);

pub(super) struct Rollcall {
    binary: PathBuf,
    folder: PathBuf,
    url: String,
}

/// The id of an application and its secret, which goes to curl by its standard input alone.
pub(super) struct Client {
    pub account: String,
    pub id: String,
    pub secret: String,
}

/// A node, ended with this value.
pub(super) struct Node {
    process: Child,
    address: String,
    folder: PathBuf,
}

impl Rollcall {
    pub(super) fn over(binary: PathBuf, folder: &Path, url: String) -> Self {
        Self { binary, folder: folder.to_owned(), url }
    }

    pub(super) fn root_key(&self) -> PathBuf {
        self.folder.join("root.key")
    }

    pub(super) fn new_root_key(&self) -> Result<()> {
        let mut command = command(&self.binary);
        command.args(["admin", "keys", "new-root-key", "--out"]).arg(self.root_key());
        ensure!(command.status()?.success(), "no root key was made");
        Ok(())
    }

    /// `admin WORDS` with its exit status and what it printed, errors too.
    pub(super) fn tries(&self, words: &[&str]) -> Result<(bool, String)> {
        let mut command = command(&self.binary);
        command.arg("admin").args(words).args(["--database", &self.url]);
        let output = command.current_dir(&self.folder).stdin(Stdio::null()).output()?;
        let stream = if output.status.success() { output.stdout } else { output.stderr };
        Ok((output.status.success(), String::from_utf8_lossy(&stream).trim().to_owned()))
    }

    pub(super) fn admin(&self, words: &[&str]) -> Result<String> {
        let (well, said) = self.tries(words)?;
        ensure!(well, "rollcall admin {}: {said}", words.join(" "));
        Ok(said)
    }

    pub(super) fn serve(&self) -> Result<Node> {
        let settings = format!(
            "public_url = \"http://localhost:8787\"\nlisten = \"127.0.0.1:0\"\n\n[store]\ndatabase = {:?}\n\n[root_key]\nfile = {:?}\n",
            self.url,
            self.root_key()
        );
        let config = self.folder.join("rollcall.toml");
        fs::write(&config, settings)?;
        let log = fs::File::create(self.folder.join("node.log"))?;
        let mut command = command(&self.binary);
        command.args(["serve", "--json", "--config"]).arg(config).stderr(log);
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let stdout = process.stdout.take().context("a pipe")?;
        let mut node = Node { process, address: String::new(), folder: self.folder.clone() };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let address = between(&line, "\"address\":\"", "\"").map(str::to_owned);
        node.address = address.with_context(|| {
            format!(
                "it does not listen: {}",
                fs::read_to_string(self.folder.join("node.log")).unwrap_or_default()
            )
        })?;
        Ok(node)
    }
}

impl Node {
    pub(super) fn token(&self, client: &Client) -> Result<String> {
        let url = format!("http://{}/v1/oauth/token", self.address);
        let settings = format!(
            "user = \"{}:{}\"\nurl = \"{url}\"\ndata = \"grant_type=client_credentials\"\n",
            client.id, client.secret
        );
        let said = self.curl(&settings)?;
        let token = between(&said, "\"access_token\":\"", "\"").map(str::to_owned);
        token.context("no token was given")
    }

    /// The status of a list with this token.
    pub(super) fn list(&self, client: &Client, token: &str) -> Result<String> {
        let url = format!("http://{}/v1/accounts/{}/users", self.address, client.account);
        let out = self.folder.join("answer");
        let asked = format!(
            "header = \"Authorization: Bearer {token}\"\nurl = \"{url}\"\noutput = {out:?}\nwrite-out = \"%{{http_code}}\"\n"
        );
        let started = Instant::now();
        loop {
            let status = self.curl(&asked)?;
            // A node that has just met a database waits until it knows that it takes the writes.
            if status != "503" || started.elapsed() > ANSWERS_IN {
                return Ok(status);
            }
            sleep(Duration::from_millis(200));
        }
    }

    fn curl(&self, settings: &str) -> Result<String> {
        let mut curl = command("curl");
        curl.args(["--silent", "--show-error", "--noproxy", "*", "--config", "-"]);
        let mut curl = curl.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        curl.stdin.take().context("a pipe")?.write_all(settings.as_bytes())?;
        let output = curl.wait_with_output()?;
        ensure!(output.status.success(), "curl ended with {}", output.status);
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let asked = Command::new("kill").arg(self.process.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    Some(text.split_once(before)?.1.split_once(after)?.0)
}
