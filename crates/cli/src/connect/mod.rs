//! Which server, account and credentials a command works with, and the client for it.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use rollcall_sdk::{Client, Credentials, Family, Product};

use crate::failure::Failure;

#[derive(Args)]
#[command(next_help_heading = "Server and credentials")]
pub struct Whom {
    /// The base URL, such as https://api.1password.com
    #[arg(long, value_name = "URL", env = "ROLLCALL_URL", global = true)]
    url: Option<String>,
    /// The account's ID
    #[arg(long, value_name = "ID", env = "ROLLCALL_ACCOUNT_ID", global = true)]
    account: Option<String>,
    /// The application's client ID
    #[arg(long, value_name = "ID", env = "ROLLCALL_CLIENT_ID", global = true)]
    client_id: Option<String>,
    /// The family of addresses
    #[arg(long, value_name = "v1beta1|v1", default_value = "v1beta1", value_parser = family, global = true)]
    routes: Family,
    /// At most so many requests a second
    #[arg(long, value_name = "N", global = true)]
    rate: Option<NonZeroU32>,
    /// For one request
    #[arg(long, value_name = "SECONDS", default_value_t = 30, global = true)]
    timeout: u64,
    /// Certificates (PEM) to trust beside the system's
    #[arg(long, value_name = "FILE", global = true)]
    ca_file: Option<PathBuf>,
    /// Instead of what HTTPS_PROXY says
    #[arg(long, value_name = "URL", global = true)]
    proxy: Option<String>,
}

/// A client, and what the profile says beside.
pub struct Connected {
    pub client: Client,
    /// The profile's name, where there is one.
    pub profile: Option<String>,
    /// Addresses that are never to be suspended (break-glass accounts).
    pub protected: Vec<String>,
}

pub fn connect(whom: &Whom) -> Result<Connected, Failure> {
    let given = |value: &Option<String>, name: &str| {
        value.clone().ok_or_else(|| {
            Failure::wrong_use(
                format!("{name} is not known"),
                "`rollcall login` keeps it in a profile",
            )
        })
    };
    let secret = std::env::var("ROLLCALL_CLIENT_SECRET").ok();
    let credentials = Credentials::new(
        given(&whom.client_id, "the client ID")?,
        given(&secret, "the client secret")?,
    );
    let product = Product::new("Rollcall", env!("CARGO_PKG_VERSION"))
        .map_err(|error| Failure::from(rollcall_sdk::Error::from(error)))?;
    let mut builder = Client::builder(
        given(&whom.url, "the base URL")?,
        given(&whom.account, "the account's ID")?,
        credentials,
        product,
    )
    .family(whom.routes)
    .timeout(Duration::from_secs(whom.timeout));
    if let Some(rate) = whom.rate {
        builder = builder.per_second(rate);
    }
    if let Some(proxy) = &whom.proxy {
        builder = builder.proxy(proxy);
    }
    if let Some(file) = &whom.ca_file {
        let pem = std::fs::read(file).map_err(|error| {
            Failure::wrong_use(
                format!("{}: {error}", file.display()),
                "name a file of certificates in PEM",
            )
        })?;
        builder = builder.root_certificates(pem);
    }
    let client =
        builder.build().map_err(|error| Failure::from(rollcall_sdk::Error::from(error)))?;
    Ok(Connected { client, profile: None, protected: Vec::new() })
}

fn family(text: &str) -> Result<Family, String> {
    Family::ALL
        .iter()
        .find(|family| family.as_str() == text)
        .copied()
        .ok_or_else(|| "write v1beta1 or v1".to_owned())
}
