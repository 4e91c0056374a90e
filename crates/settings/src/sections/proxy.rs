//! `[proxy]`: who stands in front of this server, and what of theirs is believed.

use std::net::IpAddr;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};

/// Who stands in front of this server.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Proxy {
    /// The addresses of proxies, such as 10.0.0.5 or 10.0.0.0/8: the client's address is taken from
    /// the header that they write. Of everybody else that header is ignored.
    #[schemars(with = "Vec<String>")]
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "networks")]
    pub trusted: Vec<IpNet>,
    /// Where they write who called them. The other header is not looked at, for a proxy hands on
    /// what a stranger wrote there.
    pub header: ProxyHeader,
    /// A trusted proxy ends TLS: only then is plain HTTP served where other machines can reach it.
    pub ends_tls: bool,
}

/// A single address is the network of it alone.
fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let written = Vec::<String>::deserialize(deserializer)?;
    let network = |text: &String| {
        let alone = text.parse::<IpAddr>().map(IpNet::from);
        alone.or_else(|_| text.parse()).map_err(|_| {
            let wanted = "it is an address or a network, such as 10.0.0.5 or 10.0.0.0/8";
            de::Error::custom(format!("{wanted}, not {text:?}"))
        })
    };
    written.iter().map(network).collect()
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum ProxyHeader {
    #[default]
    XForwardedFor,
    Forwarded,
}
