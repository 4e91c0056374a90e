//! Why there is no certificate, and what would help.

use std::path::PathBuf;

use rollcall_directory::Fault;

use super::ProveBy;
use crate::tls::CertificateError;

#[derive(Debug, thiserror::Error)]
pub enum AcmeError {
    #[error("the store: {0}")]
    Store(#[from] Fault),
    #[error("the authority: {}", whole(.0))]
    Authority(#[from] instant_acme::Error),
    #[error("{path}: no certificate to trust the authority by: {}", whole(.source))]
    DirectoryCa { path: PathBuf, source: instant_acme::Error },
    #[error("{name}: the authority does not prove names by {by}: choose another challenge")]
    NoSuchProof { name: String, by: ProveBy },
    #[error("{name}: the authority could not prove by {by} that it is ours: {why}; {}", .by.needs())]
    NotProved { name: String, by: ProveBy, why: String },
    #[error("the authority was not done in {} seconds", super::renewal::ORDER_TIMEOUT.as_secs())]
    TookTooLong,
    #[error("what the authority gave cannot be served: {0}")]
    Unusable(#[from] CertificateError),
    #[error("what the authority gave has ended already, by this machine's clock: is it right?")]
    Ended,
    #[error(
        "what is kept as {0} cannot be read: it was written by something else than this program"
    )]
    Unreadable(&'static str),
}

impl AcmeError {
    /// It asked us to leave it alone for a while.
    pub(super) fn is_a_limit(&self) -> bool {
        let Self::Authority(instant_acme::Error::Api(problem)) = self else { return false };
        problem.r#type.as_deref() == Some("urn:ietf:params:acme:error:rateLimited")
    }
}

impl ProveBy {
    const fn needs(self) -> &'static str {
        match self {
            Self::TlsAlpn => {
                "it connects to port 443 of that name, which must lead to this server's TLS listener and not to a proxy that ends TLS"
            }
            Self::Http => {
                "it connects to port 80 of that name, which must lead to the listener for challenges (tls.acme.http_listen)"
            }
        }
    }
}

/// With its causes: that a request failed says nothing, that the name could not be resolved does.
fn whole(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let says = error.to_string();
        if !text.ends_with(&says) {
            text = format!("{text}: {says}");
        }
        cause = error.source();
    }
    text
}
