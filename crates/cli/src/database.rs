//! The address of a PostgreSQL database, with what belongs beside it: the password, from a file, and
//! the certificates to verify its own by.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rollcall_directory::store::postgres::Address;
use rollcall_settings::Store;
use zeroize::Zeroizing;

use crate::root_key::is_credential;

const PASSWORD_MAX_BYTES: u64 = 4096;
const AUTHORITIES_MAX_BYTES: u64 = 4 * 1024 * 1024;

#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error("the database's address: {0}")]
    Address(String),
    #[error("the database's {what} {}: {source}", path.display())]
    File { what: &'static str, path: PathBuf, source: io::Error },
    #[error("the database's password file {} can be read by others (its mode is {mode:04o})", path.display())]
    Open { path: PathBuf, mode: u32 },
    #[error("the database's password file {} is empty", .0.display())]
    Empty(PathBuf),
}

impl DatabaseError {
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Open { path, .. } => Some(format!("chmod 600 {}", path.display())),
            Self::Address(_) => Some(
                "such as postgres://rollcall@db.example.com/rollcall, with the password in database_password_file".to_owned(),
            ),
            Self::File { .. } | Self::Empty(_) => None,
        }
    }
}

/// The address alone, without the files beside it: neither they nor the system's authorities are
/// read, for with `sslmode=disable`, of which the last counts, none are wanted.
pub fn check(store: &Store) -> Result<(), DatabaseError> {
    let Some(text) = &store.database else { return Ok(()) };
    let before = match (text.contains("://"), text.contains('?')) {
        (true, true) => '&',
        (true, false) => '?',
        (false, _) => ' ',
    };
    let alone = format!("{text}{before}sslmode=disable");
    Address::new(&alone, None, None).map(|_| ()).map_err(DatabaseError::Address)
}

/// `None` where the store is SQLite.
pub fn address(store: &Store) -> Result<Option<Address>, DatabaseError> {
    let Some(text) = &store.database else { return Ok(None) };
    let password = store.database_password_file.as_deref().map(password).transpose()?;
    let authorities = store.database_ca_file.as_deref().map(authorities).transpose()?;
    let password = password.as_ref().map(|password| password.as_str());
    let address =
        Address::new(text, password, authorities.as_deref()).map_err(DatabaseError::Address)?;
    Ok(Some(address.requiring_synchronous(store.require_synchronous)))
}

/// The first line of a file that only its owner may read.
fn password(path: &Path) -> Result<Zeroizing<String>, DatabaseError> {
    let what = "password file";
    let failed = |source| DatabaseError::File { what, path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 && !is_credential(path) {
        return Err(DatabaseError::Open { path: path.to_owned(), mode });
    }
    let mut text = Zeroizing::new(String::new());
    file.take(PASSWORD_MAX_BYTES).read_to_string(&mut text).map_err(failed)?;
    match text.lines().next().filter(|line| !line.is_empty()) {
        Some(line) => Ok(Zeroizing::new(line.to_owned())),
        None => Err(DatabaseError::Empty(path.to_owned())),
    }
}

fn authorities(path: &Path) -> Result<Vec<u8>, DatabaseError> {
    let failed =
        |source| DatabaseError::File { what: "authorities", path: path.to_owned(), source };
    let mut pem = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(AUTHORITIES_MAX_BYTES).read_to_end(&mut pem).map_err(failed)?;
    Ok(pem)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn store(text: &str, mode: u32) -> (Store, tempfile::NamedTempFile) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file.as_file().set_permissions(std::fs::Permissions::from_mode(mode)).unwrap();
        let store = Store {
            database: Some("postgres://me@localhost/x".to_owned()),
            database_password_file: Some(file.path().to_owned()),
            ..Default::default()
        };
        (store, file)
    }

    #[test]
    fn a_password_is_read_from_a_file_of_ones_own() {
        let (private, _kept) = store("hunter2\n", 0o600);
        assert!(address(&private).unwrap().is_some());
        let (open, _kept) = store("hunter2\n", 0o640);
        let error = address(&open).err().unwrap();
        assert!(error.to_string().contains("0640") && !error.to_string().contains("hunter2"));
        assert!(error.hint().unwrap().starts_with("chmod 600"));
        let (empty, _kept) = store("\n", 0o600);
        assert!(matches!(address(&empty).err().unwrap(), DatabaseError::Empty(_)));
        assert!(address(&Store::default()).unwrap().is_none());
    }
}
