//! The SDK and the commands for people who must act now.

mod contain;
mod transcript;
mod users;
