//! A client of the 1Password Users API, of Rollcall's own servers and of the hosted service alike: it
//! speaks only what is documented.
//!
//! It lists the people of an account, finds them by address, suspends and reactivates them. It takes and
//! renews its token, tries again what may be tried again, and when the answer to an act is lost, it looks
//! whether the act was done.
//!
//! ```
//! use futures_util::TryStreamExt;
//! use rollcall_sdk::{Client, Filter, How, Match, Product};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // ROLLCALL_URL, ROLLCALL_ACCOUNT_ID, ROLLCALL_CLIENT_ID, ROLLCALL_CLIENT_SECRET
//! let client = Client::from_environment(Product::new("Acme-Responder", "1.4.0")?)?;
//!
//! // Everybody, in constant memory.
//! let mut people = client.list(Filter::Active).people();
//! while let Some(person) = people.try_next().await? {
//!     println!("{} {} {}", person.id, person.email, person.display_name);
//! }
//!
//! // The API has no look-up by address: one listing is read for all that are wanted.
//! let found = client.find(["Wang.Xiuying@rollcall.example", "nobody@rollcall.example"]).await?;
//! let Match::One(wang) = found.get("wang.xiuying@rollcall.example") else {
//!     return Err("nobody, or more than one".into());
//! };
//! let acted = client.suspend(&wang.id).await?;
//! match acted.how {
//!     How::Answered => println!("suspended: the server said so"),
//!     How::ReadBack => println!("suspended: the answer was lost, but it is so"),
//! }
//! client.sign_off().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is done for you
//!
//! * **Tokens** ([`Client`]): one is taken when it is needed first, kept, renewed before it ends, and renewed
//!   once when it is refused. However many calls wait for it, there is one renewal.
//! * **Trying again** ([`Retries`]): reads and tokens, when no answer came, at 429, 500, 502, 503, 504, and
//!   when something else than the API answered. Waits grow, and `Retry-After` is obeyed. When the server asks
//!   to come back after the deadline of a piece of work, it ends at once with an error that says when.
//! * **Acts** ([`Client::act`]): 429 and 401 mean that nothing was done, so the act is sent again. After any
//!   other unclear end the person is read first: if it is so, it was done ([`How::ReadBack`]); if it is not, it
//!   is sent again. If the person cannot be read, nobody knows, and the error is [`Error::OutcomeUnknown`].
//! * **Pages** ([`Listing`]): the next one is on its way while one is used. A list that goes in a circle ends
//!   with an error.
//! * **A rate** ([`Builder::per_second`]), for all clones of a client together. How many calls are under way at
//!   once is up to you.
//!
//! # Errors
//!
//! [`Error`] keeps all that the server said: status, code, message, details, request ID. [`Error::class`] says
//! how to go on.
//!
//! ```
//! use rollcall_sdk::{Class, Client, Product};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let client = Client::from_environment(Product::new("Acme-Responder", "1.4.0")?)?;
//! if let Err(error) = client.suspend("NOBODY").await {
//!     match error.class() {
//!         Class::Refused => println!("the server says no to this one: {error}"),
//!         Class::Credentials => println!("the application may not do this: {error}"),
//!         Class::Network => println!("come back later: {error}"),
//!         Class::WrongUse => println!("this program asks in a way that cannot be: {error}"),
//!     }
//!     println!("done all the same? {}", error.may_have_been_done());
//! #   assert_eq!(error.status(), Some(404));
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Secrets and traces
//!
//! No secret and no token is in the `Debug` or `Display` of anything here, not even when a server repeats one.
//! Each try is a `tracing` event at the level `debug`, with method, template of the address, status, request ID
//! and wait; a piece of work is a span. Neither names a person.

#![cfg_attr(test, allow(clippy::unwrap_used))]
#![warn(missing_docs)]

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

/// The programs of the guide are run too.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/guide/sdk.md")]
struct Guide;
