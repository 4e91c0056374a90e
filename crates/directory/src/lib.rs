//! The rules of an account and the rows that feed them. Knows no HTTP and no wire format.
//!
//! A change is an [`acting::Act`]: it names the rows it must see and decides from them, purely.
//! [`store::Store::act`] gathers the acts that wait for one account, locks the account, loads
//! what all of them need, lets each decide in order, stores all changes and all audit records,
//! commits once, and only then answers. A read is one question, answered from one snapshot.
//!
//! To add a verb: one file in its feature folder with the act and its rule, what it writes in
//! `acting/writes.rs`, the rows in `sqlite.rs` and `postgres.rs` side by side, one conformance case.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod accounts;
pub mod acting;
pub mod applications;
pub mod audit;
pub mod fault;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod groups;
pub mod health;
pub mod keys;
pub mod links;
pub mod paging;
pub mod sessions;
pub mod store;
pub mod tokens;
pub mod users;
pub mod vaults;
pub mod world;

pub use fault::Fault;
