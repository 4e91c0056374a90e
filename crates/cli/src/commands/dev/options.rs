//! What `rollcall dev` may be told.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use rollcall_directory::store::postgres::Address;
use rollcall_server::{ErrorDetails, LastPageToken, TokenTypeCase};
use rollcall_wire::route::RoutesServed;

use super::trust;

#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
The same seed number gives the same ids and secrets, in every run and on every machine: they are
for a double, never for people.

Exit status: that of COMMAND; without one 0 when it was ended by a signal, 1 when it failed,
2 for wrong use.

Examples:
  rollcall dev
  rollcall dev --users 1000000 --listen 127.0.0.1:0 --json
  rollcall dev --seed examples/seed.toml --data ./double
  rollcall dev -- npm test
  rollcall dev --tls -- npm test      the same for a client that has https://api.1password.com in it"
)]
pub struct Options {
    #[command(subcommand)]
    pub other: Option<Other>,

    /// Where to listen; only this machine can reach it [default: 127.0.0.1:8787, or the next free port]
    #[arg(long, value_name = "ADDR", value_parser = listen)]
    pub listen: Option<SocketAddr>,

    /// Speak HTTPS, also under the names of the hosted API, and open a proxy that leads there
    #[arg(long)]
    pub tls: bool,

    /// Where that proxy listens; only this machine can reach it [default: 127.0.0.1:8788, or the next free port]
    #[arg(long, value_name = "ADDR", value_parser = listen, requires = "tls")]
    pub proxy_listen: Option<SocketAddr>,

    /// Keep the double in this folder [default: a temporary one, removed at the end]
    #[arg(long, value_name = "DIR", conflicts_with = "database")]
    pub data: Option<PathBuf>,

    /// Keep the double in this PostgreSQL database, such as postgres://user@127.0.0.1/name
    #[arg(long, value_name = "URL")]
    pub database: Option<Address>,

    /// Who is in it: a seed file [default: made-up people]
    #[arg(long, value_name = "FILE", conflicts_with = "users")]
    pub seed: Option<PathBuf>,

    /// The number that ids and secrets follow from [default: 1]
    #[arg(long, value_name = "N")]
    pub seed_number: Option<u64>,

    /// How many made-up people, 10 to 5000000 [default: 50]
    #[arg(long, value_name = "N")]
    pub users: Option<usize>,

    /// Leave out the scenario account, the second one of the made-up people
    #[arg(long, conflicts_with = "seed")]
    pub no_scenarios: bool,

    /// Which addresses to serve: both families, or one
    #[arg(long, value_name = "both|v1beta1|v1", default_value_t)]
    pub routes: RoutesServed,

    /// What errors say beside their word
    #[arg(long, value_name = "none|explain", default_value = "none")]
    pub error_details: Details,

    /// How token_type is written
    #[arg(long, value_name = "Bearer|bearer", default_value = "Bearer")]
    pub token_type: TokenType,

    /// What stands for next_page_token on the last page
    #[arg(long, value_name = "absent|empty", default_value = "absent")]
    pub last_page_token: LastPage,

    /// Limit the calls of each application [default: no limit]
    #[arg(long, value_name = "N")]
    pub calls_per_minute: Option<NonZeroU32>,

    /// Write each exchange to this file too, as a line of JSON
    #[arg(long, value_name = "FILE")]
    pub journal: Option<PathBuf>,

    /// Print one line of JSON once it listens
    #[arg(long)]
    pub json: bool,

    /// Run this around the double, and end as it ends
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<String>,
}

#[derive(Subcommand)]
pub enum Other {
    /// Print what others need in order to trust a double that is kept; changes nothing
    Trust(trust::Options),
}

fn listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "write an address and a port, such as 127.0.0.1:8080".to_owned())
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Details {
    None,
    Explain,
}

impl From<Details> for ErrorDetails {
    fn from(details: Details) -> Self {
        match details {
            Details::None => Self::None,
            Details::Explain => Self::Explain,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub enum TokenType {
    #[value(name = "Bearer")]
    Upper,
    #[value(name = "bearer")]
    Lower,
}

impl From<TokenType> for TokenTypeCase {
    fn from(case: TokenType) -> Self {
        match case {
            TokenType::Upper => Self::Bearer,
            TokenType::Lower => Self::Lower,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub enum LastPage {
    Absent,
    Empty,
}

impl From<LastPage> for LastPageToken {
    fn from(last: LastPage) -> Self {
        match last {
            LastPage::Absent => Self::Absent,
            LastPage::Empty => Self::Empty,
        }
    }
}
