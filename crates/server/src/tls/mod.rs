//! TLS on the listener: 1.2 and 1.3, HTTP/2 and HTTP/1.1 by ALPN, and a certificate that is
//! replaced while the server runs. Where the certificate comes from is one of two things: PEM
//! files that somebody else renews (`files.rs`), or an authority that is asked (`crate::acme`).

mod accept;
mod certificate;
mod expiry;
mod files;
#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, version};
use tokio::sync::Notify;

use crate::acme::Answers;

pub use certificate::{Certificate, CertificateError, Facts};
pub(crate) use expiry::Expiry;
pub use files::{PemFiles, TlsFileError};

/// What the listener speaks, in order of preference.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// The TLS of one listener. Clones are the same one.
#[derive(Clone)]
pub struct Tls(Arc<Held>);

struct Held {
    config: Arc<ServerConfig>,
    served: Arc<Served>,
    /// What an authority's question is answered with, where certificates come from one.
    answers: Option<Answers>,
    asked_to_look: Notify,
}

/// The certificate that the next handshake is answered with; nothing: none is there yet.
#[derive(Debug, Default)]
struct Served(ArcSwapOption<Certificate>);

impl ResolvesServerCert for Served {
    /// One certificate for every name: a client that asked for another will say so itself.
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.0.load().as_ref().map(|certificate| Arc::clone(&certificate.key))
    }
}

impl Tls {
    fn new(certificate: Option<Certificate>, answers: Option<Answers>) -> Self {
        let served = Arc::new(Served(ArcSwapOption::from(certificate.map(Arc::new))));
        let mut config = server_config(Arc::clone(&served) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
        let held = Held { config: Arc::new(config), served, answers, asked_to_look: Notify::new() };
        Self(Arc::new(held))
    }

    /// No certificate yet: until one is there, a handshake is refused, unless it is an authority's
    /// question. Nothing is served under a certificate that nobody signed.
    #[must_use]
    pub(crate) fn waiting(answers: Answers) -> Self {
        Self::new(None, Some(answers))
    }

    /// What is served now; nothing: the first certificate has not come yet.
    #[must_use]
    pub fn certificate(&self) -> Option<Facts> {
        self.0.served.0.load().as_ref().map(|certificate| certificate.facts().clone())
    }

    /// Looks at once whether there is another certificate, and does not wait for its turn.
    pub fn look_now(&self) {
        self.0.asked_to_look.notify_one();
    }

    /// From the next handshake on. Connections that are open stay open.
    pub(crate) fn serve(&self, certificate: Certificate) {
        self.0.served.0.store(Some(Arc::new(certificate)));
    }

    pub(crate) fn serves(&self, certificate: &Certificate) -> bool {
        self.0.served.0.load().as_ref().is_some_and(|served| served.is(certificate))
    }

    pub(crate) async fn is_asked_to_look(&self) {
        self.0.asked_to_look.notified().await;
    }
}

/// By our one provider of cryptography, whatever else is installed. Nobody renegotiates, there is
/// no early data, and sessions are resumed from this process's memory.
pub(crate) fn server_config(resolver: Arc<dyn ResolvesServerCert>) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&version::TLS13, &version::TLS12])
        .expect("the provider knows TLS 1.2 and 1.3")
        .with_no_client_auth()
        .with_cert_resolver(resolver)
}
