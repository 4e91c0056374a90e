//! An authority that signs one certificate and is gone: it is constrained to the names of the
//! double, critically, and its key does not leave the function that makes it.

use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints,
};
use rollcall_directory::world::Moment;
use time::OffsetDateTime;
use zeroize::{Zeroize as _, Zeroizing};

use super::names;

/// How long both are good for.
pub const DAYS: u32 = 30;
const LIFE: Duration = Duration::from_hours(24 * DAYS as u64);
/// Clocks of containers and virtual machines lag.
const BEFORE: Duration = Duration::from_hours(1);

#[derive(Debug, thiserror::Error)]
#[error("the certificate of the double could not be made: {0}")]
pub struct AuthorityError(#[from] rcgen::Error);

/// All in PEM.
pub(super) struct Made {
    pub(super) authority: String,
    pub(super) authority_der: Vec<u8>,
    pub(super) certificate: String,
    pub(super) key: Zeroizing<String>,
}

pub(super) fn make(now: Moment) -> Result<Made, AuthorityError> {
    let mut own_key = KeyPair::generate()?;
    let about = about_authority(now, &own_key)?;
    let authority = about.self_signed(&own_key)?;
    let mut key = KeyPair::generate()?;
    let signed = about_leaf(now, names::all())
        .and_then(|leaf| leaf.signed_by(&key, &Issuer::from_params(&about, &own_key)));
    // From here on nobody can sign by it. aws-lc clears its own copy when it is dropped.
    own_key.zeroize();
    drop(own_key);
    let pem = Zeroizing::new(key.serialize_pem());
    key.zeroize();
    Ok(Made {
        authority: authority.pem(),
        authority_der: authority.der().to_vec(),
        certificate: signed?.pem(),
        key: pem,
    })
}

fn about_authority(now: Moment, key: &KeyPair) -> Result<CertificateParams, rcgen::Error> {
    let mut about = lasting(now, CertificateParams::new([])?)?;
    // By name too it is this one and no other: several may lie in one trust store.
    let number = data_encoding::HEXLOWER.encode(&about.key_identifier(key)[..4]);
    about.distinguished_name.push(DnType::CommonName, format!("Rollcall double {number}"));
    about.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    about.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    about.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let hosts = names::HOSTED.into_iter().chain([names::LOCALHOST]);
    let hosts = hosts.map(|name| GeneralSubtree::DnsName(name.to_owned()));
    let addresses = names::LOOPBACK.into_iter().map(|address| {
        let whole = if address.is_ipv4() { 32 } else { 128 };
        GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(address, whole))
    });
    about.name_constraints = Some(NameConstraints {
        permitted_subtrees: hosts.chain(addresses).collect(),
        excluded_subtrees: Vec::new(),
    });
    Ok(about)
}

fn about_leaf(
    now: Moment,
    names: impl Iterator<Item = String>,
) -> Result<CertificateParams, rcgen::Error> {
    let names: Vec<String> = names.collect();
    let mut about = lasting(now, CertificateParams::new(names)?)?;
    about.distinguished_name.push(DnType::CommonName, "Rollcall double");
    about.is_ca = IsCa::ExplicitNoCa;
    about.use_authority_key_identifier_extension = true;
    about.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    about.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(about)
}

fn lasting(now: Moment, about: CertificateParams) -> Result<CertificateParams, rcgen::Error> {
    let mut about = about;
    about.distinguished_name = rcgen::DistinguishedName::new();
    about.not_before = at(now.minus(BEFORE))?;
    about.not_after = at(now.plus(LIFE))?;
    Ok(about)
}

fn at(moment: Moment) -> Result<OffsetDateTime, rcgen::Error> {
    OffsetDateTime::from_unix_timestamp(moment.millis().div_euclid(1000))
        .map_err(|_| rcgen::Error::Time)
}

#[cfg(test)]
pub(super) mod tests;
