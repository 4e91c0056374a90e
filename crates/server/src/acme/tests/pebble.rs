//! Against `pebble`: a certificate obtained, served, renewed and kept, with two processes at it.
//! It validates on our port, signs with a root of its own that is new in each run, and rejects
//! some nonces on purpose.

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};
use zeroize::Zeroizing;

use super::*;
use crate::acme::order::Asking;
use crate::acme::{AcmeError, ExternalAccount, ProveBy};
use crate::tls::tests::accepting;

/// Resolved by everybody, to this machine.
const LOCAL: &str = "localhost";
const PATIENCE: Duration = Duration::from_secs(20);
const LIFE_SECONDS: u32 = 90 * 86_400;
const KNOWN_AS: &str = "known-1";
/// Base64url of 32 bytes `k`.
const KNOWN_BY: &str = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s";

struct Pebble {
    directory: String,
    management: SocketAddr,
    /// Who signed the authority's own listeners.
    own: Made,
    folder: TempDir,
    process: Child,
}

/// For pebble to listen on later. Below the ports that the machine gives to whoever connects: one of
/// those may be taken meanwhile, by our own look whether pebble listens too.
fn a_free_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let of_this_process = u16::try_from(std::process::id() % 1000).unwrap() * 10;
    loop {
        let port = 20_000 + (of_this_process + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000;
        if let Ok(free) = std::net::TcpListener::bind(("127.0.0.1", port)) {
            return free.local_addr().unwrap();
        }
    }
}

impl Pebble {
    /// `tls` and `http`: where it looks for proofs. `known`: only whom it knows gets an account.
    async fn start(tls: SocketAddr, http: SocketAddr, known: bool) -> Self {
        let (listen, management) = (a_free_address(), a_free_address());
        let (folder, own) = (TempDir::new().unwrap(), made(&["127.0.0.1"]));
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("own.pem"), &own.chain).unwrap();
        std::fs::write(path("own.key"), &own.key).unwrap();
        std::fs::write(path("ca.pem"), &own.root).unwrap();
        let config = serde_json::json!({ "pebble": {
            "listenAddress": listen.to_string(),
            "managementListenAddress": management.to_string(),
            "certificate": path("own.pem"),
            "privateKey": path("own.key"),
            "tlsPort": tls.port(),
            "httpPort": http.port(),
            "externalAccountBindingRequired": known,
            "externalAccountMACKeys": { KNOWN_AS: KNOWN_BY },
            "certificateValidityPeriod": LIFE_SECONDS,
        }});
        std::fs::write(path("config.json"), config.to_string()).unwrap();
        let log = std::fs::File::create(path("log")).unwrap();
        let process = Command::new("pebble")
            .arg("-config")
            .arg(path("config.json"))
            .env("PEBBLE_VA_NOSLEEP", "1")
            .env("PEBBLE_AUTHZREUSE", "0")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .expect("pebble is there: `cargo xtask test` installs it");
        let began = Instant::now();
        while TcpStream::connect(listen).await.is_err() {
            let said = std::fs::read_to_string(path("log")).unwrap();
            assert!(began.elapsed() < PATIENCE, "pebble does not listen: {said}");
            sleep(Duration::from_millis(20)).await;
        }
        Self { directory: format!("https://{listen}/dir"), management, own, folder, process }
    }

    fn settings(&self, by: ProveBy) -> AcmeSettings {
        settings(&self.directory, LOCAL)
            .trusting(Some(self.folder.path().join("ca.pem")))
            .proving_by(by)
    }

    /// The root under which it signs, in this run.
    async fn root(&self) -> String {
        let root = reqwest::Certificate::from_pem(self.own.root.as_bytes()).unwrap();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([root]).build().unwrap();
        let url = format!("https://{}/roots/0", self.management);
        client.get(url).send().await.unwrap().text().await.unwrap()
    }

    fn said(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }
}

/// A call by a client that trusts this root alone.
async fn call(address: SocketAddr, root: &str) -> reqwest::Result<u16> {
    let root = reqwest::Certificate::from_pem(root.as_bytes()).unwrap();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([root]).build().unwrap();
    let url = format!("https://{LOCAL}:{}/", address.port());
    Ok(client.get(url).send().await?.status().as_u16())
}

fn serial(tls: &Tls) -> String {
    tls.certificate().expect("a certificate is served").serial
}

