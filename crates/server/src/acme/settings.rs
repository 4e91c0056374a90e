//! What is said about the authority, and held to be sensible before anybody is asked.

use std::path::PathBuf;

use rustls::pki_types::DnsName;
use zeroize::Zeroizing;

/// More than this no authority puts into one certificate.
const NAMES_MAX: usize = 100;

#[derive(Clone, Debug)]
pub struct AcmeSettings {
    /// The address of the authority's directory.
    pub(super) directory: String,
    /// Whom to trust when talking to the authority, as PEM; nothing: whom this machine trusts.
    pub(super) directory_ca: Option<PathBuf>,
    pub(super) names: Vec<String>,
    pub(super) contact: Vec<String>,
    pub(super) by: ProveBy,
    pub(super) external_account: Option<ExternalAccount>,
}

/// How the authority sees that a name is ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProveBy {
    /// In a handshake on the TLS listener itself.
    #[default]
    TlsAlpn,
    /// On a plain listener for nothing else.
    Http,
}

impl std::fmt::Display for ProveBy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::TlsAlpn => "tls-alpn-01",
            Self::Http => "http-01",
        })
    }
}

/// What an authority gave out beforehand, so that it knows whose account is made.
#[derive(Clone)]
pub struct ExternalAccount {
    pub id: String,
    pub key: Zeroizing<Vec<u8>>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AcmeSettingsError {
    #[error("no name is given that the certificate should hold")]
    NoName,
    #[error("{0} names are more than the {NAMES_MAX} that a certificate holds")]
    TooManyNames(usize),
    #[error(
        "{0:?} is not a DNS name; an authority is asked for names like rollcall.example, without a star and not for addresses"
    )]
    Name(String),
    #[error("{0:?} does not begin with https://")]
    Directory(String),
    #[error("{0:?} is not an address like mailto:night@rollcall.example")]
    Contact(String),
    #[error(
        "the authority's terms of service must be read and agreed to; say so by terms_agreed = true"
    )]
    Terms,
}

impl std::fmt::Debug for ExternalAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ExternalAccount({}, ***)", self.id)
    }
}

impl AcmeSettings {
    pub const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

    /// `terms_agreed`: whoever runs this server has read the authority's terms.
    pub fn new(
        directory: &str,
        names: &[String],
        contact: &[String],
        terms_agreed: bool,
    ) -> Result<Self, AcmeSettingsError> {
        if !directory.starts_with("https://") {
            return Err(AcmeSettingsError::Directory(directory.to_owned()));
        }
        if names.is_empty() {
            return Err(AcmeSettingsError::NoName);
        }
        if names.len() > NAMES_MAX {
            return Err(AcmeSettingsError::TooManyNames(names.len()));
        }
        let mut names = names.iter().map(|name| dns_name(name)).collect::<Result<Vec<_>, _>>()?;
        names.sort();
        names.dedup();
        if let Some(wrong) = contact.iter().find(|contact| !is_contact(contact)) {
            return Err(AcmeSettingsError::Contact(wrong.clone()));
        }
        if !terms_agreed {
            return Err(AcmeSettingsError::Terms);
        }
        Ok(Self {
            directory: directory.to_owned(),
            directory_ca: None,
            names,
            contact: contact.to_vec(),
            by: ProveBy::default(),
            external_account: None,
        })
    }

    /// The authority is not one that this machine trusts: these roots, and no others, say that it
    /// is the one that is meant.
    #[must_use]
    pub fn trusting(mut self, directory_ca: Option<PathBuf>) -> Self {
        self.directory_ca = directory_ca;
        self
    }

    #[must_use]
    pub fn proving_by(mut self, by: ProveBy) -> Self {
        self.by = by;
        self
    }

    #[must_use]
    pub fn known_as(mut self, external_account: Option<ExternalAccount>) -> Self {
        self.external_account = external_account;
        self
    }

    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.names.clone()
    }
}

fn is_contact(contact: &str) -> bool {
    contact
        .strip_prefix("mailto:")
        .is_some_and(|address| address.contains('@') && !address.contains([' ', ',', '?']))
}

fn dns_name(name: &str) -> Result<String, AcmeSettingsError> {
    let lower = name.to_ascii_lowercase();
    // All digits and dots would be an address.
    let is_address = lower.parse::<std::net::IpAddr>().is_ok();
    match DnsName::try_from(lower.as_str()) {
        Ok(_) if !is_address && !lower.ends_with('.') => Ok(lower),
        _ => Err(AcmeSettingsError::Name(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &[&str]) -> Result<AcmeSettings, AcmeSettingsError> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        AcmeSettings::new(
            AcmeSettings::LETS_ENCRYPT,
            &names,
            &["mailto:night@rollcall.example".to_owned()],
            true,
        )
    }

    #[test]
    fn names_are_held_once_in_one_order_and_in_small_letters() {
        let settings = of(&["b.example", "A.example", "a.example"]).unwrap();
        assert_eq!(settings.names(), ["a.example", "b.example"]);
    }

    #[test]
    fn what_no_authority_would_do_is_refused_before_it_is_asked() {
        for name in ["*.example", "192.0.2.1", "::1", "", "two words", "rollcall.example."] {
            assert_eq!(of(&[name]).err(), Some(AcmeSettingsError::Name(name.to_owned())), "{name}");
        }
        assert_eq!(of(&[]).err(), Some(AcmeSettingsError::NoName));
        let many: Vec<String> = (0..101).map(|number| format!("n{number}.example")).collect();
        let of = |directory: &str, names: &[String], contact: &[String], agreed| {
            AcmeSettings::new(directory, names, contact, agreed).err()
        };
        let one = &many[..1];
        let there = AcmeSettings::LETS_ENCRYPT;
        assert_eq!(of(there, &many, &[], true), Some(AcmeSettingsError::TooManyNames(101)));
        assert_eq!(of(there, one, &[], false), Some(AcmeSettingsError::Terms));
        let plain = "http://authority.example".to_owned();
        assert_eq!(of(&plain, one, &[], true), Some(AcmeSettingsError::Directory(plain)));
        for wrong in ["night@rollcall.example", "mailto:", "mailto:a@b.example,c@d.example"] {
            let wrong = wrong.to_owned();
            let error = of(there, one, std::slice::from_ref(&wrong), true);
            assert_eq!(error, Some(AcmeSettingsError::Contact(wrong)));
        }
    }
}
