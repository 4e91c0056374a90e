//! What a command may be told of the server that it asks.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::Args;
use clap_complete::ArgValueCandidates;

use super::SecretFlags;
use crate::completion;
use crate::profile::{Name, Routes};

#[derive(Args, Default)]
#[command(next_help_heading = "Server and credentials")]
pub struct Whom {
    /// Which profile of `rollcall login`, in place of the variables and of the default one [env: ROLLCALL_PROFILE]
    #[arg(long, value_name = "NAME", global = true)]
    #[arg(add = ArgValueCandidates::new(completion::profiles))]
    pub profile: Option<Name>,
    /// The base URL, such as https://api.1password.com [env: ROLLCALL_URL]
    #[arg(long, value_name = "URL", global = true)]
    pub url: Option<String>,
    /// The account's ID [env: ROLLCALL_ACCOUNT_ID]
    #[arg(long, value_name = "ID", global = true)]
    pub account: Option<String>,
    /// The application's client ID [env: ROLLCALL_CLIENT_ID]
    #[arg(long, value_name = "ID", global = true)]
    pub client_id: Option<String>,
    #[command(flatten)]
    pub secret: SecretFlags,
    /// The family of addresses [default: the profile's, else v1beta1]
    #[arg(long, value_name = "v1beta1|v1", global = true)]
    pub routes: Option<Routes>,
    /// At most so many requests a second [default: the profile's, else no limit]
    #[arg(long, value_name = "N", global = true)]
    pub rate: Option<NonZeroU32>,
    /// How long one request may take [default: the profile's, else 30]
    #[arg(long, value_name = "SECONDS", global = true, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub timeout: Option<u64>,
    /// Certificates (PEM) to trust beside the system's [env: ROLLCALL_CA_FILE]
    #[arg(long, value_name = "FILE", global = true)]
    pub ca_file: Option<PathBuf>,
    /// The proxy, in place of what HTTPS_PROXY says
    #[arg(long, value_name = "URL", global = true)]
    pub proxy: Option<String>,
}

impl Whom {
    /// `--profile NAME`, as it has to stand in a command that comes next.
    pub fn profile_as_flag(&self) -> String {
        let flag = |name: &Name| format!(" --profile {}", name.as_str());
        self.profile.as_ref().map(flag).unwrap_or_default()
    }
}
