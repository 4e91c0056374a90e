//! The Users API over HTTP. Knows no SQL: it parses at the door, hands one act or one question to
//! the directory, and shapes the answer. `router.rs` is the table of contents.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod acme;
mod applications;
mod audit;
mod console;
mod description;
mod edge;
pub mod front;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod layout;
mod limits;
pub mod operate;
mod page;
mod router;
mod serving;
mod sessions;
mod settings;
mod tls;
mod tokens;
mod users;
mod vaults;

use std::sync::Arc;

use rollcall_directory::store::Store;

pub use acme::{
    AcmeError, AcmeSettings, AcmeSettingsError, ExternalAccount, ProofListener, ProveBy,
};
pub use edge::peer::{ForwardedHeader, Proxies};
pub use limits::Limits;
pub use page::{Page, PageMethod, PageRight};
pub use serving::{Serving, serve, serve_with};
pub use settings::{ErrorDetails, LastPageToken, Settings, TokenTypeCase};
pub use tls::{Certificate, CertificateError, Facts, PemFiles, Tls, TlsFileError};
pub use users::state_filter;

/// What every handler is given.
pub(crate) struct Rollcall {
    pub store: Store,
    pub settings: Settings,
    pub quotas: edge::quotas::Quotas,
    pub connections: Arc<edge::connections::Connections>,
    pub at_work: edge::at_work::AtWork,
    pub instruments: operate::instruments::Instruments,
    pub documents: description::Documents,
    pub console: console::Console,
}

impl Rollcall {
    fn new(store: Store, settings: Settings) -> Arc<Self> {
        Arc::new(Self {
            quotas: edge::quotas::Quotas::new(&settings),
            connections: edge::connections::Connections::new(&settings.limits),
            at_work: edge::at_work::AtWork::new(settings.limits.calls_at_work_max),
            instruments: operate::instruments::Instruments::new(),
            documents: description::Documents::print(&settings),
            console: console::Console::new(&settings),
            store,
            settings,
        })
    }
}
