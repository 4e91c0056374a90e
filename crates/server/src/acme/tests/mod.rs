//! What is kept, who is answered, and how often an authority is asked; without one, and against
//! Debian's `pebble`, which is one for tests.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rollcall_directory::keys::RootKey;
use rollcall_directory::store::sqlite::{self, Place};
use rollcall_directory::store::{Founding, MadeBy, Store};
use rollcall_directory::world::{Clock as _, ManualClock, SystemClock, World};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::answers::Answers;
use super::kept::{self, KeptCertificate, KeptNames, Proof};
use super::renewal::Renewal;
use super::{AcmeSettings, ProofListener};
use crate::tls::Tls;
use crate::tls::tests::{Made, NAME, listening, made, shown};

mod pebble;

/// A store, and a clock that moves when it is told to.
struct Ground {
    folder: TempDir,
    world: World,
    clock: Arc<ManualClock>,
    store: Store,
}

impl Ground {
    fn new() -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(ManualClock::at(SystemClock.now()));
        let world = World { clock: Arc::clone(&clock) as _, ..World::system() };
        let store = sqlite::open(&place(&folder), &founding(&world), world.clone()).unwrap();
        Self { folder, world, clock, store }
    }

    /// The store as another process has it.
    fn other(&self) -> Store {
        let founding = founding(&self.world);
        sqlite::open_beside(&place(&self.folder), &founding, self.world.clone()).unwrap()
    }

    fn ca_file(&self, made: &Made) -> PathBuf {
        let path = self.folder.path().join("directory_ca.pem");
        std::fs::write(&path, &made.root).unwrap();
        path
    }
}

fn place(folder: &TempDir) -> Place {
    Place::new(folder.path().join("data"))
}

fn founding(world: &World) -> Founding {
    Founding::fresh(RootKey::from_bytes([1; 32]), MadeBy::Serve, world)
}

fn settings(directory: &str, name: &str) -> AcmeSettings {
    AcmeSettings::new(directory, &[name.to_owned()], &[], true).unwrap()
}

/// One process: its TLS, and what sees to its certificate.
async fn a_process(store: Store, settings: &AcmeSettings) -> (Tls, Renewal) {
    let answers = Answers::new(store.clone(), settings.names());
    let tls = Tls::waiting(answers);
    let mut renewal = Renewal::new(store, settings.clone(), tls.clone());
    renewal.serve_what_is_kept().await;
    (tls, renewal)
}

const NOBODY_ASKS: &str = "https://127.0.0.1:1/dir";

#[tokio::test]
async fn without_a_certificate_nobody_comes_in() {
    let ground = Ground::new();
    let (tls, _) = a_process(ground.store.clone(), &settings(NOBODY_ASKS, NAME)).await;
    let address = listening(tls.clone()).await;
    for protocol in [b"h2".as_slice(), b"http/1.1", b"acme-tls/1"] {
        assert!(shown(address, NAME, protocol).await.is_err());
    }
    assert_eq!(tls.certificate(), None);
}

#[tokio::test]
async fn what_is_kept_is_served_from_the_first_moment_and_only_for_what_was_asked() {
    let ground = Ground::new();
    let (pair, ours) = (made(&[NAME]), settings(NOBODY_ASKS, NAME));
    let kept = KeptCertificate {
        chain: pair.chain.clone(),
        key: pair.key.clone(),
        obtained: ground.world.now(),
    };
    KeptNames::of(&ours).keep_certificate(&ground.store, &kept).await.unwrap();
    let (tls, _) = a_process(ground.other(), &ours).await;
    assert!(tls.serves(&kept.certificate().unwrap()));
    for other in [settings(NOBODY_ASKS, "other.example"), settings("https://127.0.0.1:2/dir", NAME)]
    {
        let (tls, _) = a_process(ground.other(), &other).await;
        assert_eq!(tls.certificate(), None, "{other:?}");
    }
}

fn a_proof(name: &str) -> Proof {
    let (token, authorization) = ("token-1".to_owned(), "token-1.thumb".to_owned());
    Proof { name: name.to_owned(), token, authorization, digest: [7; 32] }
}

