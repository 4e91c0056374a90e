//! The double as the builder of an integration meets it.

mod conform;
mod control;
mod drop_in;
mod exam;
mod foreign;
mod journal;
mod report;
mod scenarios;
mod trust;
