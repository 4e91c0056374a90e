//! TLS as a client meets it: versions, protocols, what is refused, and a certificate that is
//! replaced while calls come in.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use reqwest::tls::Version;
use rollcall_directory::world::Moment;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::files::tests::{NOW, a_folder, watched};
use super::{PemFiles, Tls};

pub(crate) const NAME: &str = "rollcall.example";
const PATIENCE: Duration = Duration::from_secs(20);

/// A chain with its key, and who signed it.
pub(crate) struct Made {
    pub chain: String,
    pub key: String,
    pub root: String,
}

pub(crate) fn made(names: &[&str]) -> Made {
    made_for(names, Moment::from_seconds(1_700_000_000), Moment::from_seconds(4_000_000_000))
}

pub(crate) fn made_for(names: &[&str], from: Moment, ends: Moment) -> Made {
    let mut about = CertificateParams::new([]).unwrap();
    about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(about, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut about =
        CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap();
    let at =
        |moment: Moment| time::OffsetDateTime::from_unix_timestamp(moment.millis() / 1000).unwrap();
    (about.not_before, about.not_after) = (at(from), at(ends));
    let own = about.signed_by(&key, &issuer).unwrap();
    Made { chain: own.pem(), key: key.serialize_pem(), root: issuer.pem() }
}

/// A listener that answers every call with `well`.
pub(crate) async fn listening(tls: Tls) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(accepting(listener, tls));
    address
}

