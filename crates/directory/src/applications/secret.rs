//! Client secrets: 256 random bits with a prefix that scanners can look for and a checksum that
//! tells a real one from a look-alike. Kept only as a digest. The characters need no escaping
//! anywhere (`A-Za-z0-9_-`), so that Basic reads the same form-encoded and raw.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use data_encoding::BASE64URL_NOPAD;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::keys::sha256;

/// The secret itself: shown once, never stored, prints as `***`.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct ClientSecret(String);

impl ClientSecret {
    pub const PREFIX: &str = "rcs_";

    #[must_use]
    pub fn from_random(bytes: &[u8; 32]) -> Self {
        Self(checksummed(Self::PREFIX, bytes))
    }

    /// What somebody presents; anything can be compared, nothing needs to look right.
    #[must_use]
    pub fn presented(text: &str) -> Self {
        Self(text.to_owned())
    }

    #[must_use]
    pub fn digest(&self) -> SecretDigest {
        SecretDigest(sha256(self.0.as_bytes()))
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// SHA-256 of the secret. Enough for 256 random bits: there is nothing to guess.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SecretDigest([u8; 32]);

impl SecretDigest {
    #[must_use]
    pub const fn from_row(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// In constant time.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        verify_slices_are_equal(&self.0, &other.0).is_ok()
    }
}

impl fmt::Debug for SecretDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// `prefix`, the bytes in base64url, then the CRC-32 of both so far in base64url: six characters
/// by which a scanner can test a find without asking anybody.
#[must_use]
pub(crate) fn checksummed(prefix: &str, bytes: &[u8]) -> String {
    let mut text = prefix.to_owned();
    BASE64URL_NOPAD.encode_append(bytes, &mut text);
    let crc = crc32fast::hash(text.as_bytes());
    BASE64URL_NOPAD.encode_append(&crc.to_be_bytes(), &mut text);
    text
}

const CHECKSUM_CHARS: usize = 6;

/// The bytes of a text made by [`checksummed`] under the same prefix.
#[must_use]
pub(crate) fn without_checksum(prefix: &str, text: &str) -> Option<Vec<u8>> {
    let cut = text.len().checked_sub(CHECKSUM_CHARS)?;
    let (body, checksum) = text.split_at_checked(cut)?;
    let crc = crc32fast::hash(body.as_bytes()).to_be_bytes();
    if BASE64URL_NOPAD.encode(&crc) != checksum {
        return None;
    }
    BASE64URL_NOPAD.decode(body.strip_prefix(prefix)?.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_needs_no_escaping_and_carries_its_checksum() {
        let secret = ClientSecret::from_random(&[0xfb; 32]);
        let text = secret.expose();
        assert!(text.starts_with("rcs_"));
        assert_eq!(text.len(), 4 + 43 + 6);
        assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'));
        assert_eq!(without_checksum("rcs_", text).unwrap(), [0xfb; 32]);
        assert_eq!(without_checksum("rcs_", &text.replacen("rcs_", "rct_", 1)), None);
        assert_eq!(format!("{secret:?}"), "***");
    }

    #[test]
    fn a_scanner_tells_a_typo_from_a_secret() {
        let mut text = ClientSecret::from_random(&[1; 32]).expose().to_owned().into_bytes();
        text[10] = if text[10] == b'x' { b'y' } else { b'x' };
        assert_eq!(without_checksum("rcs_", &String::from_utf8(text).unwrap()), None);
    }

    #[test]
    fn digests_are_compared_whole() {
        let one = ClientSecret::from_random(&[1; 32]).digest();
        assert!(one.matches(&ClientSecret::from_random(&[1; 32]).digest()));
        assert!(!one.matches(&ClientSecret::from_random(&[2; 32]).digest()));
        assert!(!one.matches(&ClientSecret::presented("").digest()));
    }
}
