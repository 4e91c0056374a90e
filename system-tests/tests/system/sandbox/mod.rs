//! The double as the builder of an integration meets it.

mod drop_in;
mod foreign;
mod trust;
