//! Signing in: passwords, the door that they open, and the sessions behind it.

mod change_password;
mod door;
mod own;
mod password;
pub mod postgres;
mod session;
mod set_password;
mod sign_in;
mod sign_out;
pub mod sqlite;
mod visitor;
pub(crate) mod visits;

pub use change_password::ChangePassword;
pub use door::{AtTheDoor, Door};
pub use own::{OwnSessions, WhoIsIt};
pub use password::{Password, PasswordHash};
pub use session::{Session, SessionDigest, SessionSecret};
pub use set_password::{SetPassword, StoredPassword};
pub use sign_in::{FailToSignIn, SignIn};
pub use sign_out::{EndSession, EndSessions};
pub use visitor::{Answered, ByPerson, PersonAsks, Visit, VisitFacts, Visitor};
pub(crate) use visits::Visits;
