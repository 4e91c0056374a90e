//! The commands, one folder each.

pub mod admin;
pub mod conform;
pub mod contain;
pub mod dev;
pub mod man_pages;
pub mod sandbox;
pub mod serve;
