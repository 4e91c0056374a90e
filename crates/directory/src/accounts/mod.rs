//! The account: the row that everything else hangs on, and that every act locks.

mod account;
mod create;
mod entitlement;
mod found;
mod one;
pub mod postgres;
mod set;
pub mod sqlite;

pub use account::{Account, Plan, Rights};
pub use create::CreateAccount;
pub use entitlement::entitled;
pub use found::FoundAccount;
pub use one::OneAccount;
pub use set::SetAccount;
