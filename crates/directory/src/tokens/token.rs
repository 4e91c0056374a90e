//! The format of an access token: prefix, base64url of claims and HMAC, checksum. Opaque to
//! clients. What it claims says who it was made for, never what it may do.

use std::fmt;
use std::time::Duration;

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::applications::{checksummed, without_checksum};
use crate::keys::{KeyId, KeyRing, Use};
use crate::world::{AccountId, ApplicationId, Moment, SecretId, TokenId};

/// A token's text: prints as `***`.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct AccessToken(String);

impl AccessToken {
    pub const PREFIX: &str = "rct_";
    pub const LIFE: Duration = Duration::from_secs(900);

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// What a token whose MAC is right says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    pub token: TokenId,
    pub account: AccountId,
    pub application: ApplicationId,
    pub secret: SecretId,
    pub issued: Moment,
    pub ends: Moment,
    /// The account's epoch when it was issued.
    pub epoch: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFlaw {
    #[error("not one of our tokens")]
    Malformed,
    #[error("made by a key that is not held any more, or not made here")]
    Forged,
}

const VERSION: u8 = 1;
const CLAIMS_BYTES: usize = 1 + 4 + 16 + 16 + 16 + 8 + 8 + 8 + 4;
const TOKEN_LENGTH_MAX_CHARS: usize = 256;

impl Claims {
    #[must_use]
    pub fn seal(&self, keys: &KeyRing) -> AccessToken {
        let (key_id, key) = keys.signing();
        let mut bytes = Vec::with_capacity(CLAIMS_BYTES + 32);
        bytes.push(VERSION);
        bytes.extend(key_id.0.to_be_bytes());
        bytes.extend(self.token.as_bytes());
        bytes.extend(self.account.as_bytes());
        bytes.extend(self.application.as_bytes());
        bytes.extend(self.secret.as_bytes());
        bytes.extend(self.issued.millis().to_be_bytes());
        bytes.extend(self.ends.millis().to_be_bytes());
        bytes.extend(self.epoch.to_be_bytes());
        let tag = key.sign(Use::AccessToken, &bytes);
        bytes.extend(tag);
        AccessToken(checksummed(AccessToken::PREFIX, &bytes))
    }

    /// Shape, checksum and MAC; no database. Whether it still works is another question, asked
    /// in [`crate::acting::authenticate`] and nowhere else.
    pub fn open(text: &str, keys: &KeyRing) -> Result<Self, TokenFlaw> {
        if text.len() > TOKEN_LENGTH_MAX_CHARS {
            return Err(TokenFlaw::Malformed);
        }
        let bytes = without_checksum(AccessToken::PREFIX, text).ok_or(TokenFlaw::Malformed)?;
        let (body, tag) = bytes.split_at_checked(CLAIMS_BYTES).ok_or(TokenFlaw::Malformed)?;
        let (key_id, claims) = Self::read(body).ok_or(TokenFlaw::Malformed)?;
        let key = keys.get(key_id).ok_or(TokenFlaw::Forged)?;
        if !key.verify(Use::AccessToken, body, tag) {
            return Err(TokenFlaw::Forged);
        }
        Ok(claims)
    }

    fn read(body: &[u8]) -> Option<(KeyId, Self)> {
        let (version, rest) = body.split_first()?;
        if *version != VERSION {
            return None;
        }
        let (key_id, rest) = rest.split_first_chunk()?;
        let (token, rest) = rest.split_first_chunk()?;
        let (account, rest) = rest.split_first_chunk()?;
        let (application, rest) = rest.split_first_chunk()?;
        let (secret, rest) = rest.split_first_chunk()?;
        let (issued, rest) = rest.split_first_chunk()?;
        let (ends, rest) = rest.split_first_chunk()?;
        let (epoch, _) = rest.split_first_chunk()?;
        let claims = Self {
            token: TokenId::from_bytes(*token),
            account: AccountId::from_bytes(*account),
            application: ApplicationId::from_bytes(*application),
            secret: SecretId::from_bytes(*secret),
            issued: Moment::from_millis(i64::from_be_bytes(*issued)),
            ends: Moment::from_millis(i64::from_be_bytes(*ends)),
            epoch: u32::from_be_bytes(*epoch),
        };
        Some((KeyId(u32::from_be_bytes(*key_id)), claims))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::stories::{a_key_ring, a_token};

    #[test]
    fn a_token_says_what_was_sealed() {
        let (keys, claims) = (a_key_ring(), a_token());
        let token = claims.seal(&keys);
        assert!(token.expose().starts_with("rct_"));
        assert!(token.expose().bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
        assert_eq!(Claims::open(token.expose(), &keys), Ok(claims));
        assert_eq!(format!("{token:?}"), "***");
    }

    #[test]
    fn every_changed_byte_is_noticed_even_with_its_checksum_made_good() {
        let keys = a_key_ring();
        let sealed = a_token().seal(&keys);
        let bytes = without_checksum(AccessToken::PREFIX, sealed.expose()).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let text = checksummed(AccessToken::PREFIX, &changed);
            assert!(Claims::open(&text, &keys).is_err(), "byte {at} was changed unnoticed");
        }
    }

    proptest::proptest! {
        #[test]
        fn rubbish_is_refused_without_a_panic(text in "(rct_)?.{0,300}") {
            proptest::prop_assert!(Claims::open(&text, &a_key_ring()).is_err());
        }
    }
}
