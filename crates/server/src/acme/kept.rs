//! What the store keeps about an authority, sealed under the root key. Certificates and attempts
//! are kept for what was asked of whom: two processes with different settings, as there are for a
//! while when settings change, do not take turns in replacing each other's certificate.

use rollcall_directory::store::Store;
use rollcall_directory::world::Moment;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::when::{Attempts, Life};
use super::{AcmeError, AcmeSettings};
use crate::tls::{Certificate, CertificateError};

const PROOFS: &str = "acme/proofs";

/// A certificate as the authority gave it, with the key that was made for it.
#[derive(Serialize, Deserialize, ZeroizeOnDrop)]
pub(super) struct KeptCertificate {
    #[zeroize(skip)]
    pub chain: String,
    pub key: String,
    #[zeroize(skip)]
    pub obtained: Moment,
}

impl KeptCertificate {
    pub(super) fn certificate(&self) -> Result<Certificate, CertificateError> {
        Certificate::from_pem(self.chain.as_bytes(), self.key.as_bytes())
    }

    pub(super) fn life(&self, certificate: &Certificate) -> Life {
        Life { obtained: self.obtained, ends: certificate.facts().ends }
    }
}

/// What an authority's question about one name is answered with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Proof {
    pub name: String,
    /// What is asked for over HTTP, and what is answered there (RFC 8555).
    pub token: String,
    pub authorization: String,
    /// The SHA-256 of the authorization, which is shown in a handshake (RFC 8737).
    pub digest: [u8; 32],
}

/// The names under which the store keeps it.
#[derive(Clone)]
pub(super) struct KeptNames {
    account: String,
    certificate: String,
    attempts: String,
}

impl KeptNames {
    pub(super) fn of(settings: &AcmeSettings) -> Self {
        let asked = format!("{}@{}", settings.names.join(","), settings.directory);
        Self {
            account: format!("acme/account/{}", settings.directory),
            certificate: format!("acme/certificate/{asked}"),
            attempts: format!("acme/attempts/{asked}"),
        }
    }

    pub(super) async fn certificate(
        &self,
        store: &Store,
    ) -> Result<Option<KeptCertificate>, AcmeError> {
        read(store, &self.certificate, "a certificate").await
    }

    pub(super) async fn keep_certificate(
        &self,
        store: &Store,
        kept: &KeptCertificate,
    ) -> Result<(), AcmeError> {
        keep(store, &self.certificate, kept).await
    }

    pub(super) async fn attempts(&self, store: &Store) -> Result<Option<Attempts>, AcmeError> {
        read(store, &self.attempts, "attempts").await
    }

    pub(super) async fn keep_attempts(
        &self,
        store: &Store,
        attempts: Attempts,
    ) -> Result<(), AcmeError> {
        keep(store, &self.attempts, &attempts).await
    }

    pub(super) async fn account(
        &self,
        store: &Store,
    ) -> Result<Option<instant_acme::AccountCredentials>, AcmeError> {
        read(store, &self.account, "an account").await
    }

    pub(super) async fn keep_account(
        &self,
        store: &Store,
        account: &instant_acme::AccountCredentials,
    ) -> Result<(), AcmeError> {
        keep(store, &self.account, account).await
    }
}

pub(super) async fn proofs(store: &Store) -> Result<Vec<Proof>, AcmeError> {
    Ok(read(store, PROOFS, "proofs").await?.unwrap_or_default())
}

/// In the place of all that were kept before: one order is open at a time.
pub(super) async fn keep_proofs(store: &Store, proofs: &[Proof]) -> Result<(), AcmeError> {
    keep(store, PROOFS, &proofs).await
}

async fn read<T: DeserializeOwned>(
    store: &Store,
    name: &str,
    what: &'static str,
) -> Result<Option<T>, AcmeError> {
    let Some(kept) = store.kept(name).await? else { return Ok(None) };
    serde_json::from_slice(&kept).map(Some).map_err(|_| AcmeError::Unreadable(what))
}

async fn keep<T: Serialize>(store: &Store, name: &str, what: &T) -> Result<(), AcmeError> {
    let text = Zeroizing::new(serde_json::to_vec(what).expect("what is kept is plain data"));
    Ok(store.keep(name, &text).await?)
}
