//! Files that only their owner reads, from their first byte. Synced before anybody relies on them.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// One that is not there yet (else `AlreadyExists`); gone again where it could not be written whole.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        give_up(path);
    }
    written
}

/// Whole or not at all, in place of one that may be there.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| *folder != "").unwrap_or(Path::new("."));
    // 0600 is what tempfile makes.
    let mut new = tempfile::Builder::new().prefix(".rollcall-").tempfile_in(folder)?;
    new.write_all(bytes)?;
    new.as_file().sync_all()?;
    new.persist(path).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

/// What stands in it is of no use after all.
pub fn give_up(path: &Path) {
    let _ = std::fs::remove_file(path);
}
