//! Tests that need what no other crate may have: a store without its lock.

mod parallel_owners;
