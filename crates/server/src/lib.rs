//! The Users API over HTTP. Knows no SQL: it parses at the door, hands one act or one question to
//! the directory, and shapes the answer. `router.rs` is the table of contents.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod description;
mod edge;
mod router;
mod serving;
mod settings;
mod tokens;
mod users;

use std::sync::Arc;

use rollcall_directory::store::Store;

pub use serving::{Serving, serve};
pub use settings::{ErrorDetails, LastPageToken, Settings, TokenTypeCase};

/// What every handler is given.
pub(crate) struct Rollcall {
    pub store: Store,
    pub settings: Settings,
    pub limits: edge::limits::Limits,
    pub documents: description::Documents,
}

impl Rollcall {
    fn new(store: Store, settings: Settings) -> Arc<Self> {
        let limits = edge::limits::Limits::new(&settings);
        let documents = description::Documents::print(&settings);
        Arc::new(Self { store, settings, limits, documents })
    }
}
