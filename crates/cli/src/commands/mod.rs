//! The commands, one folder each.

pub mod admin;
pub mod conform;
pub mod contain;
pub mod dev;
pub mod login;
pub mod logout;
pub mod man_pages;
pub mod profiles;
pub mod sandbox;
pub mod serve;
pub mod users;
pub mod whoami;
