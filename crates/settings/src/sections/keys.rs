//! `[keys]`: when the keys that sign tokens are replaced.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Every;

/// The keys that sign tokens.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Keys {
    /// How old the newest key may be before another is added; at least 4d, or never.
    pub rotate_every: Every,
}

impl Default for Keys {
    fn default() -> Self {
        Self { rotate_every: Every::after(Duration::from_secs(30 * 86_400)) }
    }
}
