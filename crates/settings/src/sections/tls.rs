//! `[tls]`: the server's certificate, from files or by ACME.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::acme::Acme;

/// TLS that ends here: certificate and key from files, or by ACME.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// The certificate and those above it (PEM). Read again when it changes.
    pub certificate: Option<PathBuf>,
    /// The certificate's private key (PEM), readable by the server alone.
    pub key: Option<PathBuf>,
    pub acme: Acme,
}
