//! The integration builder's double: the people, accounts and applications it starts with.
//!
//! Linked only by `rollcall dev`, so that a server in production has no way to mount it.
//! [`seed`] says who is in the double, as plain data; putting them into a store is somebody else's.

#![cfg_attr(test, allow(clippy::unwrap_used))]

#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod plant;
pub mod seed;
pub mod source;