#[tokio::test]
async fn a_certificate_is_obtained_renewed_and_kept_by_processes_that_share_a_store() {
    let ground = Ground::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut pebble = Pebble::start(address, a_free_address(), false).await;
    let ours = pebble.settings(ProveBy::TlsAlpn);

    // The one that listens is not the one that asks: proofs are found in the store.
    let (tls, mut listens) = a_process(ground.other(), &ours).await;
    tokio::spawn(accepting(listener, tls.clone()));
    let (tls_of_asker, mut asks) = a_process(ground.store.clone(), &ours).await;
    assert!(call(address, &pebble.own.root).await.is_err(), "no certificate, no call");
    asks.look(false).await.unwrap();
    let first = serial(&tls_of_asker);
    listens.look(false).await.unwrap();
    assert_eq!(serial(&tls), first, "what one obtained, the other serves");
    let root = pebble.root().await;
    assert_eq!(call(address, &root).await.unwrap(), 200);
    assert!(call(address, &pebble.own.root).await.is_err(), "signed by nobody else");

    // Nothing to do until two thirds of its life are over; then one of them renews, once.
    let life = Duration::from_secs(u64::from(LIFE_SECONDS));
    ground.clock.advance(life / 3 * 2 - Duration::from_mins(1));
    asks.look(true).await.unwrap();
    assert_eq!(serial(&tls_of_asker), first);
    ground.clock.advance(Duration::from_mins(2));
    listens.look(false).await.unwrap();
    let second = serial(&tls);
    assert_ne!(second, first);
    asks.look(false).await.unwrap();
    assert_eq!(serial(&tls_of_asker), second);
    assert_eq!(call(address, &root).await.unwrap(), 200);
    let said = pebble.said();
    assert_eq!(said.matches("Issued certificate").count(), 2, "{said}");
    assert!(kept::proofs(&ground.store).await.unwrap().is_empty(), "no answer is left behind");

    // The authority is gone, and a process begins anew.
    pebble.process.kill().await.unwrap();
    let (tls, mut restarted) = a_process(ground.other(), &ours).await;
    assert_eq!(serial(&tls), second);
    restarted.look(false).await.unwrap();
    assert_eq!(call(listening(tls).await, &root).await.unwrap(), 200);
}

#[tokio::test]
async fn by_http_and_with_an_account_that_the_authority_must_know() {
    let ground = Ground::new();
    let listener = ProofListener::new(std::net::TcpListener::bind("127.0.0.1:0").unwrap()).unwrap();
    let pebble = Pebble::start(a_free_address(), listener.address().unwrap(), true).await;
    let stranger = pebble.settings(ProveBy::Http);
    let names = KeptNames::of(&stranger);
    let asking = Asking { store: &ground.store, settings: &stranger, names: &names };
    let why = asking.certificate().await.map(|_| ()).unwrap_err().to_string();
    assert!(why.contains("externalAccountRequired"), "{why}");

    let key = Zeroizing::new(vec![b'k'; 32]);
    let known = Some(ExternalAccount { id: KNOWN_AS.to_owned(), key });
    let ours = stranger.known_as(known);
    let answers = Answers::new(ground.store.clone(), ours.names());
    tokio::spawn(listener.answer(answers));
    let (tls, mut process) = a_process(ground.store.clone(), &ours).await;
    process.look(false).await.unwrap();
    let obtained = tls.certificate();
    let obtained = obtained.unwrap_or_else(|| panic!("{}", pebble.said()));
    assert_eq!(obtained.names, [LOCAL]);
}

#[tokio::test]
async fn a_name_that_is_not_proved_is_named_with_the_reason_and_the_way_out() {
    let ground = Ground::new();
    let pebble = Pebble::start(a_free_address(), a_free_address(), false).await;
    for (by, way_out) in [(ProveBy::TlsAlpn, "port 443"), (ProveBy::Http, "port 80")] {
        let ours = pebble.settings(by);
        let names = KeptNames::of(&ours);
        let asking = Asking { store: &ground.store, settings: &ours, names: &names };
        let why = asking.certificate().await.map(|_| ()).unwrap_err();
        assert!(matches!(&why, AcmeError::NotProved { name, .. } if name == LOCAL), "{why:?}");
        let says = why.to_string();
        assert!(says.to_lowercase().contains("connect") && says.contains(way_out), "{says}");
    }
}
