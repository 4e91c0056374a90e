//! A secret in a file beside the profiles, which nobody but its owner may read.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::PathBuf;

use rollcall_sdk::SecretText;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Owner, checked};
use crate::failure::Failure;
use crate::private_file;
use crate::profile::file::make_folder;

/// Far above a secret with what stands beside it.
const FILE_MAX_BYTES: u64 = 16 * 1024;

/// As it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<'a> {
    #[serde(borrow)]
    url: Cow<'a, str>,
    #[serde(borrow)]
    client_id: Cow<'a, str>,
    #[serde(borrow)]
    client_secret: Cow<'a, str>,
}

pub fn read(owner: &Owner<'_>) -> Result<SecretText, Failure> {
    let path = path(owner);
    let failed = |error: &dyn std::fmt::Display| {
        Failure::failed(
            format!("the secret file {}: {error}", path.display()),
            format!("`rollcall login --profile {}` writes it anew", owner.name),
        )
    };
    let file = match File::open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(owner.none("has lost its secret: its file is not there"));
        }
        other => other.map_err(|error| failed(&error))?,
    };
    // Of the file that was opened, not of the name: that may change between two looks.
    let is = file.metadata().map_err(|error| failed(&error))?;
    let mode = is.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 || is.uid() != rustix::process::geteuid().as_raw() {
        return Err(Failure::failed(
            format!(
                "the secret file {} can be read by others (its mode is {mode:04o})",
                path.display()
            ),
            format!(
                "others may have read it: replace that secret at the server, then `rollcall login --profile {}`; or `chmod 600 {}`",
                owner.name,
                path.display()
            ),
        ));
    }
    let mut text = Zeroizing::new(String::new());
    file.take(FILE_MAX_BYTES).read_to_string(&mut text).map_err(|error| failed(&error))?;
    // Not its own words: they may show what stands there.
    let written: Written<'_> =
        serde_json::from_str(&text).map_err(|_| failed(&"it is not as it was written"))?;
    if written.url != owner.profile.url || written.client_id != owner.profile.client_id {
        return Err(owner.none(
            "has no secret for this server and client ID: the one in its file belongs to others",
        ));
    }
    checked(&written.client_secret).map_err(|why| failed(&why))
}

pub fn keep(owner: &Owner<'_>, secret: &SecretText) -> Result<(), Failure> {
    let path = path(owner);
    let failed = |error: io::Error| {
        Failure::failed(
            format!("the secret file {}: {error}", path.display()),
            "--keep none keeps it nowhere",
        )
    };
    let written = Written {
        url: owner.profile.url.as_str().into(),
        client_id: owner.profile.client_id.as_str().into(),
        client_secret: secret.expose().into(),
    };
    let text = Zeroizing::new(serde_json::to_vec(&written).map_err(|error| failed(error.into()))?);
    make_folder(&owner.place.secrets()).map_err(failed)?;
    private_file::replace(&path, &text).map_err(failed)
}

pub fn forget(owner: &Owner<'_>) -> Result<bool, Failure> {
    let path = path(owner);
    match fs::remove_file(&path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Failure::failed(
            format!("the secret file {} stays: {error}", path.display()),
            "remove it by hand",
        )),
    }
}

fn path(owner: &Owner<'_>) -> PathBuf {
    owner.place.secrets().join(owner.name.as_str())
}
