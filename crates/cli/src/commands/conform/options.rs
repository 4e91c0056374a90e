//! What `rollcall conform` may be told.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use reqwest::Url;
use rollcall_wire::route::RoutesServed;
use zeroize::Zeroizing;

#[derive(Args)]
#[command(after_help = "\
It reads only, unless --acts names somebody who may be suspended: that person is suspended and
reactivated, twice each, and put back as found. Tokens are taken, and revoked at the end.

The secret comes from ROLLCALL_CLIENT_SECRET or --secret-file, never from an argument.

Exit status: 0 when nothing differs from what is documented or what clients rest on, 1 when
something does, 2 for wrong use, 3 when the server is not reached or the credentials are refused.

Examples:
  rollcall dev -- sh -c 'rollcall conform --target \"$ROLLCALL_URL\"'
  rollcall conform --target https://api.1password.com --account ID --client-id ID --secret-file FILE
  rollcall conform --target http://127.0.0.1:8787 --acts --user mika@example.com --format junit")]
pub struct Options {
    /// The server: its address before /v1beta1 or /v1
    #[arg(long, value_name = "URL", value_parser = target)]
    pub target: Url,

    /// The account
    #[arg(long, value_name = "ID", env = "ROLLCALL_ACCOUNT_ID", hide_env_values = true)]
    pub account: String,

    /// The application's client id
    #[arg(long, value_name = "ID", env = "ROLLCALL_CLIENT_ID", hide_env_values = true)]
    pub client_id: String,

    /// Where the client secret is: a file, /dev/fd/N, or - for standard input [default: ROLLCALL_CLIENT_SECRET]
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<PathBuf>,

    /// Which families of addresses to check
    #[arg(long, value_name = "both|v1beta1|v1", default_value_t)]
    pub routes: RoutesServed,

    /// Suspend and reactivate the person whom --user names
    #[arg(long, requires = "user")]
    pub acts: bool,

    /// The id or the address of somebody who may be suspended for a moment
    #[arg(long, value_name = "ID_OR_EMAIL", requires = "acts")]
    pub user: Option<String>,

    /// At most so many requests a second [default: 5, and no limit on this machine]
    #[arg(long, value_name = "N")]
    pub per_second: Option<NonZeroU32>,

    /// How long one answer may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub timeout: u32,

    /// How the findings are printed
    #[arg(long, value_name = "text|json|junit", default_value = "text")]
    pub format: Format,

    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
    Junit,
}

const PER_SECOND: u32 = 5;
const SECRET: &str = "ROLLCALL_CLIENT_SECRET";
const SECRET_MAX_BYTES: u64 = 4096;

impl Options {
    pub fn format(&self) -> Format {
        if self.json { Format::Json } else { self.format }
    }

    pub fn per_second(&self) -> Option<u32> {
        match self.per_second {
            Some(asked) => Some(asked.get()),
            None if is_here(&self.target) => None,
            None => Some(PER_SECOND),
        }
    }

    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout.max(1).into())
    }

    pub fn secret(&self) -> Result<Zeroizing<String>, String> {
        use std::io::Read as _;
        let Some(file) = &self.secret_file else {
            return match std::env::var(SECRET) {
                Ok(secret) if !secret.is_empty() => Ok(Zeroizing::new(secret)),
                _ => Err(format!(
                    "no client secret: set {SECRET}, or name a file with --secret-file"
                )),
            };
        };
        let named = |error: std::io::Error| format!("{}: {error}", file.display());
        let mut text = Zeroizing::new(String::new());
        if file.as_os_str() == "-" {
            std::io::stdin().take(SECRET_MAX_BYTES).read_to_string(&mut text).map_err(named)?;
        } else {
            let file = std::fs::File::open(file).map_err(named)?;
            file.take(SECRET_MAX_BYTES).read_to_string(&mut text).map_err(named)?;
        }
        match text.trim() {
            "" => Err(format!("{}: there is no secret in it", file.display())),
            secret => Ok(Zeroizing::new(secret.to_owned())),
        }
    }
}

fn target(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("{error}"))?;
    let is_plain = url.username().is_empty() && url.password().is_none();
    if url.host_str().is_none() || !is_plain || url.query().is_some() || url.fragment().is_some() {
        return Err("write only the server's address, such as https://api.example.com".to_owned());
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_here(&url) => Ok(url),
        _ => Err("the secret would go over the network in plain text: use https".to_owned()),
    }
}

fn is_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_leaves_the_machine_in_plain_text() {
        for right in [
            "https://api.example.com",
            "http://127.0.0.1:8787",
            "http://[::1]:1/",
            "http://localhost",
        ] {
            assert!(target(right).is_ok(), "{right}");
        }
        for wrong in [
            "http://api.example.com",
            "http://10.0.0.1",
            "https://a:b@example.com",
            "ftp://localhost",
            "localhost",
            "https://example.com/?a=b",
        ] {
            assert!(target(wrong).is_err(), "{wrong}");
        }
    }
}
