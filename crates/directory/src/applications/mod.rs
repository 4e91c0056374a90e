//! OAuth applications: what they are, what they may do, and the secrets they prove themselves by.
//! An application belongs to the account, not to the person who made it.

mod add_secret;
mod application;
mod delete;
mod edit;
mod edit_secret;
mod find;
mod flaws;
pub mod postgres;
mod register;
mod replace_secret;
mod retire_secret;
mod secret;
pub(crate) mod seen;
pub mod shown;
pub mod sqlite;
mod terms;
pub(crate) mod uses;

pub use add_secret::AddSecret;
pub use application::{Application, LiveSecret, Scope, Scopes};
pub use delete::DeleteApplication;
pub use edit::EditApplication;
pub use edit_secret::EditSecret;
pub use find::{ApplicationShown, FindApplication, ListApplications};
pub use register::RegisterApplication;
pub use replace_secret::ReplaceSecret;
pub use retire_secret::RetireSecret;
pub use secret::{ClientSecret, SecretDigest};
pub(crate) use secret::{checksummed, without_checksum};
pub use seen::SecretSeen;
pub use terms::{Networks, Terms};
pub(crate) use uses::Uses;
pub use uses::{LastUse, Used};
