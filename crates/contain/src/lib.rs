//! Runs: a plan of who is to be suspended or reactivated, carried out exactly and nothing else,
//! resumed after a crash, and undone.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod plan;
