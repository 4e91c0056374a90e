//! What an operator may choose. One list of settings, a struct for each section of the file; every
//! setting is also a flag and an environment variable, and the list of those is read from the
//! structs themselves, so that none can be forgotten. What wins: flag, environment, file, default.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod effective;
mod error;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod key;
mod load;
mod near;
mod schema;
mod sections;
mod told;
mod values;

pub use effective::{Effective, EffectiveValue};
pub use error::{SettingsError, none_is_misspelt};
pub use key::{Key, Kind, keys};
pub use load::Loaded;
pub use schema::schema;
pub use sections::acme::{Acme, Challenge};
pub use sections::admin::Admin;
pub use sections::console::Console;
pub use sections::keys::Keys;
pub use sections::limits::Limits;
pub use sections::log::{Format, Log};
pub use sections::proxy::{Proxy, ProxyHeader};
pub use sections::root_key::RootKey;
pub use sections::store::Store;
pub use sections::telemetry::Telemetry;
pub use sections::tls::Tls;
pub use sections::wire::{ErrorDetails, LastPageToken, Routes, TokenType, Wire};
pub use sections::{LISTEN, Settings};
pub use told::{RootKeyTold, Source, StoreTold, Told};
pub use values::{Every, PublicUrl, Span};
