//! What `rollcall serve` may be told: where its settings are, and each of them.

use clap::Args;

use crate::settings::SettingsArguments;

#[derive(Args)]
#[command(after_help = "\
Every setting stands in one file, and is also a flag and an environment variable. What wins: flag,
environment, file, default. `rollcall admin settings --config FILE` prints what is in force.

SIGTERM and SIGINT end it once the calls under way are answered; a second one ends it at once.
SIGHUP has it read its certificates again.

Exit status: 0 ended by a signal, 1 could not start or failed, 2 the settings cannot be used.

Examples:
  rollcall serve --config /etc/rollcall/rollcall.toml
  rollcall serve --config rollcall.toml --listen 127.0.0.1:0 --json
  rollcall serve --public-url http://localhost:8787 --data ./rollcall-data --root-key-file root.key")]
pub struct Options {
    #[command(flatten)]
    pub settings: SettingsArguments,

    /// Print one line of JSON once it listens
    #[arg(long)]
    pub json: bool,
}
