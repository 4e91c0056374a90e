//! chromedriver and the Chromium it starts: on a port that it chose, in a profile of its own, and
//! both gone at the end, also when a test failed.

use std::fs::File;
use std::process::Stdio;

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::PATIENCE;

/// Root is who tests in a container, and Chromium's own sandbox refuses root. The rest keeps it
/// from calling home, which would be somebody else's traffic in our tests.
const FLAGS: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--lang=en-GB",
];

#[derive(Debug)]
pub(super) struct Driver {
    _process: Child,
    browser: Option<u64>,
    _profile: TempDir,
    _turn: File,
}

impl Driver {
    pub(super) async fn start() -> (Self, Client) {
        let turn = spawn_blocking(turn).await.expect("a turn");
        let profile = TempDir::new().expect("a temporary folder");
        let (process, port) = chromedriver().await;
        let client = client(port, &profile).await;
        let browser = client.capabilities().and_then(|all| all.get("goog:processID"));
        let browser = browser.and_then(serde_json::Value::as_u64);
        (Self { _process: process, browser, _profile: profile, _turn: turn }, client)
    }
}

impl Drop for Driver {
    /// A driver that is killed does not take its browser with it.
    fn drop(&mut self) {
        if let Some(browser) = self.browser {
            let mut kill = std::process::Command::new("kill");
            kill.args(["-s", "KILL", &browser.to_string()]).stderr(Stdio::null());
            let _ = kill.status();
        }
    }
}

/// Waits until no other test of this machine has a browser open.
fn turn() -> File {
    let path = std::env::temp_dir().join("rollcall-tests-browser.lock");
    let file = File::options().create(true).append(true).open(&path);
    let file = file.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    file.lock().expect("a lock on a file of ours");
    file
}

async fn chromedriver() -> (Child, u16) {
    let mut command = Command::new("chromedriver");
    command.arg("--port=0").kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut process = command.spawn().unwrap_or_else(|error| {
        panic!("chromedriver did not start ({error}): run the tests by `cargo xtask test`")
    });
    let mut lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
    let port = async {
        while let Some(line) = lines.next_line().await.expect("chromedriver speaks UTF-8") {
            let port = line.strip_prefix("ChromeDriver was started successfully on port ");
            if let Some(port) = port.and_then(|port| port.trim_end_matches('.').parse().ok()) {
                return port;
            }
        }
        panic!("chromedriver ended and listened nowhere");
    };
    let port = timeout(PATIENCE, port).await.expect("chromedriver says in time where it listens");
    // It goes on talking: read, so that it never waits for us.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    (process, port)
}

async fn client(port: u16, profile: &TempDir) -> Client {
    let mut flags: Vec<String> = FLAGS.map(str::to_owned).to_vec();
    flags.push(format!("--user-data-dir={}", profile.path().display()));
    let wanted = json!({
        "acceptInsecureCerts": true,
        "unhandledPromptBehavior": "ignore",
        "goog:chromeOptions": { "args": flags },
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
    });
    let serde_json::Value::Object(wanted) = wanted else { unreachable!("written above") };
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(Capabilities::from(wanted));
    let connected = builder.connect(&format!("http://127.0.0.1:{port}")).await;
    connected.unwrap_or_else(|error| panic!("Chromium did not start: {error}"))
}
