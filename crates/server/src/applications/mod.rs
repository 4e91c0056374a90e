//! Integrations in the console.

pub(crate) mod console;
mod credentials;
pub(crate) mod making;
pub(crate) mod pages;
pub(crate) mod saving;
pub(crate) mod secrets;
pub(crate) mod shown;
