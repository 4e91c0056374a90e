//! A new file that only its owner reads, for what is handed over once. Nothing is overwritten.

use std::io::ErrorKind;
use std::path::Path;

use super::AdminError;
use crate::private_file;

pub use crate::private_file::give_up;

/// Synced before it is told about.
pub fn write(path: &Path, text: &str) -> Result<(), AdminError> {
    match private_file::write_new(path, text.as_bytes()) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(AdminError::wrong_use(
            format!("{} is there already", path.display()),
            "name a file that is not there yet; nothing is overwritten",
        )),
        written => written.map_err(AdminError::io(path.display().to_string())),
    }
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
