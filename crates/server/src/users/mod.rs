//! People over HTTP.

pub(crate) mod api;
mod wire_form;
