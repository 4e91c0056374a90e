//! An apply against a server that does as it is told.

mod crash;
mod fake;
mod outcomes;
mod stops;
