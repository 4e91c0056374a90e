//! The double's listener: loopback only, the next free port where none was asked for.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use rollcall_sandbox::double::Double;
use rollcall_sandbox::plant::Credentials;
use rollcall_server::front::Standing;
use rollcall_server::{Limits, Serving, Settings, Tls, serve_with};

use super::{DevError, Options};
use crate::open_files;

pub const PORT: u16 = 8787;
const PORTS_TRIED: u16 = 100;

/// Where it was asked for, or on the next free port from `port` on.
pub fn listen(asked: Option<SocketAddr>, port: u16) -> Result<TcpListener, DevError> {
    let Some(address) = asked else { return next_free(port) };
    if !address.ip().is_loopback() {
        return Err(DevError::WrongUse(format!(
            "{address} can be reached from other machines; a double's secrets follow from a number, so it listens on loopback only (127.0.0.1 or [::1])"
        )));
    }
    TcpListener::bind(address).map_err(DevError::io(address.to_string()))
}

fn next_free(first: u16) -> Result<TcpListener, DevError> {
    for port in first..first + PORTS_TRIED {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            Err(error) => return Err(DevError::io(format!("port {port}"))(error)),
        }
    }
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(DevError::io("any port"))
}

/// Where a person looks at the double. By the name `localhost`: browsers take it for a safe place,
/// an address of digits only some of them.
pub fn console_url(serving: &Serving, tls: bool, credentials: &Credentials) -> String {
    let (scheme, port) = (scheme(tls), serving.address.port());
    format!("{scheme}://localhost:{port}/console/{}", credentials.account_id)
}

/// What clients are told. Under TLS a name, for some clients hold no certificate to an address.
pub fn base_url(address: SocketAddr, tls: bool) -> String {
    match (tls, address) {
        (true, SocketAddr::V4(address)) => format!("https://localhost:{}", address.port()),
        (_, address) => format!("{}://{address}", scheme(tls)),
    }
}

const fn scheme(tls: bool) -> &'static str {
    if tls { "https" } else { "http" }
}

/// The certificate names these two addresses of loopback, and its authority could sign no other.
pub fn check_for_tls(listener: &TcpListener) -> Result<(), DevError> {
    let address = listener.local_addr().map_err(DevError::io("the listener"))?.ip();
    if address == Ipv4Addr::LOCALHOST || address == Ipv6Addr::LOCALHOST {
        return Ok(());
    }
    Err(DevError::WrongUse(format!(
        "the certificate of --tls is for 127.0.0.1 and [::1], not for {address}: listen on one of them"
    )))
}

/// Where a person sees what a client does. The token is behind the `#`, which no browser sends.
pub fn inspector_url(serving: &Serving, tls: bool, token: &str) -> String {
    let (scheme, port) = (scheme(tls), serving.address.port());
    format!("{scheme}://localhost:{port}/sandbox/#token={token}")
}

pub fn start(
    listener: TcpListener,
    double: Arc<Double>,
    options: &Options,
    tls: Option<Tls>,
) -> Result<Serving, DevError> {
    let address = listener.local_addr().map_err(DevError::io("the listener"))?;
    // A command of the user's own keeps the limit that it would have without us.
    if options.command.is_empty() {
        open_files::raise();
    }
    let limits = Limits::default();
    let connections_max = limits.connections_max.min(open_files::room_for_connections());
    let settings = Settings {
        limits: Limits { connections_max, ..limits },
        routes: options.routes,
        error_details: options.error_details.into(),
        token_type: options.token_type.into(),
        last_page_token: options.last_page_token.into(),
        // A test suite looks at its own secrets, and suspends its own people.
        protect_reactivation: false,
        calls_per_minute: options.calls_per_minute,
        front: Some(Standing::new(double.clone())),
        ..Settings::for_address(base_url(address, tls.is_some()))
    };
    serve_with(listener, double.store.clone(), settings, tls).map_err(DevError::io("the listener"))
}
