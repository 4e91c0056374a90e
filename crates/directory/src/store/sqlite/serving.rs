//! What a server has of its folder while it serves: the lock that keeps a second one out, a mark that
//! stays behind when it does not end well, and an eye on the file, which may be taken from under it.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use super::open::{
    Place, UNCLEAN_FILE, lock_against_servers, private_file, remove_if_there, unusable,
};
use crate::Fault;

/// Held for as long as the store is open, so that no second server opens it.
pub(in crate::store::sqlite) struct Serving {
    _lock: File,
    unclean: PathBuf,
}

impl Serving {
    /// And whether the server before ended badly.
    pub(super) fn begin(place: &Place) -> Result<(Self, bool), Fault> {
        let lock = lock_against_servers(place)?;
        let unclean = place.folder().join(UNCLEAN_FILE);
        let was_unclean = unclean.exists();
        Ok((Self { _lock: lock, unclean }, was_unclean))
    }

    /// Made anew: another user's, of a start as root, could be neither opened nor made private.
    pub(super) fn marked(&self) -> Result<(), Fault> {
        remove_if_there(&self.unclean).map_err(|error| unusable(&self.unclean, &error))?;
        private_file(&self.unclean).map(drop)
    }

    pub(super) fn ended_well(&self) {
        // Left behind it only costs the next start a check.
        let _ = fs::remove_file(&self.unclean);
    }
}

/// The file that was opened. What is written to it when its name is gone, or is another file's, is
/// written to nowhere: a second server may stand at that place already.
#[derive(Debug)]
pub(super) struct Opened {
    path: PathBuf,
    device_and_inode: (u64, u64),
    is_lost: AtomicBool,
}

impl Opened {
    pub(super) fn at(place: &Place) -> Result<Self, Fault> {
        let path = place.file();
        let there = fs::metadata(&path).map_err(|error| unusable(&path, &error))?;
        let device_and_inode = (there.dev(), there.ino());
        Ok(Self { path, device_and_inode, is_lost: AtomicBool::new(false) })
    }

    /// Looks: before each batch, and every second.
    pub(super) fn look(&self) -> Result<(), Fault> {
        let is_there = fs::metadata(&self.path)
            .is_ok_and(|there| (there.dev(), there.ino()) == self.device_and_inode);
        match (self.is_lost.swap(!is_there, Ordering::Relaxed), is_there) {
            (false, false) => {
                tracing::error!("{}; nothing is answered until it is back", self.lost())
            }
            (true, true) => tracing::warn!("{} is back at its place", self.path.display()),
            (false, true) | (true, false) => {}
        }
        self.is_there()
    }

    /// What the last look saw.
    pub(super) fn is_there(&self) -> Result<(), Fault> {
        match self.is_lost.load(Ordering::Relaxed) {
            true => Err(Fault::Unavailable(self.lost())),
            false => Ok(()),
        }
    }

    fn lost(&self) -> String {
        format!("{} was moved or removed under this process", self.path.display())
    }
}
