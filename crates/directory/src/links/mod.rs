//! One-time links: the first owner's setup, invitations, resets of a password. No mail server is
//! needed: whoever makes one hands it over.

mod invite;
mod link;
mod make;
pub mod postgres;
pub mod sqlite;
mod use_link;

pub use invite::{Invite, Invited};
pub use link::{Link, LinkCode, LinkDigest, Purpose};
pub use make::MakeLink;
pub use use_link::{LinkShown, LookAtLink, UseLink};
