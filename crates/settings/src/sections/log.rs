//! `[log]`: what is logged, and in which form.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Logs, to standard error.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// text, json, or auto: text on a terminal and JSON otherwise.
    pub format: Format,
    /// What is logged: a level (error, warn, info, debug), also for a single part, such as warn,rollcall::calls=info.
    pub filter: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Format {
    #[default]
    Auto,
    Text,
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: Format::default(), filter: "info".to_owned() }
    }
}
