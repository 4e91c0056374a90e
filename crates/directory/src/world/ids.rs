//! Every id has its own type. Accounts and people: 26 characters of `A-Z2-7`, which are 128 random
//! bits in base32 (real clients check for 26). Applications: UUIDs (real clients check for that
//! too). An id has exactly one spelling, so that a look-up by text and by bytes agree.

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind")]
pub struct IdError;

/// An id as it is written, without an allocation: lists write thousands of them a second.
#[derive(Clone, Copy)]
pub struct IdText<const N: usize>([u8; N]);

impl<const N: usize> std::ops::Deref for IdText<N> {
    type Target = str;
    fn deref(&self) -> &str {
        std::str::from_utf8(&self.0).expect("an id is written in ASCII")
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $bytes:literal, $chars:literal, $encode:expr, $decode:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $bytes]);

        impl $name {
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $bytes]) -> Self {
                Self(bytes)
            }

            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $bytes] {
                &self.0
            }

            #[must_use]
            pub fn text(&self) -> IdText<$chars> {
                let encode: fn(&[u8; $bytes], &mut [u8; $chars]) = $encode;
                let mut text = [0; $chars];
                encode(&self.0, &mut text);
                IdText(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.text())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let decode: fn(&str) -> Option<[u8; $bytes]> = $decode;
                decode(text).map(Self).ok_or(IdError)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

fn base32_128(text: &str) -> Option<[u8; 16]> {
    if text.len() != 26 {
        return None;
    }
    let mut bytes = [0; 16];
    BASE32_NOPAD.decode_mut(text.as_bytes(), &mut bytes).ok()?;
    Some(bytes)
}

fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    HEXLOWER.decode_mut(text.as_bytes(), &mut bytes).ok()?;
    Some(bytes)
}

id!(AccountId, 16, 26, |bytes, text| BASE32_NOPAD.encode_mut(bytes, text), base32_128);
id!(UserId, 16, 26, |bytes, text| BASE32_NOPAD.encode_mut(bytes, text), base32_128);
id!(VaultId, 16, 26, |bytes, text| BASE32_NOPAD.encode_mut(bytes, text), base32_128);
id!(ItemId, 16, 26, |bytes, text| BASE32_NOPAD.encode_mut(bytes, text), base32_128);
id!(
    /// The OAuth client id.
    ApplicationId, 16, 36,
    |bytes, text| {
        uuid::Uuid::from_bytes(*bytes).hyphenated().encode_lower(text);
    },
    |text| match text.len() {
        36 => uuid::Uuid::try_parse(text).ok().map(uuid::Uuid::into_bytes)
            .filter(|_| !text.bytes().any(|b| b.is_ascii_uppercase())),
        _ => None,
    }
);
id!(
    /// One of an application's secrets; not itself secret.
    SecretId, 8, 16, |bytes, text| HEXLOWER.encode_mut(bytes, text), hex::<8>
);
id!(TokenId, 16, 32, |bytes, text| HEXLOWER.encode_mut(bytes, text), hex::<16>);
id!(
    /// One act of one caller: by it the outcome of a lost answer is found again.
    ActId, 16, 32, |bytes, text| HEXLOWER.encode_mut(bytes, text), hex::<16>
);

impl ApplicationId {
    /// A version 4 UUID of the given random bytes.
    #[must_use]
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(bytes).into_uuid().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let id = UserId::from_bytes([0xab; 16]);
        let text = id.to_string();
        assert_eq!(text.len(), 26);
        assert_eq!(text.parse(), Ok(id));
        assert_eq!(text.to_lowercase().parse::<UserId>(), Err(IdError));
        // The last character carries two unused bits: they must be zero.
        assert_eq!(format!("{}B", &text[..25]).parse::<UserId>(), Err(IdError));
        assert_eq!("".parse::<UserId>(), Err(IdError));
    }

    #[test]
    fn a_client_id_is_a_lower_case_uuid() {
        let id = ApplicationId::from_random([0xab; 16]);
        assert_eq!(id.to_string().len(), 36);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().to_uppercase().parse::<ApplicationId>(), Err(IdError));
    }
}
