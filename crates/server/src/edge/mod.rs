//! The edge: what every call passes on its way in and out. It reads credentials' shapes, bodies
//! and headers, and turns a refusal or a fault into its status and word.

pub(crate) mod answer;
pub(crate) mod asker;
pub(crate) mod at_work;
pub(crate) mod basic;
pub(crate) mod bearer;
pub(crate) mod body;
pub(crate) mod call_id;
pub(crate) mod connection;
pub(crate) mod connections;
pub(crate) mod cookies;
pub(crate) mod cross_site;
pub(crate) mod fields;
pub(crate) mod guesses;
pub(crate) mod headers;
pub(crate) mod known_machine;
pub(crate) mod page_headers;
pub(crate) mod password_gate;
pub(crate) mod peer;
pub(crate) mod pulse;
pub(crate) mod quotas;
pub(crate) mod shared_limit;
pub(crate) mod stamp;
