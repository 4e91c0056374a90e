//! Where the database is, and how safely it is reached. On this machine (a socket, loopback) plain
//! is good enough; to any other machine it is TLS with the server's name verified, or nothing:
//! unless `sslmode=disable` is in the address, which is for a network that is encrypted itself.

use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::{Host as HostName, SslMode, TargetSessionAttrs};
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::connection::{Kept, drive};
use super::hosts::{Host, one_for_each_host};
use super::server::Known;

const DEAD_AFTER: Duration = Duration::from_secs(5);

/// Where the database is, as a `postgres://` address or `key=value` pairs: on one host, or on
/// several of which one takes writes.
#[derive(Clone)]
pub struct Address {
    hosts: Arc<[Host]>,
    tls: Option<MakeRustlsConnect>,
    wants_a_primary: bool,
    require_synchronous: bool,
    known: Arc<Known>,
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::of(parse(text)?, None)
    }
}

impl Address {
    /// An address with its password beside it, never within: addresses are shown and logged.
    /// `authorities`: certificates (PEM) to trust in the place of the system's.
    pub fn new(
        text: &str,
        password: Option<&str>,
        authorities: Option<&[u8]>,
    ) -> Result<Self, String> {
        let mut config = parse(text)?;
        if config.get_password().is_some() {
            return Err("a password does not belong into the address, where others can see it: put it into a file that only the server can read, and name that".to_owned());
        }
        if let Some(password) = password {
            config.password(password);
        }
        Self::of(config, authorities)
    }

    fn of(mut config: Config, authorities: Option<&[u8]>) -> Result<Self, String> {
        let is_here = config.get_hosts().iter().all(is_this_machine)
            && config.get_hostaddrs().iter().all(IpAddr::is_loopback);
        let with_tls = match config.get_ssl_mode() {
            SslMode::Disable if authorities.is_some() => {
                return Err("sslmode=disable, and certificates to verify TLS with: one of the two is not meant".to_owned());
            }
            SslMode::Disable => false,
            SslMode::Require => true,
            // What is said by default: as safe as the way there needs it.
            _ => !is_here || authorities.is_some(),
        };
        let tls = if with_tls {
            // Never "with TLS if you have it": whoever is in between would say no.
            config.ssl_mode(SslMode::Require);
            Some(MakeRustlsConnect::new(tls(authorities)?))
        } else {
            config.ssl_mode(SslMode::Disable);
            None
        };
        config.application_name("rollcall");
        // A machine that is gone is noticed in seconds, not in the two hours of the default.
        config.keepalives_idle(DEAD_AFTER).tcp_user_timeout(DEAD_AFTER);
        let hosts: Arc<[Host]> = one_for_each_host(&config)?.into();
        let wants_a_primary = match config.get_target_session_attrs() {
            TargetSessionAttrs::Any => hosts.len() > 1,
            TargetSessionAttrs::ReadWrite => true,
            _ => {
                return Err(
                    "target_session_attrs is read-write or left out: Rollcall writes".to_owned()
                );
            }
        };
        let known = Arc::default();
        Ok(Self { hosts, tls, wants_a_primary, require_synchronous: false, known })
    }

    /// Nothing is answered while the database's commits do not wait for a standby.
    #[must_use]
    pub fn requiring_synchronous(mut self, require: bool) -> Self {
        self.require_synchronous = require;
        self
    }

    pub(super) fn is_synchronous_required(&self) -> bool {
        self.require_synchronous
    }

    pub(super) fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    pub(super) fn wants_a_primary(&self) -> bool {
        self.wants_a_primary
    }

    pub(super) fn known(&self) -> &Arc<Known> {
        &self.known
    }

    /// What one store learns of its servers is not another's.
    pub(super) fn for_a_store(&self) -> Self {
        Self { known: Arc::default(), ..self.clone() }
    }

    /// For tests, which have a configuration of their own.
    #[cfg(test)]
    pub(crate) fn from_config(config: Config) -> Self {
        Self::of(config, None).unwrap()
    }

