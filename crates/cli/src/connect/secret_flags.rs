//! Where a secret is read from when a command is told so. Never from an argument: others see those.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use clap::Args;
use rollcall_sdk::SecretText;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::profile::kept::{SECRET_MAX_BYTES, checked, command};

#[derive(Args, Default)]
pub struct SecretFlags {
    /// The client secret is in this file [env: ROLLCALL_CLIENT_SECRET has the secret itself]
    #[arg(long, value_name = "FILE", global = true)]
    #[arg(conflicts_with_all = ["secret_fd", "secret_command"])]
    secret_file: Option<PathBuf>,
    /// The client secret is to be read from this open file descriptor
    #[arg(long, value_name = "N", global = true, conflicts_with = "secret_command")]
    secret_fd: Option<u32>,
    /// The client secret is what this command prints; no shell runs it
    #[arg(long, value_name = "COMMAND", global = true, value_parser = a_command)]
    secret_command: Option<String>,
}

/// Told to a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    File(PathBuf),
    Descriptor(u32),
    Command(String),
    StandardInput,
}

impl SecretFlags {
    pub fn source(&self) -> Option<SecretSource> {
        let file = self.secret_file.clone().map(SecretSource::File);
        file.or_else(|| self.secret_fd.map(SecretSource::Descriptor))
            .or_else(|| self.secret_command.clone().map(SecretSource::Command))
    }
}

impl SecretSource {
    pub fn read(&self) -> Result<SecretText, Failure> {
        match self {
            Self::File(file) => self.of(File::open(file)),
            Self::Descriptor(number) => {
                self.of(File::open(Path::new("/dev/fd").join(number.to_string())))
            }
            Self::StandardInput => self.of(Ok(io::stdin())),
            Self::Command(line) => command::read(line),
        }
    }

    fn of(&self, opened: io::Result<impl io::Read>) -> Result<SecretText, Failure> {
        let failed = |why: &dyn fmt::Display| {
            Failure::wrong_use(
                format!("the client secret, {self}: {why}"),
                "write it there as one line, and nothing else",
            )
        };
        let mut text = Zeroizing::new(String::with_capacity(SECRET_MAX_BYTES as usize + 2));
        let mut opened = opened.map_err(|error| failed(&error))?.take(SECRET_MAX_BYTES + 2);
        opened.read_to_string(&mut text).map_err(|error| failed(&error))?;
        checked(&text).map_err(|why| failed(&why))
    }
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => write!(f, "from the file {}", file.display()),
            Self::Descriptor(number) => write!(f, "from the file descriptor {number}"),
            Self::Command(line) => write!(f, "printed by `{line}`"),
            Self::StandardInput => f.write_str("from standard input"),
        }
    }
}

fn a_command(text: &str) -> Result<String, String> {
    command::words(text).map(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_secret_is_one_line_and_is_shown_by_no_error() {
        let read = |text: &str| {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(text.as_bytes()).unwrap();
            SecretSource::File(file.path().to_owned()).read()
        };
        assert_eq!(read("s3cret\n").unwrap().expose(), "s3cret");
        for wrong in ["", "\n", "s3cret\nmore", &"s3cret".repeat(1000)] {
            let said = read(wrong).unwrap_err();
            assert!(!said.what.contains("s3cret"), "{}", said.what);
        }
        assert!(SecretSource::File("/nowhere".into()).read().is_err());
        assert!(SecretSource::Descriptor(4_000_000).read().is_err());
    }
}
