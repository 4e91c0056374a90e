//! `[admin]`: the listener for those who run the server.

use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A listener apart, with health and metrics, for those who run the server.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Admin {
    /// Its address and port, not to be reached by strangers; nothing: no such listener.
    #[schemars(with = "Option<String>")]
    pub listen: Option<SocketAddr>,
}
