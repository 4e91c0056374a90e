//! The double as the builder of an integration meets it.

mod conform;
mod control;
mod drop_in;
mod foreign;
mod journal;
mod scenarios;
mod trust;
