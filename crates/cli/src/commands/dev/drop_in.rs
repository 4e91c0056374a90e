//! `dev --tls`: the double under the hosted names. Certificate and proxy are there before anybody
//! is planted, so that what cannot be is said at once.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use rollcall_directory::world::{Clock as _, SystemClock};
use rollcall_sandbox::proxy::{self, Proxy};
use rollcall_sandbox::tls::{self, HOSTED_URL, Kept, Reached};
use rollcall_server::Tls;
use tempfile::TempDir;

use super::{DevError, Options, serving};

/// Within the folder of the double.
pub const FOLDER: &str = "tls";
const PROXY_PORT: u16 = 8788;

pub struct DropIn {
    kept: Kept,
    listener: TcpListener,
    /// Removed when it is dropped.
    temporary: Option<TempDir>,
}

/// Nothing where TLS was not asked for.
pub fn prepare(options: &Options) -> Result<Option<DropIn>, DevError> {
    if !options.tls {
        return Ok(None);
    }
    let listener = serving::listen(options.proxy_listen, PROXY_PORT)?;
    let temporary = match &options.data {
        Some(_) => None,
        None => {
            let made = tempfile::Builder::new().prefix("rollcall-dev-tls-").tempdir();
            Some(made.map_err(DevError::io("a temporary folder"))?)
        }
    };
    let folder = match (&options.data, &temporary) {
        (Some(data), _) => data.as_path(),
        (None, Some(temporary)) => temporary.path(),
        (None, None) => return Ok(None),
    };
    Ok(Some(DropIn { kept: kept_in(folder)?, listener, temporary }))
}

pub fn kept_in(folder: &Path) -> Result<Kept, DevError> {
    // The machine's own time: clients ask it too, whatever the double's clock says.
    Ok(tls::open(&folder.join(FOLDER), SystemClock.now())?)
}

impl DropIn {
    pub fn tls(&self) -> Tls {
        self.kept.tls.clone()
    }

    /// From here on clients find the double, which listens there.
    pub fn open(self, double: SocketAddr) -> Result<Open, DevError> {
        let proxy = proxy::start(self.listener, double).map_err(DevError::io("the proxy"))?;
        Ok(Open { proxy, kept: self.kept, _temporary: self.temporary })
    }
}

pub struct Open {
    proxy: Proxy,
    kept: Kept,
    _temporary: Option<TempDir>,
}

impl Open {
    pub fn said(&self) -> Said {
        Said {
            hosted_url: HOSTED_URL,
            proxy_url: format!("http://{}", self.proxy.address),
            ca_file: self.kept.authority.display().to_string(),
            ends: self.kept.facts.ends.rfc3339_seconds(),
        }
    }

    pub fn authority(&self) -> PathBuf {
        self.kept.authority.clone()
    }

    pub fn environment(&self) -> Vec<(&'static str, String)> {
        environment(&self.kept, &self.proxy)
    }
}

/// What a command is told, so that it meets the double behind this proxy.
pub fn environment(kept: &Kept, proxy: &Proxy) -> Vec<(&'static str, String)> {
    let reached = Reached {
        proxy: proxy.address,
        authority: &kept.authority,
        java_trust_store: &kept.java_trust_store,
    };
    tls::environment(reached, std::env::var("JAVA_TOOL_OPTIONS").ok().as_deref())
}

/// What `dev` says of it.
pub struct Said {
    pub hosted_url: &'static str,
    pub proxy_url: String,
    pub ca_file: String,
    pub ends: String,
}
