//! A client of the Users API, of Rollcall's own servers and of the hosted service alike: it speaks
//! only what is documented.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod acting;
mod again;
mod asking;
mod base_url;
mod builder;
mod client;
mod credentials;
mod environment;
mod error;
mod exchange;
mod lookup;
mod paging;
mod retry_after;
mod token;
mod token_keeper;
mod users;
mod work;

pub use again::Retries;
pub use builder::Builder;
pub use client::Client;
pub use credentials::{Credentials, Product};
pub use error::{Class, Error, NoAnswer, OauthRefusal, Refusal, SetupError, StrangeAnswer};
pub use lookup::{Lookup, Match};
pub use paging::{Filter, Listing, Page};
pub use rollcall_wire::route::Family;
pub use rollcall_wire::secret_text::SecretText;
pub use users::{Act, Acted, How, State, User};
