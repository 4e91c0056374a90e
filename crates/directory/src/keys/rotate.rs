//! When a MAC key may be replaced, and what is kept of those before it. Two at a time: what the
//! older one signed must have ended before a third one pushes it out.

use std::time::Duration;

use super::{KeyId, RootKey, RootKeyId, SealedKey};
use crate::users::PAGE_TOKEN_LIFE;
use crate::world::{Moment, World};

/// The longest that anything a key signed lives: page tokens outlive access tokens.
pub const SIGNED_LIVES_MAX: Duration = PAGE_TOKEN_LIFE;

/// What to do with the keys of a database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rotation {
    pub put: Vec<SealedKey>,
    pub dropped: Vec<KeyId>,
}

/// Which keys there are, without their secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFacts {
    pub id: KeyId,
    pub made: Moment,
    pub root: RootKeyId,
}

impl KeyFacts {
    #[must_use]
    pub fn of(key: &SealedKey) -> Self {
        Self { id: key.id, made: key.made, root: key.root.clone() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MayNotRotate {
    #[error(
        "the key before the newest may still be needed by what it signed (page tokens live three days); it may be dropped from {when} on",
        when = .0.rfc3339_seconds()
    )]
    TooSoon(Moment),
}

/// Adds a key. Of those before it the newest stays; an older one goes, when nothing that it
/// signed can be alive (or when `even_so`: then what it signed is refused from now on).
pub fn rotate(
    keys: &[SealedKey],
    root: &RootKey,
    world: &World,
    even_so: bool,
) -> Result<Rotation, MayNotRotate> {
    let now = world.now();
    let newest = keys.iter().max_by_key(|key| key.id);
    let dropped: Vec<KeyId> =
        keys.iter().map(|key| key.id).filter(|id| newest.is_none_or(|key| *id != key.id)).collect();
    if let Some(newest) = newest.filter(|_| !dropped.is_empty() && !even_so) {
        // Until then the older key signed.
        let drop_from = newest.made.plus(super::KeyRing::SETTLES_IN).plus(SIGNED_LIVES_MAX);
        if now < drop_from {
            return Err(MayNotRotate::TooSoon(drop_from));
        }
    }
    Ok(Rotation { put: vec![fresh(newest.map(|key| key.id), root, world)], dropped })
}

/// One fresh key in the place of all: nothing signed before works from now on.
#[must_use]
pub fn replace(keys: &[SealedKey], root: &RootKey, world: &World) -> Rotation {
    let newest = keys.iter().map(|key| key.id).max();
    Rotation {
        put: vec![fresh(newest, root, world)],
        dropped: keys.iter().map(|key| key.id).collect(),
    }
}

/// By age: is it time?
#[must_use]
pub fn is_due(keys: &[KeyFacts], every: Duration, now: Moment) -> bool {
    keys.iter().map(|key| key.made).max().is_some_and(|made| made.plus(every) <= now)
}

/// Ids are never used again, so that an old token names no new key.
fn fresh(newest: Option<KeyId>, root: &RootKey, world: &World) -> SealedKey {
    let id = KeyId(newest.map_or(1, |KeyId(id)| id.saturating_add(1)));
    let mut secret = zeroize::Zeroizing::new([0; 32]);
    *secret = world.bytes();
    SealedKey::seal(root, id, &secret, world.bytes(), world.now())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::world::{ManualClock, SystemRandomness};

    fn world(clock: &Arc<ManualClock>) -> World {
        World { clock: clock.clone(), randomness: Arc::new(SystemRandomness) }
    }

    fn ids(keys: &[SealedKey]) -> Vec<u32> {
        keys.iter().map(|key| key.id.0).collect()
    }

    fn apply(keys: &mut Vec<SealedKey>, rotate: impl FnOnce(&[SealedKey]) -> Rotation) {
        let rotation = rotate(keys);
        keys.retain(|key| !rotation.dropped.contains(&key.id));
        keys.extend(rotation.put);
    }

    #[test]
    fn two_at_a_time_and_none_dropped_that_is_needed() {
        let clock = Arc::new(ManualClock::at(Moment::from_seconds(1_000_000)));
        let (root, world) = (RootKey::from_bytes([1; 32]), world(&clock));
        let mut keys = Vec::new();
        apply(&mut keys, |keys| rotate(keys, &root, &world, false).unwrap());
        apply(&mut keys, |keys| rotate(keys, &root, &world, false).unwrap());
        assert_eq!(ids(&keys), [1, 2]);
        let too_soon = rotate(&keys, &root, &world, false);
        let MayNotRotate::TooSoon(from) = too_soon.unwrap_err();
        clock.set(Moment::from_millis(from.millis() - 1));
        assert!(rotate(&keys, &root, &world, false).is_err());
        clock.set(from);
        apply(&mut keys, |keys| rotate(keys, &root, &world, false).unwrap());
        assert_eq!(ids(&keys), [2, 3]);
        apply(&mut keys, |keys| rotate(keys, &root, &world, true).unwrap());
        assert_eq!(ids(&keys), [3, 4]);
    }

    #[test]
    fn replaced_keys_are_all_gone_and_no_id_comes_back() {
        let clock = Arc::new(ManualClock::at(Moment::from_seconds(1)));
        let (root, world) = (RootKey::from_bytes([1; 32]), world(&clock));
        let mut keys = Vec::new();
        apply(&mut keys, |keys| rotate(keys, &root, &world, false).unwrap());
        apply(&mut keys, |keys| rotate(keys, &root, &world, false).unwrap());
        apply(&mut keys, |keys| replace(keys, &root, &world));
        assert_eq!(ids(&keys), [3]);
    }

    #[test]
    fn a_key_is_due_by_its_age() {
        let key = |made| KeyFacts { id: KeyId(1), made, root: RootKeyId::default() };
        let day = Duration::from_secs(86_400);
        let made = Moment::from_seconds(0);
        assert!(!is_due(&[key(made)], day, Moment::from_seconds(86_399)));
        assert!(is_due(&[key(made)], day, Moment::from_seconds(86_400)));
        let newer = Moment::from_seconds(50_000);
        assert!(!is_due(&[key(made), key(newer)], day, Moment::from_seconds(86_400)));
    }
}
