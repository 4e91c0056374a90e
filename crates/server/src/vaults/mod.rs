//! Vaults in the console.

pub(crate) mod console;
pub(crate) mod items;
pub(crate) mod pages;
pub(crate) mod sharing;
