//! `rollcall serve` ends TLS: a certificate from files that are replaced under it, and one from an
//! authority (`pebble`, which is one for tests).

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rollcall_directory::keys::RootKey;
use rollcall_system_tests::{
    Database, PATIENCE, Rollcall, Store, http_client, rollcall_binary, send_signal,
};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Duration, Instant, sleep, timeout};

mod authority;
mod files;

/// Resolved by everybody, to this machine.
const NAME: &str = "localhost";

struct Made {
    chain: String,
    key: String,
    root: String,
}

fn made(name: &str) -> Made {
    let mut about = CertificateParams::new([]).unwrap();
    about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(about, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    Made { chain: own.pem(), key: key.serialize_pem(), root: issuer.pem() }
}

fn a_free_address() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Writes a file that only we may read.
fn write(path: &Path, text: &str) {
    use std::os::unix::fs::OpenOptionsExt as _;
    let beside = path.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    std::io::Write::write_all(&mut options.open(&beside).unwrap(), text.as_bytes()).unwrap();
    std::fs::rename(&beside, path).unwrap();
}

/// A server that listens, and what it says.
struct Serving {
    process: Child,
    address: SocketAddr,
}

fn arguments(folder: &Path, listen: SocketAddr, database: &Database) -> Vec<String> {
    let root_key = folder.join("root.key");
    write(&root_key, &RootKey::from_bytes([7; 32]).to_text());
    let mut arguments: Vec<String> =
        ["serve", "--json", "--public-url", "https://localhost"].map(str::to_owned).to_vec();
    arguments.extend(["--listen".to_owned(), listen.to_string()]);
    arguments.extend(["--root-key-file".to_owned(), root_key.display().to_string()]);
    arguments.extend(database.arguments());
    arguments
}

impl Serving {
    async fn start(
        folder: &Path,
        listen: SocketAddr,
        database: &Database,
        more: &[String],
    ) -> Self {
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let mut process = Command::new(rollcall_binary())
            .args(arguments(folder, listen, database))
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        timeout(PATIENCE, stdout.read_line(&mut line)).await.expect("it listens").unwrap();
        let said = std::fs::read_to_string(folder.join("log")).unwrap();
        let line: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{said}"));
        Self { process, address: line["address"].as_str().unwrap().parse().unwrap() }
    }

    async fn signal(&self, name: &str) {
        send_signal(self.process.id().unwrap(), name).await;
    }

    async fn stop(mut self) {
        self.signal("TERM").await;
        assert!(timeout(PATIENCE, self.process.wait()).await.unwrap().unwrap().success());
    }

    /// A call on a connection of its own, by a client that trusts this root alone.
    async fn call(&self, root: &str) -> reqwest::Result<u16> {
        let root = reqwest::Certificate::from_pem(root.as_bytes()).unwrap();
        let client = http_client().no_proxy().tls_certs_only([root]).build().unwrap();
        let url = format!("https://{NAME}:{}/openapi.json", self.address.port());
        Ok(client.get(url).send().await?.status().as_u16())
    }

    /// Until it is answered well.
    async fn is_reached(&self, root: &str, folder: &Path) {
        let began = Instant::now();
        while self.call(root).await.ok() != Some(200) {
            let said = || std::fs::read_to_string(folder.join("log")).unwrap();
            assert!(began.elapsed() < PATIENCE, "no call was answered: {}", said());
            sleep(Duration::from_millis(50)).await;
        }
    }
}
