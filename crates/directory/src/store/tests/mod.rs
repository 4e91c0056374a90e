//! Tests that need what no other crate may have: a store without its lock, a rule that panics.

pub(in crate::store) mod a_place;
mod fence;
mod panics;
mod parallel_owners;
