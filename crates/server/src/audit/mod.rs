//! The audit log in the console.

pub(crate) mod console;
pub(crate) mod pages;
pub(crate) mod words;
