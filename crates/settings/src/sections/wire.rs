//! `[wire]`: answers, where the hosted service is silent or may change.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Answers, where the hosted service is silent or may change.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Wire {
    /// Which families of addresses are served.
    pub routes: Routes,
    /// What errors say beside their word.
    pub error_details: ErrorDetails,
    /// How token_type is written.
    pub token_type: TokenType,
    /// What stands for next_page_token on the last page.
    pub last_page_token: LastPageToken,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Routes {
    #[default]
    Both,
    V1beta1,
    V1,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum ErrorDetails {
    #[default]
    None,
    Explain,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[schemars(inline)]
pub enum TokenType {
    #[default]
    #[serde(rename = "Bearer")]
    Upper,
    #[serde(rename = "bearer")]
    Lower,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum LastPageToken {
    #[default]
    Absent,
    Empty,
}
