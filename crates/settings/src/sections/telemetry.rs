//! `[telemetry]`: traces, for whoever collects them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

/// OpenTelemetry traces.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Telemetry {
    /// Where traces are sent (OTLP over HTTP), such as http://127.0.0.1:4318; nothing: no traces.
    #[schemars(with = "Option<String>")]
    pub otlp_endpoint: Option<Url>,
    /// How this server is named in them.
    pub service_name: String,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self { otlp_endpoint: None, service_name: "rollcall".to_owned() }
    }
}
