//! The double as the builder of an integration meets it.

mod ci;
mod conform;
mod control;
mod drop_in;
mod examples;
mod foreign;
mod journal;
mod scenarios;
mod trust;
