//! The journal in a file: a line of JSON for each exchange, written as it ends.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Exchange;

pub(super) struct Lines {
    path: PathBuf,
    /// Nothing, once a line could not be written.
    file: Option<File>,
}

impl Lines {
    /// What stands in it already stays.
    pub(super) fn append_to(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self { path: path.to_owned(), file: Some(file) })
    }

    /// In one piece, so that whoever reads along never sees half a line.
    pub(super) fn write(&mut self, exchange: &Exchange) {
        let Some(file) = &mut self.file else { return };
        let line = serde_json::to_string(exchange).map_err(io::Error::other);
        let written = line.and_then(|line| file.write_all(format!("{line}\n").as_bytes()));
        if let Err(error) = written {
            tracing::warn!(path = %self.path.display(), %error, "the journal's file ends here");
            self.file = None;
        }
    }
}
