//! The certificate in a folder: what is there and good for another day is served again, what is
//! not is made anew. The folder is replaced whole, so its files always belong together.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rollcall_directory::world::Moment;
use rollcall_server::{Facts, PemFiles, Tls, TlsFileError};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{AuthorityError, authority, names, trust_store};

/// A test suite that begins now is over by then.
const GOOD_FOR_AT_LEAST: Duration = Duration::from_hours(24);

const AUTHORITY: &str = "authority.pem";
const CERTIFICATE: &str = "certificate.pem";
const KEY: &str = "key.pem";
const JAVA: &str = "authority.jks";

#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    #[error(transparent)]
    Files(#[from] TlsFileError),
}

/// What the listener serves, and the files that others need in order to trust it.
pub struct Kept {
    pub tls: Tls,
    pub facts: Facts,
    /// In PEM, and it alone.
    pub authority: PathBuf,
    /// As lists of authorities show it.
    pub authority_name: String,
    /// The same for Java.
    pub java_trust_store: PathBuf,
}

impl Kept {
    /// Of the store for Java; both are no secret.
    pub const JAVA_ALIAS: &str = trust_store::ALIAS;
    pub const JAVA_PASSWORD: &str = trust_store::PASSWORD;
}

/// `now`: the machine's, which clients ask too; not that of a clock that was moved.
pub fn open(folder: &Path, now: Moment) -> Result<Kept, KeepError> {
    let folder = std::path::absolute(folder).map_err(at(folder))?;
    if let Some(kept) = good(&folder, now)? {
        return Ok(kept);
    }
    make(&folder, now)?;
    good(&folder, now)?.ok_or_else(|| {
        let source = io::Error::other("what was just written there is not there any more");
        KeepError::Io { path: folder, source }
    })
}

fn good(folder: &Path, now: Moment) -> Result<Option<Kept>, KeepError> {
    let (authority, java_trust_store) = (folder.join(AUTHORITY), folder.join(JAVA));
    let Some(authority_name) = name_in(&authority).filter(|_| java_trust_store.is_file()) else {
        return Ok(None);
    };
    let files = PemFiles { certificate: folder.join(CERTIFICATE), key: folder.join(KEY) };
    let tls = match Tls::from_files(&files) {
        Ok(tls) => tls,
        // Somebody has opened the key to others: they should know.
        Err(error @ TlsFileError::TooOpen { .. }) => return Err(error.into()),
        Err(_unusable) => return Ok(None),
    };
    let Some(facts) = tls.certificate() else { return Ok(None) };
    let lasts = facts.is_valid_at(now) && facts.is_valid_at(now.plus(GOOD_FOR_AT_LEAST));
    let names_all = names::all().all(|name| facts.names.contains(&name));
    Ok((lasts && names_all).then_some(Kept {
        tls,
        facts,
        authority,
        authority_name,
        java_trust_store,
    }))
}

/// Of the certificate in this file, if there is one.
fn name_in(path: &Path) -> Option<String> {
    let pem = fs::read(path).ok()?;
    let der = CertificateDer::from_pem_slice(&pem).ok()?;
    let (_, read) = X509Certificate::from_der(&der).ok()?;
    read.subject().iter_common_name().next()?.as_str().ok().map(str::to_owned)
}

fn make(folder: &Path, now: Moment) -> Result<(), KeepError> {
    let made = authority::make(now)?;
    let mut beside = folder.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    remove(&beside)?;
    DirBuilder::new().recursive(true).mode(0o700).create(&beside).map_err(at(&beside))?;
    let java = trust_store::of(&made.authority_der, now);
    for (name, mode, bytes) in [
        (AUTHORITY, 0o644, made.authority.as_bytes()),
        (CERTIFICATE, 0o644, made.certificate.as_bytes()),
        (JAVA, 0o644, &java),
        (KEY, 0o600, made.key.as_bytes()),
    ] {
        let path = beside.join(name);
        let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&path);
        file.and_then(|mut file| file.write_all(bytes)).map_err(at(&path))?;
    }
    remove(folder)?;
    fs::rename(&beside, folder).map_err(at(folder))
}

fn remove(folder: &Path) -> Result<(), KeepError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(folder)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> KeepError {
    |source| KeepError::Io { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use tempfile::TempDir;

    use super::*;

    const NOW: Moment = Moment::from_seconds(1_800_000_000);
    const DAY: Duration = Duration::from_hours(24);

    fn serial(folder: &Path, day: u32) -> String {
        open(folder, NOW.plus(DAY * day)).unwrap().facts.serial
    }

    #[test]
    fn it_is_kept_until_its_last_day() {
        let folder = TempDir::new().unwrap();
        let folder = folder.path().join("tls");
        let first = serial(&folder, 0);
        assert_eq!(serial(&folder, 28), first);
        let second = serial(&folder, 29);
        assert_ne!(second, first);
        assert_eq!(serial(&folder, 29), second);
        // A clock that was set back.
        assert_ne!(serial(&folder, 0), second);
    }

    #[test]
    fn what_does_not_belong_together_is_made_anew() {
        let folder = TempDir::new().unwrap();
        let (folder, other) = (folder.path().join("one"), folder.path().join("other"));
        let first = serial(&folder, 0);
        serial(&other, 0);
        fs::copy(other.join(KEY), folder.join(KEY)).unwrap();
        let second = serial(&folder, 0);
        assert_ne!(second, first);
        for name in [AUTHORITY, CERTIFICATE, KEY, JAVA] {
            fs::remove_file(folder.join(name)).unwrap();
            assert_eq!(fs::read_dir(&folder).unwrap().count(), 3);
            serial(&folder, 0);
            assert_eq!(fs::read_dir(&folder).unwrap().count(), 4, "{name} is there again");
        }
    }

    #[test]
    fn the_one_key_on_the_disk_is_the_certificates_and_only_ours_to_read() {
        let folder = TempDir::new().unwrap();
        let folder = folder.path().join("tls");
        let kept = open(&folder, NOW).unwrap();
        let with_a_key: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| {
                let text = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
                text.contains("PRIVATE KEY")
            })
            .collect();
        assert_eq!(with_a_key, [folder.join(KEY)]);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder.join(KEY)), mode(&folder)), (0o600, 0o700));
        // It is not the authority's: the two make no pair.
        let files = PemFiles { certificate: kept.authority, key: folder.join(KEY) };
        assert!(matches!(files.read(), Err(TlsFileError::Certificate { .. })));
        fs::set_permissions(folder.join(KEY), fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(open(&folder, NOW), Err(KeepError::Files(TlsFileError::TooOpen { .. }))));
    }
}
