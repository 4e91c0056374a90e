//! The integration builder's double: who is in it, what happens to their calls, and what a client
//! did.
//!
//! Linked only by `rollcall dev` and the commands that speak with it, so that a server in
//! production has no way to mount it. [`seed`] says who is in the double, as plain data; [`plant`]
//! puts them into a store; [`double`] is the whole of a running one, and stands before the server
//! as its front.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod accounts;
pub mod clock;
pub mod control_api;
pub mod copies;
pub mod double;
pub mod exam;
pub mod faults;
mod front;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod inspector;
pub mod journal;
pub mod plant;
pub mod proxy;
pub mod report;
pub mod scenario;
pub mod seed;
pub mod source;
pub mod tls;
