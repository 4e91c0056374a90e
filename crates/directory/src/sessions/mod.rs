//! Signing in. So far only the password is here: made and kept, ready for the console's door.

mod password;
pub mod postgres;
mod set_password;
pub mod sqlite;

pub use password::{Password, PasswordHash};
pub use set_password::{SetPassword, StoredPassword};
