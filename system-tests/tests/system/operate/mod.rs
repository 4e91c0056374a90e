//! `rollcall serve` as whoever runs it sees it: the admin listener, the end, and traces.

mod collector;
mod probes;
mod serve_here;
mod traces;
