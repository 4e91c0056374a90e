//! A secret in the system's keyring: the Secret Service, which GNOME, KDE and KeePassXC answer for.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use keyring_core::api::CredentialStoreApi as _;
use keyring_core::{Entry, Error};
use rollcall_sdk::SecretText;

use super::{Owner, checked};
use crate::failure::Failure;

const SERVICE: &str = "rollcall";
/// Whoever unlocks it may have to type a password first.
const LIMIT: Duration = Duration::from_secs(60);

pub fn read(owner: &Owner<'_>) -> Result<SecretText, Failure> {
    match with_entry(owner, |entry| entry.get_password()) {
        Ok(text) => checked(&text).map_err(|why| failed("has no secret", why)),
        Err(Trouble::Keyring(Error::NoEntry)) => {
            Err(owner.none("has no secret for this server and client ID in the keyring"))
        }
        Err(trouble) => Err(failed("does not give the secret", trouble)),
    }
}

pub fn keep(owner: &Owner<'_>, secret: &SecretText) -> Result<(), Failure> {
    let secret = secret.clone();
    with_entry(owner, move |entry| entry.set_password(secret.expose()))
        .map_err(|trouble| failed("does not keep the secret", trouble))
}

pub fn forget(owner: &Owner<'_>) -> Result<bool, Failure> {
    match with_entry(owner, |entry| entry.delete_credential()) {
        Ok(()) => Ok(true),
        Err(Trouble::Keyring(Error::NoEntry)) => Ok(false),
        Err(trouble) => Err(failed("does not forget the secret", trouble)),
    }
}

enum Trouble {
    Keyring(Error),
    Late,
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            // Its Debug could show what a keyring holds.
            Self::Keyring(error) => error.fmt(f),
            Self::Late => write!(f, "no answer within {} s", LIMIT.as_secs()),
        }
    }
}

/// On a thread of its own: the library waits in its own way, which a runtime here would not bear,
/// and a keyring may wait for somebody who is not there.
fn with_entry<T: Send + 'static>(
    owner: &Owner<'_>,
    work: impl FnOnce(&Entry) -> keyring_core::Result<T> + Send + 'static,
) -> Result<T, Trouble> {
    let profile = owner.profile;
    let user = format!("{}: {} at {}", owner.name, profile.client_id, profile.url);
    let (tell, hear) = mpsc::channel();
    std::thread::spawn(move || {
        let done = zbus_secret_service_keyring_store::Store::new()
            .and_then(|store| store.build(SERVICE, &user, None))
            .and_then(|entry| work(&entry));
        // Nobody hears it any longer where it took too long.
        let _ = tell.send(done);
    });
    match hear.recv_timeout(LIMIT) {
        Ok(done) => done.map_err(Trouble::Keyring),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Err(Trouble::Late),
    }
}

fn failed(what: &str, why: impl std::fmt::Display) -> Failure {
    Failure::failed(
        format!("the system's keyring {what}: {why}"),
        "unlock it, or keep the secret elsewhere: `rollcall login --keep file`",
    )
}
