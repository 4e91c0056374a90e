//! In the place of the keyring, where this binary was built without it.

use rollcall_sdk::SecretText;

use super::Owner;
use crate::failure::Failure;

pub fn read(_: &Owner<'_>) -> Result<SecretText, Failure> {
    Err(not_built_in())
}

pub fn keep(_: &Owner<'_>, _: &SecretText) -> Result<(), Failure> {
    Err(not_built_in())
}

pub fn forget(_: &Owner<'_>) -> Result<bool, Failure> {
    Err(not_built_in())
}

fn not_built_in() -> Failure {
    Failure::failed(
        "this binary was built without the system's keyring",
        "`rollcall login --keep file` keeps the secret in a file of yours alone; the Debian package, or `cargo build --release --features keyring`, has the keyring",
    )
}
