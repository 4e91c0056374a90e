//! A client of the Users API, of Rollcall's own servers and of the hosted service alike: it speaks
//! only what is documented.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod again;
mod client;
mod credentials;
mod error;
mod exchange;
mod lookup;
mod paging;
mod token_keeper;
mod users;

pub use again::Retries;
pub use client::{Builder, Client};
pub use credentials::{Credentials, Product};
pub use error::{Class, Error, OauthRefusal, Refusal, SetupError, StrangeAnswer};
pub use lookup::{Lookup, Match};
pub use paging::{Filter, Listing, Page};
pub use rollcall_wire::route::Family;
pub use rollcall_wire::secret_text::SecretText;
pub use users::{Act, Acted, How, State, User};
