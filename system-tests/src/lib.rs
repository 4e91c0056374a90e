//! What the tests of the real binary stand on: a running server on either store, a client that
//! shows every status, header and byte, and the same store opened beside the server.
//!
//! Nothing here looks inside the server. A test starts the binary, speaks to it as a stranger
//! would, and changes things behind its back only through the directory, as the command line does.

#![allow(clippy::unwrap_used)]

mod api;
mod beside;
mod browser;
mod command;
mod control;
mod database;
mod examples;
mod nodes;
mod raw;
mod running_serve;
mod running_server;
mod secrets;
pub mod simulation;
mod terminal;

pub use api::{Answer, Api, http_client};
pub use beside::{Beside, Client};
pub use browser::{Browser, Looks, Theme};
pub use command::{Ended, Rollcall, rollcall_binary, send_signal, words_of_dev};
pub use control::Control;
pub use database::{Database, Store};
pub use examples::Example;
pub use nodes::{Node, TwoNodes};
pub use raw::{RawAnswer, raw};
pub use running_serve::{Ground, RunningServe, copy_folder};
pub use running_server::{Credentials, RunningServer};
pub use secrets::note_secret;
pub use terminal::Terminal;

use std::path::PathBuf;
use std::time::Duration;

/// How long anything may take before a test says that it never came. Generous: machines are busy.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The number that every server of these tests is seeded from, unless a test says otherwise.
pub const SEED_NUMBER: u64 = 1;

/// The root of the repository.
#[must_use]
pub fn repository() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("the tests lie in a folder of the repository").to_owned()
}

/// A setting that `cargo xtask test` makes.
pub fn setting(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run the tests by `cargo xtask test`"))
}
