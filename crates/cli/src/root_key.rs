//! Root keys, from where the settings say: a file, a systemd credential, the environment, or what a
//! command prints. Each may give several, one a line, while one replaces the other.

mod command;

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rollcall_directory::keys::{RootKey, RootKeyShape};
use rollcall_settings as settings;
use zeroize::Zeroizing;

use crate::commands::users::interrupt::Interrupt;
use crate::exit_status::ExitStatus;

/// A source is short: a few keys and remarks.
const SOURCE_MAX_BYTES: u64 = 16 * 1024;
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

#[derive(Debug, thiserror::Error)]
pub enum RootKeySourceError {
    #[error("no root key: the settings name none, and without it nothing sealed can be opened")]
    NotNamed,
    #[error("the root key file {}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("the root key file {} can be read by others (its mode is {mode:04o})", path.display())]
    Open { path: PathBuf, mode: u32 },
    #[error("the root key credential {0:?}: a credential has a plain name, without a slash")]
    CredentialName(String),
    #[error("the root key credential {0:?}: not started by systemd with LoadCredential={0}:…")]
    NoCredentials(String),
    #[error("the root key credential {name:?}: {source}")]
    Credential { name: String, source: io::Error },
    #[error("the root key: the environment has no variable {0}")]
    NoVariable(String),
    #[error("the root key command {0}: {1}")]
    Command(String, String),
    #[error("told to end while the root key command ran, which was ended too")]
    Interrupted,
    #[error("the root key from {0}: {1}")]
    Shape(String, RootKeyShape),
    #[error("the root key from {0}: there is none in it")]
    Empty(String),
}

const MAKE_ONE: &str = "make one with `rollcall admin keys new-root-key --out FILE`";
const NAME_THE_ONE: &str = "name the root key under which the store or the backup was sealed, with \
                            --root-key-file FILE, or with --config FILE and the settings of its \
                            server: a new one opens nothing";

impl RootKeySourceError {
    /// For whoever may have to make one.
    pub fn hint(&self) -> Option<String> {
        self.way_out(
            &format!(
                "{MAKE_ONE}, keep a copy where the database's backups are not, and name it: file = \"FILE\" in [root_key], or --root-key-file FILE"
            ),
            MAKE_ONE,
        )
    }

    /// For a store or a backup that is sealed: none but that root key is of use.
    pub fn hint_where_sealed(&self) -> Option<String> {
        self.way_out(NAME_THE_ONE, NAME_THE_ONE)
    }

    /// A source that cannot be is a setting that cannot be; a program that fails is not.
    pub const fn status(&self) -> ExitStatus {
        match self {
            Self::NotNamed
            | Self::File { .. }
            | Self::Open { .. }
            | Self::CredentialName(_)
            | Self::NoCredentials(_)
            | Self::Credential { .. }
            | Self::NoVariable(_)
            | Self::Shape(..)
            | Self::Empty(_) => ExitStatus::WrongUse,
            Self::Command(..) => ExitStatus::Failed,
            Self::Interrupted => ExitStatus::Interrupted,
        }
    }

    fn way_out(&self, unnamed: &str, none_there: &str) -> Option<String> {
        match self {
            Self::NotNamed => Some(unnamed.to_owned()),
            Self::Open { path, .. } => Some(format!(
                "chmod 600 {0}, and if others may have read it, replace it (`rollcall admin keys rotate-root --help`)",
                path.display()
            )),
            Self::File { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                Some(none_there.to_owned())
            }
            Self::Shape(..) | Self::Empty(_) => Some(none_there.to_owned()),
            Self::File { .. }
            | Self::CredentialName(_)
            | Self::NoCredentials(_)
            | Self::Credential { .. }
            | Self::NoVariable(_)
            | Self::Command(..)
            | Self::Interrupted => None,
        }
    }
}

/// For a command that has its end from the system: where a program is asked, SIGINT and SIGTERM end
/// the program too. At least one key: the first is the one that a new store is sealed under.
pub async fn read(from: &settings::RootKey) -> Result<Vec<RootKey>, RootKeySourceError> {
    let Some(program) = from.command.first() else { return read_unheeding(from).await };
    let mut told = Interrupt::hear()
        .map_err(|error| RootKeySourceError::Command(program.clone(), error.to_string()))?;
    let read = tokio::select! {
        read = read_unheeding(from) => read,
        () = told.comes() => Err(RootKeySourceError::Interrupted),
    };
    command::signals_end_the_process();
    read
}

/// For a server, which listens to signals itself. Dropped before it is done, it leaves nothing.
pub async fn read_unheeding(from: &settings::RootKey) -> Result<Vec<RootKey>, RootKeySourceError> {
    if let Some(path) = &from.file {
        return read_file(path);
    }
    if let Some(name) = &from.credential {
        return read_credential(name);
    }
    if let Some(name) = &from.environment {
        let text = std::env::var(name).map(Zeroizing::new);
        let text = text.map_err(|_| RootKeySourceError::NoVariable(name.clone()))?;
        return parse(&format!("the variable {name}"), &text);
    }
    match from.command.split_first() {
        Some((program, arguments)) => read_command(program, arguments).await,
        None => Err(RootKeySourceError::NotNamed),
    }
}

