//! The drop-in address: TLS under the names of the hosted API, by an authority that can vouch for
//! nobody else and whose key is gone before anything trusts it. [`open`] keeps it in a folder,
//! [`environment`] is what a client must be told to meet the double there.

mod authority;
mod environment;
mod kept;
mod names;
mod trust_store;

pub use authority::{AuthorityError, DAYS};
pub use environment::{Reached, environment};
pub use kept::{KeepError, Kept, open};
pub use names::{HOSTED, HOSTED_URL, is_hosted};
