//! The listener: with TLS where a certificate is named, and what is read again on SIGHUP.

use std::net::TcpListener;

use rollcall_directory::store::Store;
use rollcall_server::operate::{AdminListener, Metrics, Observer};
use rollcall_server::{Serving, Tls, serve_with};
use rollcall_settings::{PublicUrl, Settings};
use tokio::task::JoinHandle;

use super::error::ServeError;
use super::{certificates, mapped};

/// The listener, and what sees to its certificate.
pub struct Listening {
    pub serving: Serving,
    pub certificate: Option<Certificate>,
}

pub struct Certificate {
    pub tls: Tls,
    pub looked_after: JoinHandle<()>,
}

pub async fn start(
    listener: TcpListener,
    store: &Store,
    settings: &Settings,
    public_url: &PublicUrl,
    observer: Option<Observer>,
) -> Result<Listening, ServeError> {
    let certificate = certificates::of(settings, store).await?;
    let tls = certificate.as_ref().map(|certificate| certificate.tls.clone());
    let of_server = mapped::server_settings(settings, public_url, observer);
    let serving = serve_with(listener, store.clone(), of_server, tls)
        .map_err(ServeError::io("the listener"))?;
    Ok(Listening { serving, certificate })
}

/// The listener for those who run the server, where it has an address.
pub fn admin(
    serving: &Serving,
    listener: Option<TcpListener>,
    metrics: Option<Metrics>,
) -> Result<Option<AdminListener>, ServeError> {
    let admin = listener.map(|listener| serving.admin(listener, metrics)).transpose();
    let admin = admin.map_err(ServeError::io("the admin listener"))?;
    if let Some(admin) = &admin
        && !admin.address.ip().is_loopback()
    {
        tracing::warn!(
            address = %admin.address,
            "other machines can reach the admin listener, which asks nobody who they are"
        );
    }
    Ok(admin)
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
pub fn reload(certificate: Option<&Certificate>) {
    if let Some(certificate) = certificate {
        certificate.tls.look_now();
    }
    tracing::info!("told to look at the certificate again");
}
