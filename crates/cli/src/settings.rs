//! The settings, as commands are told where they are.

use std::path::{Path, PathBuf};

use clap::Args;
use rollcall_settings::{Loaded, SettingsError, Told, none_is_misspelt};

/// Variables of ours that are no settings, though their names begin like those of a section.
const OTHERS: [&str; 5] = [
    "ROLLCALL_CONSOLE_URL",
    "ROLLCALL_PROXY_URL",
    "ROLLCALL_LOG",
    "ROLLCALL_ROUTES",
    "ROLLCALL_CONFIG",
];

#[derive(Args, Clone)]
pub struct SettingsArguments {
    /// The file of settings (docs/reference/settings.md)
    #[arg(long, value_name = "FILE", env = "ROLLCALL_CONFIG")]
    pub config: Option<PathBuf>,

    #[command(flatten)]
    pub told: Told,
}

impl SettingsArguments {
    pub fn load(&self) -> Result<Loaded, SettingsError> {
        load(self.config.as_deref(), &self.told)
    }
}

/// Settings with what the environment and flags say. A setting that is misspelt in the environment
/// would stay unsaid, and nobody would know: it stops the command.
pub fn load(file: Option<&Path>, told: &Told) -> Result<Loaded, SettingsError> {
    let ours = std::env::vars_os()
        .filter(|(_, value)| !value.is_empty())
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with("ROLLCALL_") && !OTHERS.contains(&name.as_str()));
    none_is_misspelt(ours)?;
    Loaded::read(file, told)
}
