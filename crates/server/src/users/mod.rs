//! People over HTTP: the API's calls and the console's pages.

pub(crate) mod api;
pub(crate) mod console;
pub(crate) mod inviting;
pub(crate) mod pages;
pub(crate) mod shown;
pub(crate) mod standing;
mod wire_form;

pub use wire_form::state_filter;
