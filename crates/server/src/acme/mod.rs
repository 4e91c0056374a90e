//! Certificates from an authority that speaks ACME (RFC 8555), such as Let's Encrypt or one of
//! your own. The account, the certificates and the answers to the authority's questions are kept
//! in the store, sealed: every process that serves it shares them, one at a time renews, and a
//! restart asks nobody.

mod answers;
mod error;
mod http;
mod kept;
mod order;
mod renewal;
mod settings;
#[cfg(test)]
mod tests;
mod when;

use rollcall_directory::store::Store;
use tokio::task::JoinHandle;

use crate::tls::Tls;

pub use error::AcmeError;
pub use http::ProofListener;
pub use settings::{AcmeSettings, AcmeSettingsError, ExternalAccount, ProveBy};

pub(crate) use answers::{Answers, PROOF_PROTOCOL};

impl Tls {
    /// The certificate comes from an authority. What is kept already is served at once; else
    /// handshakes are refused until one is there. The task sees to it as long as it runs.
    /// `proofs`: where an authority that proves names over HTTP is answered.
    pub async fn from_authority(
        store: Store,
        settings: AcmeSettings,
        proofs: Option<ProofListener>,
    ) -> (Self, JoinHandle<()>) {
        let answers = Answers::new(store.clone(), settings.names());
        let tls = Self::waiting(answers.clone());
        let mut renewal = renewal::Renewal::new(store, settings, tls.clone());
        renewal.serve_what_is_kept().await;
        let task = tokio::spawn(async move {
            match proofs {
                None => renewal.run().await,
                // Dropped together.
                Some(proofs) => tokio::select! {
                    () = renewal.run() => {}
                    () = proofs.answer(answers) => {}
                },
            }
        });
        (tls, task)
    }
}
