//! What the authority is good for, and what it is not, as rustls sees it.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, Error, RootCertStore};

use super::*;

const NOW: Moment = Moment::from_seconds(1_800_000_000);

/// Does a client that trusts `root` take `leaf` for `name`?
fn taken(root: &[u8], leaf: &str, name: &str, now: Moment) -> Result<(), Error> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(root.to_vec())).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
    let leaf = CertificateDer::from_pem_slice(leaf.as_bytes()).unwrap();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let seconds = u64::try_from(now.millis() / 1000).unwrap();
    let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    verifier.verify_server_cert(&leaf, &[], &name, &[], now).map(|_| ())
}

/// A leaf for somebody else, as a thief of the key could sign it in the moment of its making.
fn stolen(names: &[&str]) -> (Vec<u8>, String) {
    let own_key = KeyPair::generate().unwrap();
    let about = about_authority(NOW, &own_key).unwrap();
    let authority = about.self_signed(&own_key).unwrap();
    let leaf = about_leaf(NOW, names.iter().map(|name| (*name).to_owned())).unwrap();
    let issuer = Issuer::from_params(&about, &own_key);
    let leaf = leaf.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap();
    (authority.der().to_vec(), leaf.pem())
}

#[test]
fn it_is_taken_for_every_name_of_the_double_and_for_no_other() {
    let made = make(NOW).unwrap();
    let taken = |name: &str| taken(&made.authority_der, &made.certificate, name, NOW);
    for name in names::all() {
        assert_eq!(taken(&name), Ok(()), "{name}");
    }
    for name in ["example.com", "1password.com", "my.1password.com", "127.0.0.2"] {
        assert!(taken(name).is_err(), "{name}");
    }
}

#[test]
fn another_authority_of_the_same_kind_is_another() {
    let (made, other) = (make(NOW).unwrap(), make(NOW).unwrap());
    assert!(taken(&other.authority_der, &made.certificate, "localhost", NOW).is_err());
    assert_ne!(made.key, other.key);
}

#[test]
fn what_the_key_could_have_signed_for_somebody_else_is_refused() {
    let (authority, leaf) = stolen(&["api.1password.com", "127.0.0.1"]);
    assert_eq!(taken(&authority, &leaf, "api.1password.com", NOW), Ok(()));
    for name in ["example.com", "my.1password.com", "10.0.0.1", "127.0.0.2"] {
        let (authority, leaf) = stolen(&[name]);
        let refused = taken(&authority, &leaf, name, NOW);
        assert!(is_by_the_constraint(&refused), "{name}: {refused:?}");
        // Beside a name that is permitted, too.
        let (authority, leaf) = stolen(&["localhost", name]);
        assert!(is_by_the_constraint(&taken(&authority, &leaf, "localhost", NOW)), "{name}");
    }
}

fn is_by_the_constraint(taken: &Result<(), Error>) -> bool {
    let Err(Error::InvalidCertificate(CertificateError::Other(why))) = taken else { return false };
    why.to_string() == "NameConstraintViolation"
}

#[test]
fn it_ends_after_thirty_days() {
    let made = make(NOW).unwrap();
    let day = Duration::from_hours(24);
    let taken = |now| taken(&made.authority_der, &made.certificate, "localhost", now);
    assert_eq!(taken(NOW.plus(day * 29)), Ok(()));
    assert!(taken(NOW.plus(day * 31)).is_err());
    assert!(taken(NOW.minus(day)).is_err());
}
