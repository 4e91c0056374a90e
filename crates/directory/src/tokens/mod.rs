//! Access tokens: stateless to issue, checked on every call, revoked by a durable row.

mod issue;
pub mod postgres;
mod revoke;
pub mod sqlite;
mod token;

pub use issue::{IssueToken, Issued, Issuer};
pub use revoke::{ProveClient, Revocation, RevokeToken};
pub use token::{AccessToken, Claims, TokenFlaw};
