//! The double as the builder of an integration meets it.

mod conform;
mod control;
mod drop_in;
mod exam;
mod foreign;
mod report;
mod scenarios;
mod trust;
