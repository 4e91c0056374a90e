//! The file of the profiles: where it is, and how it is read and written. It says which commands are
//! run and whom a secret is sent to, so nobody else may write it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::Profiles;
use crate::failure::Failure;
use crate::private_file;

/// Names the file in place of the usual one.
pub const VARIABLE: &str = "ROLLCALL_PROFILES";
const FILE_MAX_BYTES: u64 = 1024 * 1024;

/// The file, and what lies beside it.
#[derive(Clone, Debug)]
pub struct Place {
    file: PathBuf,
}

impl Place {
    /// `ROLLCALL_PROFILES`, or `rollcall/profiles.toml` where the user's settings are.
    pub fn of_this_user() -> Result<Self, Failure> {
        if let Some(file) = std::env::var_os(VARIABLE).filter(|file| !file.is_empty()) {
            return Ok(Self { file: PathBuf::from(file) });
        }
        let absolute =
            |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let folder = absolute("XDG_CONFIG_HOME")
            .or_else(|| absolute("HOME").map(|home| home.join(".config")));
        let folder = folder.ok_or_else(|| {
            Failure::failed(
                "where profiles are kept is not known: there is no HOME",
                format!("set {VARIABLE} to the name of a file"),
            )
        })?;
        Ok(Self { file: folder.join("rollcall").join("profiles.toml") })
    }

    #[cfg(test)]
    pub fn at(file: impl Into<PathBuf>) -> Self {
        Self { file: file.into() }
    }

    pub fn file(&self) -> &Path {
        &self.file
    }

    fn folder(&self) -> &Path {
        self.file.parent().filter(|folder| *folder != "").unwrap_or(Path::new("."))
    }

    /// Of the files with secrets.
    pub fn secrets(&self) -> PathBuf {
        let mut name = self.file.file_stem().unwrap_or_default().to_owned();
        name.push("-secrets");
        self.folder().join(name)
    }

    /// None where there is no file.
    pub fn read(&self) -> Result<Profiles, Failure> {
        let opened = match File::open(&self.file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Profiles::default()),
            other => other.map_err(|error| self.failed("cannot be read", &error))?,
        };
        let mut text = String::new();
        let is = opened.metadata().map_err(|error| self.failed("cannot be read", &error))?;
        if !is_ours_to_trust(&is) {
            return Err(Failure::failed(
                format!("the profiles {} can be changed by others", self.file.display()),
                format!("look whether they did, and `chmod 600 {}`", self.file.display()),
            ));
        }
        let read = opened.take(FILE_MAX_BYTES).read_to_string(&mut text);
        read.map_err(|error| self.failed("cannot be read", &error))?;
        toml::from_str(&text).map_err(|error| {
            // Without the line itself: a proxy's password may stand in it.
            let line = error.span().map_or(0, |span| line_of(&text, span.start));
            let (file, why) = (self.file.display(), error.message());
            Failure::failed(
                format!("the profiles {file}, line {line}: {why}"),
                "mend that line, or move the file away and `rollcall login` anew",
            )
        })
    }

    /// One at a time: reads, changes, and writes all of it or nothing. What `change` says comes
    /// back; where it fails, nothing is written.
    pub fn change<T>(
        &self,
        change: impl FnOnce(&mut Profiles) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let failed = |error: io::Error| self.failed("cannot be written", &error);
        make_folder(self.folder()).map_err(failed)?;
        let lock = self.file.with_extension("lock");
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(lock)
            .map_err(failed)?;
        lock.lock().map_err(failed)?;
        let mut profiles = self.read()?;
        let before = profiles.clone();
        let said = change(&mut profiles)?;
        if profiles != before {
            let text =
                toml::to_string(&profiles).map_err(|error| failed(io::Error::other(error)))?;
            private_file::replace(&self.file, text.as_bytes()).map_err(failed)?;
        }
        Ok(said)
    }

    fn failed(&self, what: &str, error: &io::Error) -> Failure {
        Failure::failed(
            format!("the profiles {} {what}: {error}", self.file.display()),
            format!("{VARIABLE} names another file"),
        )
    }
}

fn line_of(text: &str, byte: usize) -> usize {
    1 + text.bytes().take(byte).filter(|byte| *byte == b'\n').count()
}

/// Nobody but the user (or root) has written it.
fn is_ours_to_trust(is: &fs::Metadata) -> bool {
    let own = rustix::process::geteuid().as_raw();
    (is.uid() == own || is.uid() == 0) && is.mode() & 0o022 == 0
}

/// With what is missing above it; what is made is the user's alone.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::profile::{Keeping, Name, Profile};

    fn profile() -> Profile {
        Profile::of_tests(Keeping::None)
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    #[test]
    fn what_is_changed_is_there_the_next_time_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::at(folder.path().join("a/b/profiles.toml"));
        assert_eq!(place.read().unwrap(), Profiles::default(), "no file, no profiles");
        let name: Name = "prod".parse().unwrap();
        place.change(|all| Ok(all.profiles.insert(name.clone(), profile()))).unwrap();
        assert_eq!(place.read().unwrap().profiles[&name], profile());
        assert_eq!((mode(place.file()), mode(&folder.path().join("a/b"))), (0o600, 0o700));
        let no = place.change(|all| {
            all.profiles.clear();
            Err::<(), _>(Failure::failed("no", "no"))
        });
        assert_eq!(no.unwrap_err().what, "no");
        assert_eq!(place.read().unwrap().profiles.len(), 1, "nothing was written");
    }

    #[test]
    fn a_file_that_others_may_write_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::at(folder.path().join("profiles.toml"));
        for (bits, is_read) in [(0o600, true), (0o644, true), (0o660, false), (0o602, false)] {
            fs::write(place.file(), "").unwrap();
            fs::set_permissions(place.file(), fs::Permissions::from_mode(bits)).unwrap();
            assert_eq!(place.read().is_ok(), is_read, "{bits:o}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_said_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::at(folder.path().join("profiles.toml"));
        fs::write(place.file(), "default = 'x'\nsecret = 'hm'\n").unwrap();
        let said = place.read().unwrap_err().what;
        assert!(said.contains("line 2"), "{said}");
    }
}
