//! `rollcall serve` on loopback, with a store and a root key of its own, as flags say it.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;

use rollcall_system_tests::{PATIENCE, Rollcall, note_secret, send_signal};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::Child;
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub(crate) struct Served {
    pub url: String,
    pub admin_url: String,
    process: Child,
    log: JoinHandle<String>,
    _folder: TempDir,
}

impl Served {
    pub(crate) async fn with(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let secret = data_encoding::BASE64.encode(&[7; 32]);
        note_secret(&secret);
        let (data, root_key) = (path("data"), path("root.key"));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&root_key);
        file.as_mut().unwrap().write_all(secret.as_bytes()).unwrap();
        let own = [
            "serve",
            "--json",
            "--public-url",
            "http://127.0.0.1",
            "--listen",
            "127.0.0.1:0",
            "--admin-listen",
            "127.0.0.1:0",
            "--data",
            &data,
            "--root-key-file",
            &root_key,
        ];
        let mut process = Rollcall::new(own.iter().chain(arguments)).spawn();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut stderr = process.stderr.take().unwrap();
        let mut line = String::new();
        timeout(PATIENCE, stdout.read_line(&mut line)).await.unwrap().unwrap();
        if line.is_empty() {
            let mut said = String::new();
            stderr.read_to_string(&mut said).await.unwrap();
            panic!("the server did not start: {said}");
        }
        let log = tokio::spawn(async move {
            let mut log = String::new();
            stderr.read_to_string(&mut log).await.unwrap();
            log
        });
        let told: Value = serde_json::from_str(&line).unwrap();
        let url = |key: &str| format!("http://{}", told[key].as_str().unwrap());
        Self { url: url("address"), admin_url: url("admin"), process, log, _folder: folder }
    }

    /// Asks it to end, which it must do well; and what it logged.
    pub(crate) async fn end(mut self) -> String {
        send_signal(self.process.id().unwrap(), "TERM").await;
        let ended = timeout(PATIENCE, self.process.wait()).await;
        let status = ended.expect("it ends").unwrap();
        let log = self.log.await.unwrap();
        assert!(status.success(), "{status}: {log}");
        log
    }
}
