//! `--tls`: one certificate for the exam, and a proxy before each of its doubles.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;

use rollcall_directory::world::{Clock as _, SystemClock};
use rollcall_sandbox::proxy::{self, Proxy};
use rollcall_sandbox::tls::{self, Kept};
use rollcall_server::Tls;

use super::ReachError;
use super::io;
use crate::commands::dev::environment;

pub struct DropIn(Kept);

impl DropIn {
    pub fn make(folder: &Path) -> Result<Self, ReachError> {
        // The machine's own time, which clients ask too.
        let kept = tls::open(&folder.join("tls"), SystemClock.now());
        kept.map(Self).map_err(|error| io("the certificate")(std::io::Error::other(error)))
    }

    pub fn tls(&self) -> Tls {
        self.0.tls.clone()
    }

    pub fn before(&self, double: SocketAddr) -> Result<Before<'_>, ReachError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(io("a port"))?;
        let proxy = proxy::start(listener, double).map_err(io("the proxy"))?;
        Ok(Before { proxy, kept: &self.0 })
    }
}

/// The way to one double; closed when it is dropped.
pub struct Before<'a> {
    proxy: Proxy,
    kept: &'a Kept,
}

impl Before<'_> {
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        environment(self.kept, &self.proxy)
    }
}
