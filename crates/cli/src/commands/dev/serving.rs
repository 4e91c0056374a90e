//! The double's listener: loopback only, the next free port where none was asked for.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use rollcall_sandbox::double::Double;
use rollcall_sandbox::plant::Credentials;
use rollcall_server::front::Standing;
use rollcall_server::{Limits, Serving, Settings, serve};

use super::{DevError, Options};
use crate::open_files;

const PORT: u16 = 8787;
const PORTS_TRIED: u16 = 100;

pub fn listen(asked: Option<SocketAddr>) -> Result<TcpListener, DevError> {
    let Some(address) = asked else { return next_free() };
    if !address.ip().is_loopback() {
        return Err(DevError::WrongUse(format!(
            "{address} can be reached from other machines; a double's secrets follow from a number, so it listens on loopback only (127.0.0.1 or [::1])"
        )));
    }
    TcpListener::bind(address).map_err(DevError::io(address.to_string()))
}

fn next_free() -> Result<TcpListener, DevError> {
    for port in PORT..PORT + PORTS_TRIED {
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
pub fn console_url(serving: &Serving, credentials: &Credentials) -> String {
    let port = serving.address.port();
    format!("http://localhost:{port}/console/{}", credentials.account_id)
}

/// Where a person sees what a client does. The token is behind the `#`, which no browser sends.
pub fn inspector_url(serving: &Serving, token: &str) -> String {
    format!("http://localhost:{}/sandbox/#token={token}", serving.address.port())
}

pub fn start(
    listener: TcpListener,
    double: Arc<Double>,
    options: &Options,
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
        ..Settings::for_address(format!("http://{address}"))
    };
    serve(listener, double.store.clone(), settings).map_err(DevError::io("the listener"))
}
