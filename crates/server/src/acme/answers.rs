//! What an authority is answered when it proves a name: by TLS-ALPN-01 (RFC 8737) a certificate
//! that only says so, in a handshake of that one protocol; by HTTP-01 a line of text. Any process
//! may be the one that is asked, so the answer is looked for in the store.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rollcall_directory::store::Store;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::AcmeError;
use super::kept::{self, Proof};
use crate::tls::server_config;

pub(crate) const PROOF_PROTOCOL: &[u8] = b"acme-tls/1";

/// Anybody can ask, so the store is looked at once in this time and not for each who does. The
/// authority is told to ask when it is over.
pub(super) const LOOKED_AT_EVERY: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub(crate) struct Answers(Arc<Held>);

struct Held {
    store: Store,
    names: Vec<String>,
    seen: Mutex<Option<(Instant, Vec<Proof>)>>,
}

impl Answers {
    pub(super) fn new(store: Store, names: Vec<String>) -> Self {
        Self(Arc::new(Held { store, names, seen: Mutex::new(None) }))
    }

    /// How the handshake goes on that asks about this name; nothing: no proof of it is open.
    pub(crate) async fn by_tls(&self, name: &str) -> io::Result<Option<Arc<ServerConfig>>> {
        if !self.0.names.iter().any(|ours| ours == name) {
            return Ok(None);
        }
        let open = self.open().await.map_err(io::Error::other)?;
        let Some(proof) = open.into_iter().find(|proof| proof.name == name) else {
            return Ok(None);
        };
        let mut config = server_config(Arc::new(Shown(shown(&proof)?)));
        config.alpn_protocols = vec![PROOF_PROTOCOL.to_vec()];
        Ok(Some(Arc::new(config)))
    }

    /// The text that stands at the address of this token.
    pub(super) async fn by_http(&self, token: &str) -> Result<Option<String>, AcmeError> {
        let open = self.open().await?;
        let found = open.into_iter().find(|proof| proof.token == token);
        Ok(found.map(|proof| proof.authorization))
    }

    async fn open(&self) -> Result<Vec<Proof>, AcmeError> {
        let mut seen = self.0.seen.lock().await;
        if let Some((at, proofs)) = seen.as_ref()
            && at.elapsed() < LOOKED_AT_EVERY
        {
            return Ok(proofs.clone());
        }
        let proofs = kept::proofs(&self.0.store).await?;
        *seen = Some((Instant::now(), proofs.clone()));
        Ok(proofs)
    }
}

fn shown(proof: &Proof) -> io::Result<Arc<CertifiedKey>> {
    let made = || -> Result<_, rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut about = CertificateParams::new([proof.name.clone()])?;
        about.custom_extensions = vec![CustomExtension::new_acme_identifier(&proof.digest)];
        let certificate = about.self_signed(&key)?;
        Ok((certificate.der().clone(), PrivatePkcs8KeyDer::from(key.serialize_der())))
    };
    let (certificate, key) = made().map_err(io::Error::other)?;
    let key =
        aws_lc_rs::default_provider().key_provider.load_private_key(PrivateKeyDer::Pkcs8(key));
    // Not held against each other: the extension is critical, and known to authorities alone.
    Ok(Arc::new(CertifiedKey::new(vec![certificate], key.map_err(io::Error::other)?)))
}

#[derive(Debug)]
struct Shown(Arc<CertifiedKey>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}