pub(crate) async fn accepting(listener: TcpListener, tls: Tls) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let tls = tls.clone();
        tokio::spawn(async move {
            let Ok(stream) = tls.accept(stream).await else { return };
            let service = service_fn(|_| async {
                Ok::<_, std::convert::Infallible>(axum::http::Response::new(
                    axum::body::Body::from("well"),
                ))
            });
            let builder = Builder::new(TokioExecutor::new());
            let _ = builder.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

pub(crate) fn client(address: SocketAddr, roots: &[&str]) -> reqwest::ClientBuilder {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let roots = roots.iter().map(|root| reqwest::Certificate::from_pem(root.as_bytes()).unwrap());
    reqwest::Client::builder()
        .no_proxy()
        .resolve(NAME, address)
        .tls_certs_only(roots)
        .timeout(PATIENCE)
}

pub(crate) fn url(address: SocketAddr) -> String {
    format!("https://{NAME}:{}/", address.port())
}

/// A client that looks at what is shown and believes all of it.
#[derive(Debug)]
struct Believing;

impl rustls::client::danger::ServerCertVerifier for Believing {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<rustls::client::danger::ServerCertVerified, rustls::Error> {
        Ok(rustls::client::danger::ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        self.verify_tls12_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        rustls::crypto::aws_lc_rs::default_provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// The certificate that is shown to whoever asks for this name by this protocol.
pub(crate) async fn shown(
    address: SocketAddr,
    name: &str,
    protocol: &[u8],
) -> std::io::Result<CertificateDer<'static>> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Believing))
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    let (_, connection) = stream.get_ref();
    assert_eq!(connection.alpn_protocol(), Some(protocol));
    Ok(connection.peer_certificates().unwrap()[0].clone().into_owned())
}

fn from_files(folder: &TempDir, made: &Made) -> (Tls, PemFiles) {
    let files = a_folder(folder, made);
    (Tls::from_files(&files).unwrap(), files)
}

#[tokio::test]
async fn both_versions_speak_both_protocols() {
    let (folder, pair) = (TempDir::new().unwrap(), made(&[NAME]));
    let address = listening(from_files(&folder, &pair).0).await;
    for version in [Version::TLS_1_2, Version::TLS_1_3] {
        let client =
            || client(address, &[&pair.root]).tls_version_min(version).tls_version_max(version);
        let by_choice = client().build().unwrap().get(url(address)).send().await.unwrap();
        assert_eq!(by_choice.version(), reqwest::Version::HTTP_2, "{version:?}");
        let older = client().http1_only().build().unwrap().get(url(address)).send().await.unwrap();
        assert_eq!(older.version(), reqwest::Version::HTTP_11, "{version:?}");
        assert_eq!(older.text().await.unwrap(), "well");
    }
}

#[tokio::test]
async fn a_client_that_trusts_another_root_does_not_come_in() {
    let (folder, pair) = (TempDir::new().unwrap(), made(&[NAME]));
    let address = listening(from_files(&folder, &pair).0).await;
    let other = made(&[NAME]);
    let client = client(address, &[&other.root]).build().unwrap();
    assert!(client.get(url(address)).send().await.is_err());
}

/// What the server says to these bytes, until it closes.
async fn said_to(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut said = Vec::new();
    // What was left unread may make it a reset; what was said before that has arrived.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut said)).await.expect("it is closed");
    said
}

#[tokio::test]
async fn tls_1_1_is_told_that_its_version_is_not_spoken() {
    let (folder, pair) = (TempDir::new().unwrap(), made(&[NAME]));
    let address = listening(from_files(&folder, &pair).0).await;
    // A ClientHello of TLS 1.1: version, random, no session, one suite of that time, no
    // compression, and the signatures it knows.
    let extension = [0, 8, 0, 13, 0, 4, 0, 2, 4, 3];
    let body = [&[3, 2][..], &[7; 32], &[0], &[0, 2, 0, 0x2f], &[1, 0], &extension].concat();
    let length = u8::try_from(body.len()).unwrap();
    let hello = [&[0x16, 3, 1, 0, length + 4, 1, 0, 0, length][..], &body].concat();
    let said = said_to(address, &hello).await;
    // An alert, fatal: 70 is protocol_version.
    assert_eq!((said[0], &said[5..]), (0x15, &[2, 70][..]), "{said:?}");
}

#[tokio::test]
async fn plain_http_is_told_where_it_is_and_rubbish_is_not() {
    let (folder, pair) = (TempDir::new().unwrap(), made(&[NAME]));
    let address = listening(from_files(&folder, &pair).0).await;
    let said = said_to(address, b"GET / HTTP/1.1\r\nhost: rollcall.example\r\n\r\n").await;
    let said = String::from_utf8(said).unwrap();
    assert!(said.starts_with("HTTP/1.1 400 "), "{said}");
    let (head, body) = said.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("content-length: {}", body.len())), "{said}");
    assert_eq!(said_to(address, b"\x00\x01\x02").await, b"");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replaced_again_and_again_under_load_no_call_fails() {
    let (folder, first) = (TempDir::new().unwrap(), made(&[NAME]));
    let (tls, files) = from_files(&folder, &first);
    let address = listening(tls.clone()).await;
    let later: Vec<Made> = (0..10).map(|_| made(&[NAME])).collect();
    let roots: Vec<&str> =
        std::iter::once(&first).chain(&later).map(|made| made.root.as_str()).collect();
    let (over, calls) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let callers: Vec<_> = (0..4)
        .map(|_| {
            // A connection of its own for each call, so that each makes a handshake.
            let client = client(address, &roots).pool_max_idle_per_host(0).build().unwrap();
            let (over, calls) = (Arc::clone(&over), Arc::clone(&calls));
            tokio::spawn(async move {
                while !over.load(Ordering::SeqCst) {
                    client.get(url(address)).send().await.unwrap();
                    calls.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    let mut watch = watched(&files);
    for pair in &later {
        let before = calls.load(Ordering::SeqCst);
        a_folder(&folder, pair);
        watch.look(&tls, NOW, true);
        // Some calls meet each of them.
        while calls.load(Ordering::SeqCst) < before + 8
            && !callers.iter().all(|caller| caller.is_finished())
        {
            tokio::task::yield_now().await;
        }
    }
    over.store(true, Ordering::SeqCst);
    for caller in callers {
        caller.await.unwrap();
    }
    let last = client(address, &[&later[9].root]).build().unwrap();
    assert_eq!(last.get(url(address)).send().await.unwrap().status(), 200);
}
