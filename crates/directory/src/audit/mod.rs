//! The audit log: one chain per account. Each record's hash covers the one before it, so that
//! nothing before a kept head can be rewritten or cut without being noticed.

pub mod activity;
pub(crate) mod blocks;
mod chain;
mod entry;
pub mod postgres;
mod read;
pub mod sqlite;
mod verify;

pub use chain::{Body, Chained, Hash, Head, Line};
pub use entry::Entry;
pub use read::ReadAudit;
pub use verify::{Broken, HeadOf, Record, Stretch, Verified, Verifier, VerifyAudit};
