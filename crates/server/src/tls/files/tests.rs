//! Files that are replaced, well and badly.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::tls::tests::{Made, NAME, made, made_for};

pub(in crate::tls) const NOW: Moment = Moment::from_seconds(1_800_000_000);

fn write(path: &Path, text: &str, mode: u32) {
    // As good tools do it: beside it, and then into its place.
    let beside = path.with_extension("new");
    std::fs::write(&beside, text).unwrap();
    std::fs::set_permissions(&beside, std::fs::Permissions::from_mode(mode)).unwrap();
    std::fs::rename(&beside, path).unwrap();
}

pub(in crate::tls) fn a_folder(folder: &TempDir, made: &Made) -> PemFiles {
    let files = PemFiles {
        certificate: folder.path().join("chain.pem"),
        key: folder.path().join("key.pem"),
    };
    write(&files.certificate, &made.chain, 0o644);
    write(&files.key, &made.key, 0o600);
    files
}

pub(in crate::tls) fn watched(files: &PemFiles) -> Watch {
    Watch::new(files.clone())
}

fn serial_of(made: &Made) -> String {
    let certificate = Certificate::from_pem(made.chain.as_bytes(), made.key.as_bytes()).unwrap();
    certificate.facts().serial.clone()
}

fn served(tls: &Tls) -> String {
    tls.certificate().unwrap().serial
}

#[test]
fn a_replaced_pair_is_served_when_it_stands_still_and_at_once_when_asked() {
    let (folder, first, second) = (TempDir::new().unwrap(), made(&[NAME]), made(&[NAME]));
    let files = a_folder(&folder, &first);
    let tls = Tls::from_files(&files).unwrap();
    let mut watch = watched(&files);
    watch.look(&tls, NOW, false);
    a_folder(&folder, &second);
    watch.look(&tls, NOW, false);
    assert_eq!(served(&tls), serial_of(&first), "it may be half written");
    watch.look(&tls, NOW, false);
    assert_eq!(served(&tls), serial_of(&second));
    a_folder(&folder, &first);
    watch.look(&tls, NOW, true);
    assert_eq!(served(&tls), serial_of(&first));
}

#[test]
fn a_bad_replacement_keeps_what_is_served_and_a_good_one_after_it_is_taken() {
    let first = made(&[NAME]);
    let (long_ago, far) =
        (Moment::from_seconds(1_600_000_000), Moment::from_seconds(4_000_000_000));
    let ended = made_for(&[NAME], long_ago, NOW);
    let not_yet = made_for(&[NAME], NOW.plus(Duration::from_secs(60)), far);
    let other = made(&[NAME]);
    let half = first.chain[..first.chain.len() / 2].to_owned();
    let damaged = "-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----\n";
    let cases: [(&str, &str, &str, u32, &str); 8] = [
        ("half a certificate", &half, &other.key, 0o600, "chain.pem"),
        ("the key of another", &other.chain, &first.key, 0o600, "not that of the certificate"),
        ("no certificate", "", &other.key, 0o600, "BEGIN CERTIFICATE"),
        ("no key", &other.chain, "", 0o600, "BEGIN PRIVATE KEY"),
        ("a damaged key", &other.chain, damaged, 0o600, "key.pem: damaged PEM"),
        ("ended", &ended.chain, &ended.key, 0o600, "has ended"),
        ("not valid yet", &not_yet.chain, &not_yet.key, 0o600, "not valid yet"),
        ("a key that all can read", &other.chain, &other.key, 0o644, "chmod 0600"),
    ];
    for (what, chain, key, mode, says) in cases {
        let folder = TempDir::new().unwrap();
        let files = a_folder(&folder, &first);
        let tls = Tls::from_files(&files).unwrap();
        let mut watch = watched(&files);
        write(&files.certificate, chain, 0o644);
        write(&files.key, key, mode);
        let why = watch.take(&tls, NOW).map(|_| ()).unwrap_err().to_string();
        assert!(why.contains(says), "{what}: {why}");
        watch.look(&tls, NOW, true);
        assert_eq!(served(&tls), serial_of(&first), "{what}");
        a_folder(&folder, &other);
        watch.look(&tls, NOW, true);
        assert_eq!(served(&tls), serial_of(&other), "after {what}");
    }
}

#[test]
fn files_that_go_away_and_come_back() {
    let (folder, first, second) = (TempDir::new().unwrap(), made(&[NAME]), made(&[NAME]));
    let files = a_folder(&folder, &first);
    let tls = Tls::from_files(&files).unwrap();
    let mut watch = watched(&files);
    std::fs::remove_file(&files.key).unwrap();
    watch.look(&tls, NOW, false);
    watch.look(&tls, NOW, false);
    assert_eq!(served(&tls), serial_of(&first));
    a_folder(&folder, &second);
    watch.look(&tls, NOW, false);
    watch.look(&tls, NOW, false);
    assert_eq!(served(&tls), serial_of(&second));
}

#[test]
fn one_that_has_ended_is_better_than_none_and_is_replaced_by_a_good_one() {
    let folder = TempDir::new().unwrap();
    let ended = made_for(&[NAME], Moment::from_seconds(1_600_000_000), NOW);
    let files = a_folder(&folder, &ended);
    let tls = Tls::from_files(&files).unwrap();
    assert_eq!(served(&tls), serial_of(&ended));
    let good = made(&[NAME]);
    a_folder(&folder, &good);
    watched(&files).look(&tls, NOW, true);
    assert_eq!(served(&tls), serial_of(&good));
}

#[test]
fn the_start_says_what_is_wrong_with_the_files() {
    let (folder, pair) = (TempDir::new().unwrap(), made(&[NAME]));
    let files = a_folder(&folder, &pair);
    let start = || Tls::from_files(&files).map(|_| ());
    for (mode, right) in
        [(0o600, true), (0o400, true), (0o640, true), (0o644, false), (0o660, false)]
    {
        write(&files.key, &pair.key, mode);
        assert_eq!(start().is_ok(), right, "{mode:o}");
    }
    write(&files.key, &pair.key, 0o604);
    assert!(matches!(start(), Err(TlsFileError::TooOpen { mode: 0o604, .. })));
    write(&files.key, &"x".repeat((1 << 20) + 1), 0o600);
    assert!(matches!(start(), Err(TlsFileError::TooLarge(_))));
    std::fs::remove_file(&files.key).unwrap();
    let why = start().unwrap_err().to_string();
    assert!(why.contains("key.pem") && why.contains("No such file"), "{why}");
}
