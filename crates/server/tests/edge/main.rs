//! The edge of a server, from outside, with limits short enough to reach: who is too slow, who is
//! too many, what is sent crooked, what is told to whoever runs it, and how it ends.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod admin;
mod crooked;
mod ending;
mod http2;
mod overload;
mod slow;
mod stage;
