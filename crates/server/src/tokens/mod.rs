//! The OAuth endpoints.

pub(crate) mod api;
pub(crate) mod form;
