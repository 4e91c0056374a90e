//! Long odd histories from a seed. A plan of random steps is played on a real store, in a world
//! whose clock and chance are stated, and on a plain model written from the rules alone. They must
//! agree at every step, and at the end the audit log must hold exactly what the model expects.
//! Beside it: histories of parallel clients, and a checker that says whether they can be explained
//! one act after the other.

mod chance;
mod ground;
mod kinds;
pub mod linear;
mod model;
mod plan;
mod play;
mod shrink;

pub use ground::Ground;
pub use model::Filter;
pub use plan::{Flaw, Named, Plan, Step};
pub use play::{Failure, Transcript, play};
pub use shrink::shortest;

/// From where everybody calls in a history.
pub const HERE: std::net::IpAddr = std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
