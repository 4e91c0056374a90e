//! The file, from the top: what stands above all sections, and the sections.

pub(crate) mod acme;
pub(crate) mod admin;
pub(crate) mod console;
pub(crate) mod keys;
pub(crate) mod limits;
pub(crate) mod log;
pub(crate) mod proxy;
pub(crate) mod root_key;
pub(crate) mod store;
pub(crate) mod telemetry;
pub(crate) mod tls;
pub(crate) mod wire;

use std::net::{Ipv4Addr, SocketAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::PublicUrl;

/// Where `serve` listens when nothing is said: this machine only.
pub const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8787);

/// The settings of `rollcall serve`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The address under which people and programs reach this server, such as
    /// https://rollcall.example.com. Links and metadata are built from it, never from a request.
    pub public_url: Option<PublicUrl>,
    /// The address and port to listen on.
    #[schemars(with = "String")]
    pub listen: SocketAddr,
    pub store: store::Store,
    pub root_key: root_key::RootKey,
    pub keys: keys::Keys,
    pub tls: tls::Tls,
    pub proxy: proxy::Proxy,
    pub limits: limits::Limits,
    pub admin: admin::Admin,
    pub console: console::Console,
    pub log: log::Log,
    pub telemetry: telemetry::Telemetry,
    pub wire: wire::Wire,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: None,
            listen: LISTEN,
            store: Default::default(),
            root_key: Default::default(),
            keys: Default::default(),
            tls: Default::default(),
            proxy: Default::default(),
            limits: Default::default(),
            admin: Default::default(),
            console: Default::default(),
            log: Default::default(),
            telemetry: Default::default(),
            wire: Default::default(),
        }
    }
}
