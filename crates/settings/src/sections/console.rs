//! `[console]`: the pages for people, and what follows from people seeing secrets there.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The pages under /console, where people sign in by a browser.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Console {
    /// Whether they are served; where they are not, an address of theirs is answered as any unknown one.
    pub enabled: bool,
    /// An application cannot reactivate a suspended person who has seen a secret of it that still
    /// works: whoever holds the secret could let themselves in again. A person still can.
    pub protect_reactivation: bool,
}

impl Default for Console {
    fn default() -> Self {
        Self { enabled: true, protect_reactivation: true }
    }
}