#[tokio::test]
async fn a_proof_is_shown_by_every_process_to_whoever_asks_for_it_by_its_protocol() {
    let ground = Ground::new();
    let ours = settings(NOBODY_ASKS, NAME);
    kept::keep_proofs(&ground.store, &[a_proof(NAME), a_proof("stranger.example")]).await.unwrap();
    for store in [ground.store.clone(), ground.other()] {
        let address = listening(a_process(store, &ours).await.0).await;
        let certificate = shown(address, NAME, b"acme-tls/1").await.unwrap();
        let (_, read) = X509Certificate::from_der(&certificate).unwrap();
        let extensions = read.extensions().iter();
        let proofs: Vec<_> =
            extensions.filter(|of| of.oid.to_id_string() == "1.3.6.1.5.5.7.1.31").collect();
        assert_eq!(proofs.len(), 1);
        assert!(proofs[0].critical);
        // An octet string of the 32 bytes.
        assert_eq!(proofs[0].value, [&[4, 32][..], &[7; 32]].concat());
        // Not by another protocol, and not for a name that is not ours.
        assert!(shown(address, NAME, b"h2").await.is_err());
        assert!(shown(address, "stranger.example", b"acme-tls/1").await.is_err());
        assert!(shown(address, "other.example", b"acme-tls/1").await.is_err());
    }
    kept::keep_proofs(&ground.store, &[]).await.unwrap();
    let address = listening(a_process(ground.store.clone(), &ours).await.0).await;
    assert!(shown(address, NAME, b"acme-tls/1").await.is_err(), "it is over");
}

#[tokio::test]
async fn over_plain_http_one_address_answers_and_no_other() {
    let ground = Ground::new();
    kept::keep_proofs(&ground.store, &[a_proof(NAME)]).await.unwrap();
    let listener = ProofListener::new(std::net::TcpListener::bind("127.0.0.1:0").unwrap()).unwrap();
    let address = listener.address().unwrap();
    let answers = Answers::new(ground.store.clone(), vec![NAME.to_owned()]);
    tokio::spawn(listener.answer(answers));
    let ask = async |line: &str| {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let text = format!("{line} HTTP/1.1\r\nhost: {NAME}\r\n\r\n");
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        said
    };
    let right = ask("GET /.well-known/acme-challenge/token-1").await;
    assert!(
        right.starts_with("HTTP/1.1 200 ") && right.ends_with("\r\n\r\ntoken-1.thumb"),
        "{right}"
    );
    for wrong in [
        "GET /.well-known/acme-challenge/token-2",
        "GET /.well-known/acme-challenge/",
        "POST /.well-known/acme-challenge/token-1",
        "GET /openapi.json",
        "GET /",
    ] {
        let said = ask(wrong).await;
        assert!(said.starts_with("HTTP/1.1 404 "), "{wrong}: {said}");
    }
}

/// Counts who comes, and answers nobody.
async fn a_broken_authority() -> (String, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let directory = format!("https://{}/dir", listener.local_addr().unwrap());
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        loop {
            let _ = listener.accept().await.unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (directory, count)
}

#[tokio::test]
async fn an_authority_that_fails_is_asked_again_after_a_wait_by_whomever_and_through_restarts() {
    let ground = Ground::new();
    let (directory, asked) = a_broken_authority().await;
    let ca = ground.ca_file(&made(&["127.0.0.1"]));
    let ours = settings(&directory, NAME).trusting(Some(ca));
    let (_, mut first) = a_process(ground.store.clone(), &ours).await;
    first.look(false).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    first.look(false).await.unwrap();
    // The same process begun anew, and another beside it.
    for _ in 0..2 {
        let (_, mut other) = a_process(ground.other(), &ours).await;
        other.look(false).await.unwrap();
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1, "nobody asks before the wait is over");
    first.look(true).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2, "somebody said that it is mended");
    let kept = KeptNames::of(&ours).attempts(&ground.store).await.unwrap().unwrap();
    assert_eq!(kept.failures, 2);
    ground.clock.advance(Duration::from_mins(6));
    first.look(false).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn while_one_process_asks_the_others_do_not() {
    let ground = Ground::new();
    let (directory, asked) = a_broken_authority().await;
    let ours = settings(&directory, NAME).trusting(Some(ground.ca_file(&made(&["127.0.0.1"]))));
    let held = ground.store.lease("acme", "another", Duration::from_mins(5)).await.unwrap();
    assert!(held);
    let (_, mut process) = a_process(ground.store.clone(), &ours).await;
    process.look(false).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    // It died without giving it back.
    ground.clock.advance(Duration::from_mins(5));
    process.look(false).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}
