//! What nodes answer when the primary of their database changes: a primary that was paused and comes
//! back is not believed, hosts that do not answer keep nobody waiting, and an act whose commit was
//! not waited for is looked for.

mod hosts;
mod pair;
mod stale_primary;
mod standby;
