//! The settings, as commands are told where they are.

use std::path::PathBuf;

use clap::Args;
use rollcall_settings::{Loaded, SettingsError, Told};

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
        Loaded::read(self.config.as_deref(), &self.told)
    }
}
