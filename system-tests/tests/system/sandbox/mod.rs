//! The double as the builder of an integration meets it.

mod ci;
mod conform;
mod control;
mod drop_in;
mod exam;
mod examples;
mod foreign;
mod journal;
mod report;
mod scenarios;
mod trust;
