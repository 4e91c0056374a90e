//! `[limits]`: how long, how many, how often.

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Span;

/// How long, how many, how often.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// How long the headers of a request may take.
    pub header_timeout: Span,
    /// How long the body of a request may take.
    pub body_timeout: Span,
    /// How long a body may pause.
    pub body_pause: Span,
    /// How long a connection may stay open without a request.
    pub idle_timeout: Span,
    /// Connections at a time; one more is told 503 and closed.
    pub connections_max: NonZeroUsize,
    /// Connections at a time from one address, of IPv6 from one /64; not from a trusted proxy.
    pub connections_per_address_max: NonZeroUsize,
    /// Calls that the store answers at a time; one more is answered 503 at once.
    pub calls_at_work_max: NonZeroUsize,
    /// Calls a minute of one application; nothing: no limit.
    pub calls_per_minute: Option<NonZeroU32>,
    /// Wrong client credentials a minute, from one address and for one client.
    pub failures_per_minute: NonZeroU32,
    /// How long calls under way may take when the server ends.
    pub stop_within: Span,
}

const fn seconds(seconds: u64) -> Span {
    Span(Duration::from_secs(seconds))
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_timeout: seconds(15),
            body_timeout: seconds(30),
            body_pause: seconds(10),
            idle_timeout: seconds(75),
            connections_max: NonZeroUsize::new(16_384).expect("not zero"),
            connections_per_address_max: NonZeroUsize::new(1_024).expect("not zero"),
            calls_at_work_max: NonZeroUsize::new(1_024).expect("not zero"),
            calls_per_minute: None,
            failures_per_minute: NonZeroU32::new(120).expect("not zero"),
            stop_within: seconds(20),
        }
    }
}