/// As much as can be said without looking for the key.
pub fn is_named(from: &settings::RootKey) -> Result<(), RootKeySourceError> {
    if let Some(name) = &from.credential {
        return is_credential_name(name);
    }
    let named = from.file.is_some() || from.environment.is_some() || !from.command.is_empty();
    if named { Ok(()) } else { Err(RootKeySourceError::NotNamed) }
}

/// A file that nobody but its owner may read.
pub fn read_file(path: &Path) -> Result<Vec<RootKey>, RootKeySourceError> {
    let failed = |source| RootKeySourceError::File { path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    // Of the file that was opened, not of the name: that may change between two looks.
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 && !is_credential(path) {
        return Err(RootKeySourceError::Open { path: path.to_owned(), mode });
    }
    parse(&path.display().to_string(), &text(file).map_err(failed)?)
}

/// systemd has its own rules for who may read these: an access list, which shows as a mode that
/// the group has a part in.
pub fn is_credential(path: &Path) -> bool {
    std::env::var_os(CREDENTIALS).is_some_and(|folder| path.parent() == Some(Path::new(&folder)))
}

fn is_credential_name(name: &str) -> Result<(), RootKeySourceError> {
    if name.is_empty() || name.starts_with('.') || name.contains('/') {
        return Err(RootKeySourceError::CredentialName(name.to_owned()));
    }
    Ok(())
}

fn read_credential(name: &str) -> Result<Vec<RootKey>, RootKeySourceError> {
    is_credential_name(name)?;
    let folder = std::env::var_os(CREDENTIALS);
    let folder = folder.ok_or_else(|| RootKeySourceError::NoCredentials(name.to_owned()))?;
    let failed = |source| RootKeySourceError::Credential { name: name.to_owned(), source };
    let file = File::open(Path::new(&folder).join(name)).map_err(failed)?;
    parse(&format!("the credential {name}"), &text(file).map_err(failed)?)
}

async fn read_command(
    program: &str,
    arguments: &[String],
) -> Result<Vec<RootKey>, RootKeySourceError> {
    let printed = command::printed(program, arguments).await;
    let text = printed.map_err(|what| RootKeySourceError::Command(program.to_owned(), what))?;
    parse(&format!("the command {program}"), &text)
}

fn text(file: File) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    file.take(SOURCE_MAX_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

/// One key a line; empty lines and remarks (`#`) between them.
fn parse(from: &str, text: &str) -> Result<Vec<RootKey>, RootKeySourceError> {
    let lines =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let keys: Result<Vec<RootKey>, _> = lines.map(str::parse).collect();
    let keys = keys.map_err(|shape| RootKeySourceError::Shape(from.to_owned(), shape))?;
    if keys.is_empty() { Err(RootKeySourceError::Empty(from.to_owned())) } else { Ok(keys) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const KEY: &str = "0101010101010101010101010101010101010101010101010101010101010101";

    fn file(text: &str, mode: u32) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file.as_file().set_permissions(std::fs::Permissions::from_mode(mode)).unwrap();
        file
    }

    #[test]
    fn several_keys_with_remarks_in_their_order() {
        let other = KEY.replace("01", "02");
        let file = file(&format!("# the old one\n{KEY}\n\n  {other}\n"), 0o400);
        let keys = read_file(file.path()).unwrap();
        let ids: Vec<_> = keys.iter().map(RootKey::id).collect();
        assert_eq!(ids, [KEY, &other].map(|text| text.parse::<RootKey>().unwrap().id()));
    }

    #[test]
    fn a_file_that_others_can_read_is_refused_with_the_way_out() {
        for mode in [0o644, 0o640, 0o604, 0o620] {
            let file = file(KEY, mode);
            let error = read_file(file.path()).unwrap_err();
            assert!(error.to_string().ends_with(&format!("(its mode is {mode:04o})")), "{error}");
            assert!(error.hint().unwrap().starts_with("chmod 600 /"));
        }
    }

    #[test]
    fn what_is_no_key_is_refused_without_being_shown() {
        for text in ["", "# nothing\n", "s3cret-but-no-key", "00"] {
            let error = read_file(file(text, 0o600).path()).unwrap_err().to_string();
            assert!(!error.contains("s3cret"), "{error}");
        }
        assert!(read_file(Path::new("/nowhere/root.key")).is_err());
        for name in ["", "..", "../etc/shadow", "/etc/shadow"] {
            assert!(matches!(read_credential(name), Err(RootKeySourceError::CredentialName(_))));
        }
    }

    #[tokio::test]
    async fn a_command_prints_it_or_says_why_not() {
        let from = |words: &[&str]| settings::RootKey {
            command: words.iter().map(|word| (*word).to_owned()).collect(),
            ..Default::default()
        };
        assert_eq!(read(&from(&["echo", KEY])).await.unwrap().len(), 1);
        for (words, what) in [
            (&["sh", "-c", "exit 3"][..], "exit status: 3"),
            (&["/nowhere/program"], "No such file"),
            (&["true"], "there is none in it"),
        ] {
            let error = read(&from(words)).await.unwrap_err().to_string();
            assert!(error.contains(what), "{error}");
        }
        let none = read(&settings::RootKey::default()).await.unwrap_err();
        assert!(none.hint().unwrap().contains("new-root-key"));
        let sealed = none.hint_where_sealed().unwrap();
        assert!(sealed.contains("was sealed") && !sealed.contains("new-root-key"), "{sealed}");
    }
}
