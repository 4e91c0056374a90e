//! Every secret that a test uses is written to one list, so that the logs of the whole run can be
//! searched for all of them when it has ended. Page tokens are not secret: they carry no right.

use std::fs::OpenOptions;
use std::io::Write as _;

/// Appends in one write, for many tests write at a time.
pub fn note_secret(secret: &str) {
    let Ok(list) = std::env::var("ROLLCALL_TEST_SECRETS") else { return };
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .open(&list)
        .unwrap_or_else(|error| panic!("{list}: {error}"));
    file.write_all(format!("{secret}\n").as_bytes()).expect("the list of secrets takes a line");
}
