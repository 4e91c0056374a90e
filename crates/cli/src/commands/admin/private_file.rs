//! A new file that only its owner reads, for what is handed over once. Nothing is overwritten.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::AdminError;

/// Synced before it is told about; gone again where it could not be written whole.
pub fn write(path: &Path, text: &str) -> Result<(), AdminError> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = match opened {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(AdminError::wrong_use(
                format!("{} is there already", path.display()),
                "name a file that is not there yet; nothing is overwritten",
            ));
        }
        other => other.map_err(AdminError::io(path.display().to_string()))?,
    };
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        give_up(path);
    }
    written.map_err(AdminError::io(path.display().to_string()))
}

/// What stands in it is of no use after all.
pub fn give_up(path: &Path) {
    let _ = std::fs::remove_file(path);
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_file_is_private_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("handed-over");
        write(&path, "once\n").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
        let error = write(&path, "twice\n").unwrap_err();
        assert!(error.to_string().contains("is there already"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "once\n");
    }
}
