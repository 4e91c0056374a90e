//! Which server, account and credentials a command works with, and the client for it.

mod choose;
mod environment;
mod secret_flags;
mod whom;

use std::time::Duration;

use rollcall_sdk::{Client, Credentials, Product, SecretText, SetupError};

use crate::failure::Failure;
use crate::profile::kept::Owner;
use crate::profile::{Place, Profile};
use choose::TIMEOUT_SECONDS;

pub use choose::{Chosen, Identity, SecretFrom, base};
pub use environment::{Environment, secret as secret_of_environment};
pub use secret_flags::{SecretFlags, SecretSource};
pub use whom::Whom;

/// A client, and what the profile says beside.
pub struct Connected {
    pub client: Client,
    /// The profile's name, where there is one.
    pub profile: Option<String>,
    /// Addresses that are never to be suspended (break-glass accounts).
    pub protected: Vec<String>,
}

pub fn connect(whom: &Whom) -> Result<Connected, Failure> {
    let chosen = choose(whom)?;
    let secret = chosen.read_secret()?;
    let client = chosen.client(secret)?;
    let profile = chosen.profile.map(|(name, _)| name.to_string());
    Ok(Connected { client, profile, protected: chosen.protected })
}

/// Who is meant, by what was said, the environment and the profiles, in this order.
pub fn choose(whom: &Whom) -> Result<Chosen, Failure> {
    let place = || Place::of_this_user()?.read();
    choose::choose(whom, &Environment::read(), place)
}

impl Chosen {
    pub fn read_secret(&self) -> Result<SecretText, Failure> {
        match (&self.secret_from, &self.profile) {
            (SecretFrom::Said(source), _) => source.read(),
            (SecretFrom::Profile, Some((name, profile))) => {
                Owner { place: &Place::of_this_user()?, name, profile }.read()
            }
            (SecretFrom::Environment, _) | (SecretFrom::Profile, None) => environment::secret()
                .ok_or_else(|| {
                    Failure::wrong_use(
                        "no client secret",
                        "set ROLLCALL_CLIENT_SECRET, or say --secret-file FILE",
                    )
                }),
        }
    }

    /// As a profile says it, and nothing else.
    pub fn of(profile: &Profile) -> Self {
        Self {
            identity: Identity {
                url: base(&profile.url),
                account: profile.account.clone(),
                client_id: profile.client_id.clone(),
            },
            profile: None,
            secret_from: SecretFrom::Profile,
            routes: profile.routes.0,
            rate: profile.rate,
            timeout: Duration::from_secs(profile.timeout.unwrap_or(TIMEOUT_SECONDS)),
            ca_file: profile.ca_file.clone(),
            proxy: profile.proxy.clone(),
            protected: profile.protected.clone(),
        }
    }

    pub fn client(&self, secret: SecretText) -> Result<Client, Failure> {
        let of_setup = |error: SetupError| Failure::from(rollcall_sdk::Error::from(error));
        let Identity { url, account, client_id } = &self.identity;
        let credentials = Credentials::new(client_id, secret.expose());
        let product = Product::new("Rollcall", env!("CARGO_PKG_VERSION")).map_err(of_setup)?;
        let mut builder = Client::builder(url, account, credentials, product)
            .family(self.routes)
            .timeout(self.timeout);
        if let Some(rate) = self.rate {
            builder = builder.per_second(rate);
        }
        if let Some(proxy) = &self.proxy {
            builder = builder.proxy(proxy);
        }
        if let Some(pem) = self.authorities()? {
            builder = builder.root_certificates(pem);
        }
        builder.build().map_err(of_setup)
    }

    /// What is trusted beside the system's.
    pub fn authorities(&self) -> Result<Option<Vec<u8>>, Failure> {
        let Some(file) = &self.ca_file else { return Ok(None) };
        std::fs::read(file).map(Some).map_err(|error| {
            Failure::wrong_use(
                format!("{}: {error}", file.display()),
                "--ca-file names a file of certificates in PEM",
            )
        })
    }
}
