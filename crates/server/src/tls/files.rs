//! Certificate and key from PEM files that somebody else renews. They are looked at every two
//! seconds, and read when they have changed and stand still; a pair that cannot be served, or is
//! worse than what is served, changes nothing and is complained about once.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rollcall_directory::world::{Moment, World};
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

use super::{Certificate, CertificateError, Expiry, Tls};

const LOOK_EVERY: Duration = Duration::from_secs(2);
const FILE_MAX_BYTES: u64 = 1 << 20;
/// To read or write for others, or to write for the group.
const TOO_OPEN: u32 = 0o027;
const WAY_OUT: &str = "put a renewed one in the place of its files";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PemFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

#[derive(Debug, thiserror::Error)]
pub enum TlsFileError {
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{0}: larger than 1 MiB, so it is no PEM file of ours")]
    TooLarge(PathBuf),
    #[error(
        "{path}: anybody on this machine could read or replace the key (mode {mode:04o}): chmod 0600, or 0640 with a group of its own"
    )]
    TooOpen { path: PathBuf, mode: u32 },
    #[error("{path}: {why}")]
    Certificate { path: PathBuf, why: CertificateError },
    #[error("{path}: {what}, and the one that is served is still good")]
    Worse { path: PathBuf, what: &'static str },
}

/// What changes when a file is written, replaced, or allowed to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fingerprint {
    device: u64,
    inode: u64,
    size: u64,
    changed: (i64, i64),
    modified: (i64, i64),
}

fn fingerprint(path: &Path) -> Option<Fingerprint> {
    let found = std::fs::metadata(path).ok()?;
    Some(Fingerprint {
        device: found.dev(),
        inode: found.ino(),
        size: found.size(),
        changed: (found.ctime(), found.ctime_nsec()),
        modified: (found.mtime(), found.mtime_nsec()),
    })
}

type Fingerprints = [Option<Fingerprint>; 2];

impl PemFiles {
    /// Reads both, and holds them to be a pair.
    pub fn read(&self) -> Result<Certificate, TlsFileError> {
        let chain = read(&self.certificate, Openness::Any)?;
        let key = read(&self.key, Openness::OurOwn)?;
        Certificate::from_pem(&chain, &key).map_err(|why| {
            let of_key = matches!(
                why,
                CertificateError::NoKey
                    | CertificateError::KeyEncrypted
                    | CertificateError::KeyPem(_)
                    | CertificateError::Key(_)
                    | CertificateError::KeyOfAnother
            );
            let path = if of_key { &self.key } else { &self.certificate };
            TlsFileError::Certificate { path: path.clone(), why }
        })
    }

    fn fingerprints(&self) -> Fingerprints {
        [fingerprint(&self.certificate), fingerprint(&self.key)]
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Openness {
    Any,
    OurOwn,
}

fn read(path: &Path, openness: Openness) -> Result<Zeroizing<Vec<u8>>, TlsFileError> {
    let io = |source| TlsFileError::Io { path: path.to_owned(), source };
    let file = File::open(path).map_err(io)?;
    // Of the file that is open, not of what has its name a moment later.
    let found = file.metadata().map_err(io)?;
    let mode = found.mode() & 0o7777;
    if openness == Openness::OurOwn && mode & TOO_OPEN != 0 {
        return Err(TlsFileError::TooOpen { path: path.to_owned(), mode });
    }
    if found.len() > FILE_MAX_BYTES {
        return Err(TlsFileError::TooLarge(path.to_owned()));
    }
    // Reserved at once: a buffer that grows leaves copies of the key behind.
    let reserved = usize::try_from(found.len()).unwrap_or(0) + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(reserved));
    file.take(FILE_MAX_BYTES).read_to_end(&mut bytes).map_err(io)?;
    Ok(bytes)
}

impl Tls {
    /// Reads them, or says why they cannot be served.
    pub fn from_files(files: &PemFiles) -> Result<Self, TlsFileError> {
        Ok(Self::new(Some(files.read()?), None))
    }

    /// Looks at the files for as long as the task runs, and serves what replaced them.
    pub fn watch_files(&self, files: PemFiles, world: World) -> JoinHandle<()> {
        let tls = self.clone();
        tokio::spawn(async move {
            let mut watch = Watch::new(files);
            loop {
                let asked = tokio::select! {
                    () = tokio::time::sleep(LOOK_EVERY) => false,
                    () = tls.is_asked_to_look() => true,
                };
                // Files may lie on a disk that is slow to answer.
                let (served, now) = (tls.clone(), world.now());
                let looked = tokio::task::spawn_blocking(move || {
                    watch.look(&served, now, asked);
                    watch
                });
                let Ok(back) = looked.await else { return };
                watch = back;
            }
        })
    }
}

/// What was seen of the files so far.
pub(super) struct Watch {
    files: PemFiles,
    /// As they were when they were last read.
    read: Option<Fingerprints>,
    seen: Fingerprints,
    expiry: Expiry,
}

impl Watch {
    /// The files may have changed since they were read, so nothing counts as read yet.
    fn new(files: PemFiles) -> Self {
        Self { seen: files.fingerprints(), files, read: None, expiry: Expiry::default() }
    }

    /// `asked`: somebody says that they are ready, so they are read as they are.
    pub(super) fn look(&mut self, tls: &Tls, now: Moment, asked: bool) {
        let found = self.files.fingerprints();
        let stands_still = found == std::mem::replace(&mut self.seen, found);
        if asked || (stands_still && self.read != Some(found)) {
            self.read = Some(found);
            match self.take(tls, now) {
                Ok(Some(certificate)) => {
                    let facts = certificate.facts();
                    tracing::info!(
                        names = facts.names.join(" "),
                        ends = facts.ends.rfc3339_seconds(),
                        serial = facts.serial,
                        "another certificate is served from now on"
                    );
                    tls.serve(certificate);
                }
                Ok(None) => {}
                Err(why) => {
                    tracing::error!(
                        "the certificate was not replaced, the present one is served: {why}"
                    );
                }
            }
        }
        if let Some(facts) = tls.certificate() {
            self.expiry.look(&facts, now, WAY_OUT);
        }
    }

    /// Nothing: it is the one that is served already.
    fn take(&self, tls: &Tls, now: Moment) -> Result<Option<Certificate>, TlsFileError> {
        let certificate = self.files.read()?;
        if tls.serves(&certificate) {
            return Ok(None);
        }
        let (new, served) = (certificate.facts(), tls.certificate());
        let worse = |what| TlsFileError::Worse { path: self.files.certificate.clone(), what };
        if served.is_some_and(|served| served.is_valid_at(now)) && !new.is_valid_at(now) {
            let ended = now >= new.ends;
            return Err(worse(if ended { "it has ended" } else { "it is not valid yet" }));
        }
        Ok(Some(certificate))
    }
}

#[cfg(test)]
pub(super) mod tests;
