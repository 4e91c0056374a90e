//! `[proxy]`: who stands in front of this server, and what of theirs is believed.

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who stands in front of this server.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Proxy {
    /// The addresses of proxies, such as 10.0.0.0/8: the client's address is taken from the
    /// header that they write. Of everybody else that header is ignored.
    #[schemars(with = "Vec<String>")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trusted: Vec<IpNet>,
    /// Where they write who called them. The other header is not looked at, for a proxy hands on
    /// what a stranger wrote there.
    pub header: ProxyHeader,
    /// A trusted proxy ends TLS: only then is plain HTTP served where other machines can reach it.
    pub ends_tls: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum ProxyHeader {
    #[default]
    XForwardedFor,
    Forwarded,
}
