//! An authority of this run alone, and certificates for this machine that it signs.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::client::Resumption;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

pub(super) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub(super) fn make() -> Result<Self> {
        let mut about = CertificateParams::new([])?;
        about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Ok(Self { issuer: CertifiedIssuer::self_signed(about, KeyPair::generate()?)? })
    }

    /// Writes a new certificate and its key over those that are there, each in one step.
    pub(super) fn write(&self, certificate: &Path, key: &Path) -> Result<CertificateDer<'static>> {
        let pair = KeyPair::generate()?;
        let about = CertificateParams::new(["localhost".to_owned()])?;
        let signed = about.signed_by(&pair, &self.issuer)?;
        for (path, text) in [(key, pair.serialize_pem()), (certificate, signed.pem())] {
            let beside = path.with_extension("new");
            std::fs::write(&beside, text)?;
            super::place::private(&beside)?;
            std::fs::rename(&beside, path)?;
        }
        Ok(signed.der().clone())
    }

    /// What a client of this run trusts.
    pub(super) fn trusted(&self) -> Result<Arc<ClientConfig>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone())?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .context("TLS 1.2 and 1.3")?
            .with_root_certificates(roots)
            .with_no_client_auth();
        // A resumed session does not show the certificate again.
        config.resumption = Resumption::disabled();
        Ok(Arc::new(config))
    }
}
