//! Where the certificate comes from: files that somebody else renews, or an authority.

use std::fs::File;
use std::io::{self, Read as _};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use data_encoding::BASE64URL_NOPAD;
use rollcall_directory::store::Store;
use rollcall_server::{AcmeSettings, ExternalAccount, PemFiles, ProofListener, ProveBy, Tls};
use rollcall_settings::{Acme, Challenge, Settings};
use zeroize::Zeroizing;

use super::error::ServeError;
use super::listening::Certificate;

const KEY_FILE_MAX_BYTES: u64 = 4096;
const KEY_FILE_HINT: &str = "external_account_key_file names a file that the server may read";

/// Nothing: TLS does not end here.
pub async fn of(settings: &Settings, store: &Store) -> Result<Option<Certificate>, ServeError> {
    let tls = &settings.tls;
    if let (Some(certificate), Some(key)) = (&tls.certificate, &tls.key) {
        let files = PemFiles { certificate: certificate.clone(), key: key.clone() };
        let tls = Tls::from_files(&files)?;
        let looked_after = tls.watch_files(files, store.world().clone());
        return Ok(Some(Certificate { tls, looked_after }));
    }
    if !tls.acme.is_on() {
        return Ok(None);
    }
    let (authority, proofs) = (authority(&tls.acme)?, proofs(&tls.acme)?);
    let (tls, looked_after) = Tls::from_authority(store.clone(), authority, proofs).await;
    Ok(Some(Certificate { tls, looked_after }))
}

/// As much as can be said without a file or a listener.
pub fn check(acme: &Acme) -> Result<(), ServeError> {
    if acme.is_on() {
        named(acme)?;
        proof_address(acme)?;
        external_names(acme)?;
    }
    Ok(())
}

fn named(acme: &Acme) -> Result<AcmeSettings, ServeError> {
    AcmeSettings::new(acme.directory.as_str(), &acme.domains, &acme.contact, acme.terms_agreed)
        .map_err(|error| {
            ServeError::settings(error.to_string(), "see [tls.acme] in docs/guide/tls.md")
        })
}

fn authority(acme: &Acme) -> Result<AcmeSettings, ServeError> {
    let of = named(acme)?;
    let by = match acme.challenge {
        Challenge::TlsAlpn => ProveBy::TlsAlpn,
        Challenge::Http => ProveBy::Http,
    };
    let known = external_account(acme)?;
    Ok(of.trusting(acme.ca_file.clone()).proving_by(by).known_as(known))
}

fn proofs(acme: &Acme) -> Result<Option<ProofListener>, ServeError> {
    let Some(address) = proof_address(acme)? else { return Ok(None) };
    let what = || format!("cannot listen on {address} for the authority");
    let listener = std::net::TcpListener::bind(address).map_err(ServeError::io(what()))?;
    ProofListener::new(listener).map(Some).map_err(ServeError::io(what()))
}

fn proof_address(acme: &Acme) -> Result<Option<SocketAddr>, ServeError> {
    match (acme.challenge, acme.http_listen) {
        (Challenge::TlsAlpn, None) => Ok(None),
        (Challenge::Http, Some(address)) => Ok(Some(address)),
        (Challenge::Http, None) => Err(ServeError::settings(
            "http-01 is answered on a listener of its own, and tls.acme.http_listen names none",
            "write http_listen = \"0.0.0.0:80\", or leave challenge at tls-alpn-01",
        )),
        (Challenge::TlsAlpn, Some(_)) => Err(ServeError::settings(
            "tls.acme.http_listen is for http-01, and the challenge is tls-alpn-01",
            "write challenge = \"http-01\", or take http_listen away",
        )),
    }
}

fn external_names(acme: &Acme) -> Result<Option<(&str, &Path)>, ServeError> {
    match (&acme.external_account_id, &acme.external_account_key_file) {
        (None, None) => Ok(None),
        (Some(id), Some(path)) => Ok(Some((id, path))),
        (Some(_), None) | (None, Some(_)) => Err(ServeError::settings(
            "external_account_id and external_account_key_file belong together, and one of them is not set",
            "the authority gives out both",
        )),
    }
}

fn external_account(acme: &Acme) -> Result<Option<ExternalAccount>, ServeError> {
    let Some((id, path)) = external_names(acme)? else { return Ok(None) };
    let text = private_text(path)?;
    let key = BASE64URL_NOPAD.decode(text.trim().trim_end_matches('=').as_bytes());
    let key = key.map_err(|_| {
        ServeError::settings(
            format!("{}: not base64url", path.display()),
            "write the MAC key as the authority showed it",
        )
    })?;
    Ok(Some(ExternalAccount { id: id.to_owned(), key: Zeroizing::new(key) }))
}

fn private_text(path: &Path) -> Result<Zeroizing<String>, ServeError> {
    // A file that the settings name and that is not there: they cannot be used.
    let io = || {
        |error: io::Error| {
            ServeError::settings(format!("{}: {error}", path.display()), KEY_FILE_HINT)
        }
    };
    let file = File::open(path).map_err(io())?;
    let mode = file.metadata().map_err(io())?.permissions().mode() & 0o7777;
    if mode & 0o027 != 0 {
        return Err(ServeError::settings(
            format!(
                "{}: it can be read or replaced by others (its mode is {mode:04o})",
                path.display()
            ),
            "chmod 0600, or 0640 with a group of its own",
        ));
    }
    let mut text = Zeroizing::new(String::with_capacity(KEY_FILE_MAX_BYTES as usize));
    file.take(KEY_FILE_MAX_BYTES).read_to_string(&mut text).map_err(io())?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acme(change: impl FnOnce(&mut Acme)) -> Acme {
        let mut acme = Acme {
            domains: vec!["rollcall.example".to_owned()],
            terms_agreed: true,
            ..Acme::default()
        };
        change(&mut acme);
        acme
    }

    #[test]
    fn the_authority_is_asked_only_after_its_terms_were_agreed_to() {
        assert!(authority(&acme(|_| {})).is_ok());
        let error = authority(&acme(|acme| acme.terms_agreed = false)).err().unwrap();
        assert!(error.to_string().contains("terms_agreed = true"), "{error}");
    }

    #[test]
    fn a_listener_for_proofs_goes_with_http_01_and_with_nothing_else() {
        let here = Some("127.0.0.1:0".parse().unwrap());
        for (challenge, http_listen, right) in [
            (Challenge::TlsAlpn, None, true),
            (Challenge::TlsAlpn, here, false),
            (Challenge::Http, None, false),
        ] {
            let acme = acme(|acme| (acme.challenge, acme.http_listen) = (challenge, http_listen));
            assert_eq!(proofs(&acme).is_ok(), right, "{challenge:?} {http_listen:?}");
        }
    }

    #[test]
    fn an_external_account_has_both_halves_and_a_key_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let mut acme = acme(|acme| acme.external_account_id = Some("known-1".to_owned()));
        assert!(external_account(&acme).is_err());
        acme.external_account_key_file = Some(path.clone());
        for (text, mode, right) in
            [("a2tr\n", 0o600, true), ("a2tr", 0o644, false), ("not it!", 0o600, false)]
        {
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let known = external_account(&acme);
            assert_eq!(known.is_ok(), right, "{text:?} {mode:o}");
            if let Ok(Some(known)) = known {
                assert_eq!(*known.key, b"kkk");
            }
        }
    }
}
