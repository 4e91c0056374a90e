//! The file by which `rollcall sandbox` finds a double that runs: `dev` writes it when it listens and
//! removes it at its end. It holds the control token, so it is its owner's alone.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningDouble {
    /// Of the control API.
    pub url: String,
    pub token: String,
    /// Where the certificate of the authority is by which an `https` address is known.
    pub authority: Option<PathBuf>,
    pub pid: u32,
}

/// Removes the file when it is dropped, and the folder with the last one.
pub struct Written(PathBuf);

impl Drop for Written {
    fn drop(&mut self) {
        // Left behind, it is noticed: nobody answers at its address.
        let _ = fs::remove_file(&self.0);
        // Fails where there are others.
        let _ = self.0.parent().map(fs::remove_dir);
    }
}

/// The last of the others may remove the folder between two of our steps.
const TRIES: usize = 5;

/// `$XDG_RUNTIME_DIR/rollcall`, which the system gives each user; else one of the user's own among
/// the temporary files.
pub fn folder() -> PathBuf {
    let given = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    match given.filter(|folder| folder.is_absolute()) {
        Some(folder) => folder.join("rollcall"),
        None => {
            let user = rustix::process::geteuid().as_raw();
            std::env::temp_dir().join(format!("rollcall-{user}"))
        }
    }
}

impl RunningDouble {
    pub fn write(&self, folder: &Path) -> io::Result<Written> {
        let mut tries_left = TRIES;
        loop {
            tries_left -= 1;
            match self.try_to_write(folder) {
                Err(error) if error.kind() == io::ErrorKind::NotFound && tries_left > 0 => {}
                done => return done,
            }
        }
    }

    fn try_to_write(&self, folder: &Path) -> io::Result<Written> {
        make(folder)?;
        let path = folder.join(format!("dev-{}.json", self.pid));
        // Whole or not there, for whoever looks at this moment.
        let unfinished = folder.join(format!("dev-{}.unfinished", self.pid));
        let _ = fs::remove_file(&unfinished);
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        fs::rename(&unfinished, &path)?;
        Ok(Written(path))
    }

    /// What is written in this folder, the living and the dead, each with its file.
    pub fn all(folder: &Path) -> io::Result<Vec<(PathBuf, Self)>> {
        match check(folder) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        }
        let mut found = Vec::new();
        for entry in fs::read_dir(folder)?.flatten() {
            let path = entry.path();
            if path.extension().is_none_or(|end| end != "json") {
                continue;
            }
            // Removed just now, or of another version: none that could be called.
            let Ok(text) = fs::read(&path) else { continue };
            if let Ok(double) = serde_json::from_slice(&text) {
                found.push((path, double));
            }
        }
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(found)
    }
}

fn make(folder: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        Ok(()) | Err(_) => check(folder),
    }
}

/// A folder that somebody else could have put there, or can look into, is not used.
fn check(folder: &Path) -> io::Result<()> {
    let is = fs::symlink_metadata(folder)?;
    let own = is.is_dir() && is.uid() == rustix::process::geteuid().as_raw();
    if own && is.mode() & 0o077 == 0 {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "{} is not a folder of your own that only you can open: remove it, or set XDG_RUNTIME_DIR",
        folder.display()
    )))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn double(pid: u32) -> RunningDouble {
        let url = format!("http://127.0.0.1:{pid}/sandbox/v1");
        RunningDouble { url, token: "sbx_x".to_owned(), authority: None, pid }
    }

    #[test]
    fn what_is_written_is_found_until_it_is_dropped() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("rollcall");
        assert!(RunningDouble::all(&folder).unwrap().is_empty(), "there is no folder yet");
        let one = double(1).write(&folder).unwrap();
        let two = double(2).write(&folder).unwrap();
        let found = RunningDouble::all(&folder).unwrap();
        assert!(found.iter().map(|(_, found)| found).eq(&[double(1), double(2)]));
        let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&found[0].0)), (0o700, 0o600));
        drop(one);
        assert_eq!(RunningDouble::all(&folder).unwrap().len(), 1);
        drop(two);
        assert!(!folder.exists(), "nothing is left behind");
    }

    #[test]
    fn a_folder_that_others_can_open_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("rollcall");
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(double(1).write(&folder).is_err());
        assert!(RunningDouble::all(&folder).is_err());
        let link = place.path().join("link");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
        std::os::unix::fs::symlink(&folder, &link).unwrap();
        assert!(double(1).write(&link).is_err(), "a link may lead anywhere");
        assert!(double(1).write(&folder).is_ok());
    }
}
