//! What one server takes on: how long it waits for whom, and how much at once. Everything has a
//! limit, and each limit has a name.

use std::time::Duration;

/// Defaults serve an organisation on one machine; an operator may change each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For a TLS handshake.
    pub handshake_timeout: Duration,
    /// For the head of a request, from its first byte; for the first one, from the connection.
    pub header_timeout: Duration,
    /// For a whole body.
    pub body_timeout: Duration,
    /// Between two pieces of a body.
    pub body_idle_timeout: Duration,
    /// How long a connection is kept on which nothing is asked, or whose answer nobody takes.
    pub idle_timeout: Duration,
    pub connections_max: usize,
    /// From one address: IPv6 by its /64. A trusted proxy is not counted so.
    pub connections_per_address_max: usize,
    /// Calls at a time on one connection of HTTP/2.
    pub streams_max: u32,
    /// Calls that wait for the store at a time; the next one is told to come back.
    pub calls_at_work_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            handshake_timeout: Duration::from_secs(10),
            header_timeout: Duration::from_secs(15),
            body_timeout: Duration::from_secs(30),
            body_idle_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(75),
            connections_max: 16_384,
            connections_per_address_max: 1_024,
            streams_max: 100,
            calls_at_work_max: 1_024,
        }
    }
}
