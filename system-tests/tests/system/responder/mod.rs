//! The SDK and the commands for people who must act now.

mod completions;
mod contain;
mod desk;
mod keyring;
mod login;
mod transcript;
mod whoami;
