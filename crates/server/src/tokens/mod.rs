//! The OAuth endpoints.

pub(crate) mod api;
mod form;
