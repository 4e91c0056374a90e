//! Page tokens: the last key seen, authenticated, bound to the account and the filter, good for
//! three days. Unpadded base64url, so that it survives being pasted unescaped. No authority.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;

use super::StateFilter;
use crate::keys::{KeyId, KeyRing, Use};
use crate::world::{AccountId, Moment, UserId};

pub const PAGE_TOKEN_LIFE: Duration = Duration::from_secs(3 * 24 * 3600);
const VERSION: u8 = 1;
/// Version, key id, issued, created, user id.
const BODY_BYTES: usize = 1 + 4 + 8 + 8 + 16;
const TOKEN_LENGTH_MAX_CHARS: usize = 256;

/// Where a page begins: behind this key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    pub created: Moment,
    pub id: UserId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a page token of this list, or too old")]
pub struct PageTokenError;

impl After {
    #[must_use]
    pub fn seal(
        self,
        keys: &KeyRing,
        account: AccountId,
        filter: StateFilter,
        now: Moment,
    ) -> String {
        let (key_id, key) = keys.signing();
        let mut token = Vec::with_capacity(BODY_BYTES + 32);
        token.push(VERSION);
        token.extend(key_id.0.to_be_bytes());
        token.extend(now.millis().to_be_bytes());
        token.extend(self.created.millis().to_be_bytes());
        token.extend(self.id.as_bytes());
        let tag = key.sign(Use::PageToken, &bound(&token, account, filter));
        token.extend(tag);
        BASE64URL_NOPAD.encode(&token)
    }

    pub fn open(
        text: &str,
        keys: &KeyRing,
        account: AccountId,
        filter: StateFilter,
        now: Moment,
    ) -> Result<Self, PageTokenError> {
        Self::read(text, keys, account, filter, now).ok_or(PageTokenError)
    }

    fn read(
        text: &str,
        keys: &KeyRing,
        account: AccountId,
        filter: StateFilter,
        now: Moment,
    ) -> Option<Self> {
        if text.len() > TOKEN_LENGTH_MAX_CHARS {
            return None;
        }
        let token = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (body, tag) = token.split_at_checked(BODY_BYTES)?;
        let (version, rest) = body.split_first()?;
        let (key_id, rest) = rest.split_first_chunk()?;
        let (issued, rest) = rest.split_first_chunk()?;
        let (created, rest) = rest.split_first_chunk()?;
        let (id, _) = rest.split_first_chunk()?;
        let key = keys.get(KeyId(u32::from_be_bytes(*key_id)))?;
        if *version != VERSION || !key.verify(Use::PageToken, &bound(body, account, filter), tag) {
            return None;
        }
        let issued = Moment::from_millis(i64::from_be_bytes(*issued));
        if now >= issued.plus(PAGE_TOKEN_LIFE) {
            return None;
        }
        let created = Moment::from_millis(i64::from_be_bytes(*created));
        Some(Self { created, id: UserId::from_bytes(*id) })
    }
}

/// The token's body and what it is bound to, which the token itself does not carry.
fn bound(body: &[u8], account: AccountId, filter: StateFilter) -> Vec<u8> {
    [body, account.as_bytes(), &[filter.to_byte()]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::stories::a_key_ring;

    const ACCOUNT: AccountId = AccountId::from_bytes([1; 16]);
    const NOW: Moment = Moment::from_seconds(1_800_000_000);

    fn after() -> After {
        After { created: Moment::from_seconds(5), id: UserId::from_bytes([9; 16]) }
    }

    #[test]
    fn a_token_opens_for_its_own_list_only() {
        let keys = a_key_ring();
        let token = after().seal(&keys, ACCOUNT, StateFilter::All, NOW);
        assert!(token.len() <= 256);
        assert_eq!(After::open(&token, &keys, ACCOUNT, StateFilter::All, NOW), Ok(after()));
        let other = AccountId::from_bytes([2; 16]);
        assert!(After::open(&token, &keys, other, StateFilter::All, NOW).is_err());
        assert!(After::open(&token, &keys, ACCOUNT, StateFilter::Active, NOW).is_err());
        let late = NOW.plus(PAGE_TOKEN_LIFE);
        assert!(After::open(&token, &keys, ACCOUNT, StateFilter::All, late).is_err());
    }

    #[test]
    fn a_changed_token_is_refused() {
        let keys = a_key_ring();
        let token = after().seal(&keys, ACCOUNT, StateFilter::All, NOW);
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(
                After::open(&changed, &keys, ACCOUNT, StateFilter::All, NOW).is_err(),
                "byte {at} was changed and nobody noticed"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn rubbish_is_refused_without_a_panic(text in ".{0,300}") {
            let opened = After::open(&text, &a_key_ring(), ACCOUNT, StateFilter::All, NOW);
            proptest::prop_assert!(opened.is_err());
        }
    }
}
