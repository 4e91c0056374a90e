//! A certificate with its key: parsed, the key held to be the certificate's own, and what is worth
//! saying about it. One that cannot be served does not become a value of this type.

use std::sync::Arc;

use rollcall_directory::world::Moment;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate};

const ENCRYPTED: &[u8] = b"ENCRYPTED";

/// What can be served.
#[derive(Clone, Debug)]
pub struct Certificate {
    pub(super) key: Arc<CertifiedKey>,
    facts: Facts,
}

/// What is worth saying about a certificate, all of it public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Whom it names.
    pub names: Vec<String>,
    pub from: Moment,
    pub ends: Moment,
    /// In hexadecimal, as tools print it.
    pub serial: String,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    #[error("no certificate in it: it should hold PEM that begins with BEGIN CERTIFICATE")]
    NoCertificate,
    #[error(
        "no private key in it that is not encrypted: it should hold PEM that begins with BEGIN PRIVATE KEY"
    )]
    NoKey,
    #[error(
        "the private key in it is encrypted: give it decrypted, in a file that the server alone can read"
    )]
    KeyEncrypted,
    #[error("damaged PEM: {0}")]
    Pem(String),
    #[error("damaged PEM of a private key: {0}")]
    KeyPem(String),
    #[error(
        "the first certificate cannot be read: {0}; the server's own certificate comes first, then those that signed it"
    )]
    Unreadable(String),
    #[error("the key is not that of the certificate: give the two that were made together")]
    KeyOfAnother,
    #[error(
        "the key cannot be used: {0}; give ECDSA P-256, P-384 or P-521, Ed25519, or RSA of 2048 bits or more"
    )]
    Key(String),
}

impl Certificate {
    /// From PEM: the server's own certificate first, then those that signed it, without the root.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, CertificateError> {
        let damaged = |error: pem::Error| CertificateError::Pem(error.to_string());
        let chain: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(chain).collect::<Result<_, _>>().map_err(damaged)?;
        let own = chain.first().ok_or(CertificateError::NoCertificate)?;
        let facts = Facts::of(own)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| match error {
            // In the first line of the newer form, and in a header of the older one.
            _ if key.windows(ENCRYPTED.len()).any(|part| part == ENCRYPTED) => {
                CertificateError::KeyEncrypted
            }
            pem::Error::NoItemsFound => CertificateError::NoKey,
            damaged => CertificateError::KeyPem(damaged.to_string()),
        })?;
        let key = CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider());
        let key = key.map_err(|error| match error {
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                CertificateError::KeyOfAnother
            }
            other => CertificateError::Key(other.to_string()),
        })?;
        Ok(Self { key: Arc::new(key), facts })
    }

    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The same certificate, not just one like it.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.key.cert == other.key.cert
    }
}

impl Facts {
    fn of(certificate: &CertificateDer<'_>) -> Result<Self, CertificateError> {
        let (_, read) = X509Certificate::from_der(certificate)
            .map_err(|error| CertificateError::Unreadable(error.to_string()))?;
        let names = read.subject_alternative_name().ok().flatten();
        let names = names.map(|names| names.value.general_names.iter().filter_map(name).collect());
        let validity = read.validity();
        Ok(Self {
            names: names.unwrap_or_default(),
            from: Moment::from_seconds(validity.not_before.timestamp()),
            ends: Moment::from_seconds(validity.not_after.timestamp()),
            serial: read.raw_serial_as_string(),
        })
    }

    #[must_use]
    pub fn is_valid_at(&self, now: Moment) -> bool {
        self.from <= now && now < self.ends
    }
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes)
                .ok()
                .map(|bytes| std::net::Ipv4Addr::from(bytes).to_string()),
            16 => <[u8; 16]>::try_from(*bytes)
                .ok()
                .map(|bytes| std::net::Ipv6Addr::from(bytes).to_string()),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::tests::{Made, made};

    #[test]
    fn a_pair_says_whom_it_names_and_when_it_ends() {
        let Made { chain, key, .. } = made(&["rollcall.example", "192.0.2.1"]);
        let certificate = Certificate::from_pem(chain.as_bytes(), key.as_bytes()).unwrap();
        let facts = certificate.facts();
        assert_eq!(facts.names, ["rollcall.example", "192.0.2.1"]);
        assert!(facts.is_valid_at(Moment::from_seconds(1_800_000_000)));
        assert!(!facts.is_valid_at(facts.ends));
        assert!(!facts.is_valid_at(facts.from.minus(std::time::Duration::from_secs(1))));
    }

    #[test]
    fn what_cannot_be_served_says_what_is_wrong_with_it() {
        let Made { chain, key, .. } = made(&["rollcall.example"]);
        let other = made(&["rollcall.example"]);
        let error = |chain: &str, key: &str| {
            Certificate::from_pem(chain.as_bytes(), key.as_bytes()).map(|_| ()).unwrap_err()
        };
        assert_eq!(error(&chain, &other.key), CertificateError::KeyOfAnother);
        assert_eq!(error("", &key), CertificateError::NoCertificate);
        assert_eq!(error(&key, &key), CertificateError::NoCertificate);
        assert_eq!(error(&chain, &chain), CertificateError::NoKey);
        let old = "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,C7C0\n\nAAAA\n-----END EC PRIVATE KEY-----\n";
        let new =
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
        for encrypted in [old, new] {
            assert_eq!(error(&chain, encrypted), CertificateError::KeyEncrypted);
        }
        let broken = key.replace("-----END", "!-----END");
        assert!(matches!(error(&chain, &broken), CertificateError::KeyPem(_)));
        let half = &chain[..chain.len() / 2];
        assert!(matches!(
            error(half, &key),
            CertificateError::Pem(_) | CertificateError::NoCertificate
        ));
        let empty = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(matches!(error(empty, &key), CertificateError::Unreadable(_)));
    }
}
