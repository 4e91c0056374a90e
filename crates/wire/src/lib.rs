//! The Users API as it looks on the wire: which routes there are, what they take and what they answer.
//!
//! Everything here is plain data and pure functions. This crate does not know the directory, the
//! database or the web server; the server, the client library and the tests all read the same words here.

#![cfg_attr(test, allow(clippy::unwrap_used))]

#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod metadata;
pub mod openapi;
pub mod paging;
pub mod problem;
pub mod resolve;
pub mod route;
pub mod secret_text;
pub mod tokens;
pub mod users;
