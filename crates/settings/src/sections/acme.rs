//! `[tls.acme]`: a certificate from an authority that speaks ACME.

use std::net::SocketAddr;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

/// A certificate from an authority that speaks ACME (RFC 8555), such as Let's Encrypt.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Acme {
    /// The names in the certificate. Naming one turns ACME on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<String>,
    /// The authority's directory.
    #[schemars(with = "String")]
    pub directory: Url,
    /// You have read the authority's terms of service and agree to them; nothing is asked before.
    pub terms_agreed: bool,
    /// Where the authority may write to, such as mailto:security@example.com.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contact: Vec<String>,
    /// How the authority sees that the names are ours: on the TLS port itself, or over HTTP.
    pub challenge: Challenge,
    /// Where HTTP challenges are answered; needed for http-01.
    #[schemars(with = "Option<String>")]
    pub http_listen: Option<SocketAddr>,
    /// Certificates (PEM) that may sign the authority's own, instead of those of the system.
    pub ca_file: Option<PathBuf>,
    /// The key id that the authority gave out, where it asks for an external account.
    pub external_account_id: Option<String>,
    /// A file with the MAC key (base64url) that belongs to it, readable by the server alone.
    pub external_account_key_file: Option<PathBuf>,
}

/// How control over a name is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[schemars(inline)]
pub enum Challenge {
    #[default]
    #[serde(rename = "tls-alpn-01")]
    TlsAlpn,
    #[serde(rename = "http-01")]
    Http,
}

impl Default for Acme {
    fn default() -> Self {
        Self {
            domains: Vec::new(),
            directory: Url::parse("https://acme-v02.api.letsencrypt.org/directory")
                .expect("an address"),
            terms_agreed: false,
            contact: Vec::new(),
            challenge: Challenge::default(),
            http_listen: None,
            ca_file: None,
            external_account_id: None,
            external_account_key_file: None,
        }
    }
}

impl Acme {
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.domains.is_empty()
    }
}
