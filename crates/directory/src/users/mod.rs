//! People: who they are, what may be done to them, and how a long list of them is paged.

mod add;
mod browse;
mod change_group;
mod find;
mod get;
mod import;
mod list;
mod owners;
mod page_token;
pub mod postgres;
mod reactivate;
mod recover_owner;
mod remove;
mod set_groups;
pub mod shown;
pub mod sqlite;
pub(crate) mod stretches;
mod suspend;
mod user;
pub(crate) mod whereabouts;

pub use add::AddUser;
pub use browse::{People, SomePeople};
pub use change_group::ChangeGroup;
pub use find::{Named, PeopleWithEmails, Person};
pub use get::GetUser;
pub use import::{ImportPeople, NewPerson};
pub use list::{ListUsers, Listed, Page, StateFilter};
pub(crate) use owners::{is_an_owner, owners_only};
pub use page_token::{After, PAGE_TOKEN_LIFE, PageTokenError};
pub use reactivate::Reactivate;
pub use recover_owner::{RecoverOwner, Recovered};
pub use remove::RemoveUser;
pub use set_groups::SetGroups;
pub use suspend::Suspend;
pub(crate) use user::wrong;
pub use user::{ReasonText, State, User, email_key};