    #[cfg(test)]
    pub(crate) fn config(&self) -> &Config {
        &self.hosts[0].config
    }

    #[must_use]
    pub fn has_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// One connection to one host, whose notices are read.
    pub(super) async fn connect(
        &self,
        host: &Host,
        local_only: &Arc<AtomicBool>,
    ) -> Result<(Client, Kept), tokio_postgres::Error> {
        let seen = Arc::clone(local_only);
        match &self.tls {
            Some(tls) => {
                let (client, connection) = host.config.connect(tls.clone()).await?;
                Ok((client, drive(connection, seen)))
            }
            None => {
                let (client, connection) = host.config.connect(NoTls).await?;
                Ok((client, drive(connection, seen)))
            }
        }
    }
}

/// The driver's own words for TLS are fewer than PostgreSQL's: here it always verifies all.
fn parse(text: &str) -> Result<Config, String> {
    let text = ["sslmode=verify-full", "sslmode=verify-ca"]
        .iter()
        .fold(text.to_owned(), |text, more| text.replace(more, "sslmode=require"));
    // The text may hold a password, so the error says only what kind of thing is wrong with it.
    text.parse::<Config>().map_err(|error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        format!("not a PostgreSQL address: {}", cause.unwrap_or_else(|| error.to_string()))
    })
}

fn is_this_machine(host: &HostName) -> bool {
    match host {
        HostName::Unix(_) => true,
        HostName::Tcp(name) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
    }
}

fn tls(authorities: Option<&[u8]>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    match authorities {
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate
                    .map_err(|error| format!("the database's authorities (PEM): {error}"))?;
                roots
                    .add(certificate)
                    .map_err(|error| format!("the database's authorities: {error}"))?;
            }
        }
        None => {
            let found = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(found.certs);
        }
    }
    if roots.is_empty() {
        return Err("no certificate to verify the database's by: name a file of them (PEM), or install the system's (ca-certificates)".to_owned());
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_this_machine_plain_will_do_and_elsewhere_only_tls() {
        for (text, tls) in [
            ("postgres://me@127.0.0.1/x", false),
            ("postgres://me@localhost/x", false),
            ("postgres://me@[::1]/x", false),
            ("host=/run/postgresql user=me", false),
            ("postgres://me@db.example/x", true),
            ("postgres://me@10.0.0.1/x", true),
            ("postgres://me@db.example/x?sslmode=prefer", true),
            ("postgres://me@localhost,db.example/x", true),
            ("host=localhost hostaddr=10.0.0.1 user=me", true),
            ("postgres://me@localhost/x?sslmode=require", true),
            ("postgres://me@localhost/x?sslmode=verify-full", true),
            ("postgres://me@db.example/x?sslmode=verify-ca", true),
            ("postgres://me@db.example/x?sslmode=disable", false),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.has_tls(), tls, "{text}");
            let mode = if tls { SslMode::Require } else { SslMode::Disable };
            assert_eq!(address.config().get_ssl_mode(), mode, "{text}");
        }
    }

    #[test]
    fn a_password_is_beside_the_address() {
        let beside = Address::new("postgres://me@localhost/x", Some("hunter2"), None).unwrap();
        assert_eq!(beside.config().get_password(), Some("hunter2".as_bytes()));
        for within in ["postgres://me:hunter2@localhost/x", "host=localhost password=hunter2"] {
            let error = Address::new(within, None, None).err().unwrap();
            assert!(error.contains("file") && !error.contains("hunter2"), "{error}");
        }
        let error = Address::new("postgres://me:hunter2@localhost:port/x", None, None);
        assert!(!error.err().unwrap().contains("hunter2"));
    }

    #[test]
    fn authorities_that_cannot_be_used_are_refused() {
        for wrong in
            [&b""[..], b"no pem", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
        {
            assert!(Address::new("postgres://me@db.example/x", None, Some(wrong)).is_err());
        }
        let both = Address::new("postgres://me@db.example/x?sslmode=disable", None, Some(b"x"));
        assert!(both.err().unwrap().contains("sslmode=disable"));
    }
}
