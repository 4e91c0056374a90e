//! `[root_key]`: where the key comes from that opens everything sealed in the store.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the root key comes from: exactly one of these. Each may give several keys, one a line,
/// while one replaces the other: the one that opens the store is used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RootKey {
    /// A file that only the server may read (mode 0600 or 0400).
    pub file: Option<PathBuf>,
    /// The name of a systemd credential (LoadCredential=NAME:…).
    pub credential: Option<String>,
    /// The name of an environment variable that holds it.
    pub environment: Option<String>,
    /// A program and its arguments; what it prints is the key, within 60 s and of up to 4 KiB.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
}
