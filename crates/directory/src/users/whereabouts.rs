//! Where people stand in the list, remembered from when they were last looked up. It is a hint of
//! where to look and never an answer: whoever is asked for is read there by their whole key, in the
//! snapshot or transaction of the question, and where nobody is found they are looked up by their
//! id. So it need not be told of what others write.

use std::hash::BuildHasher;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use foldhash::quality::RandomState;

use crate::world::{AccountId, Moment, UserId};

/// Two MiB for 262,144 people, taken with the first of them.
const LINES: usize = 1 << 15;
const SLOTS: usize = 8;
/// A slot: when somebody was made, above so many bits by which they are known again.
const MARK_BITS: u32 = 22;

/// One line of the processor's cache, so that a look costs one wait for memory.
#[derive(Default)]
#[repr(align(64))]
struct Line([AtomicU64; SLOTS]);

/// Shared by all who read and write one store.
#[derive(Default)]
pub(crate) struct Whereabouts {
    lines: OnceLock<Box<[Line]>>,
    hasher: RandomState,
}

impl Whereabouts {
    /// When that person was made, unless nobody remembers. It may be wrong.
    pub(crate) fn created(&self, account: AccountId, user: UserId) -> Option<Moment> {
        let (at, mark, _) = self.place(account, user);
        let Line(slots) = self.lines.get()?.get(at)?;
        let mut found = slots.iter().map(|slot| slot.load(Relaxed));
        let slot = found.find(|&slot| slot != 0 && mark_of(slot) == mark)?;
        Some(Moment::from_millis(i64::try_from(slot >> MARK_BITS).ok()?))
    }

    pub(crate) fn note(&self, account: AccountId, user: UserId, created: Moment) {
        let (at, mark, other) = self.place(account, user);
        let Ok(millis) = u64::try_from(created.millis()) else { return };
        // From the year 2109 on nobody is remembered.
        if millis.leading_zeros() < MARK_BITS {
            return;
        }
        let lines = self.lines.get_or_init(|| (0..LINES).map(|_| Line::default()).collect());
        let Some(Line(slots)) = lines.get(at) else { return };
        let their_own = slots.iter().find(|slot| mark_of(slot.load(Relaxed)) == mark);
        let slot = their_own
            .or_else(|| slots.iter().find(|slot| slot.load(Relaxed) == 0))
            .or_else(|| slots.get(other));
        if let Some(slot) = slot {
            slot.store(millis << MARK_BITS | mark, Relaxed);
        }
    }

    /// The line, the mark in it, and the slot of whom to forget where all are taken.
    fn place(&self, account: AccountId, user: UserId) -> (usize, u64, usize) {
        let hash = self.hasher.hash_one((account, user));
        let [line, other] = [hash >> MARK_BITS, hash >> 48]
            .map(|bits| usize::try_from(bits & 0xffff).unwrap_or_default());
        (line % LINES, mark_of(hash), other % SLOTS)
    }
}

const fn mark_of(slot: u64) -> u64 {
    slot & ((1 << MARK_BITS) - 1)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn a_user(n: u32) -> UserId {
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&n.to_be_bytes());
        UserId::from_bytes(bytes)
    }

    const ACCOUNT: AccountId = AccountId::from_bytes([1; 16]);
    const OTHER: AccountId = AccountId::from_bytes([2; 16]);

    #[test]
    fn whoever_was_noted_is_remembered_by_account_and_id() {
        let whereabouts = Whereabouts::default();
        assert_eq!(whereabouts.created(ACCOUNT, a_user(1)), None);
        let at = Moment::from_seconds(1_773_705_600);
        whereabouts.note(ACCOUNT, a_user(1), at);
        assert_eq!(whereabouts.created(ACCOUNT, a_user(1)), Some(at));
        assert_eq!(whereabouts.created(ACCOUNT, a_user(2)), None);
        assert_eq!(whereabouts.created(OTHER, a_user(1)), None);
        let later = at.plus(std::time::Duration::from_millis(1));
        whereabouts.note(ACCOUNT, a_user(1), later);
        assert_eq!(whereabouts.created(ACCOUNT, a_user(1)), Some(later));
    }

    #[test]
    fn times_that_have_no_room_are_not_remembered_as_others() {
        let whereabouts = Whereabouts::default();
        for millis in [i64::MIN, -1, 1 << 42, i64::MAX] {
            whereabouts.note(ACCOUNT, a_user(1), Moment::from_millis(millis));
            assert_eq!(whereabouts.created(ACCOUNT, a_user(1)), None, "{millis}");
        }
        for millis in [1, (1 << 42) - 1] {
            whereabouts.note(ACCOUNT, a_user(1), Moment::from_millis(millis));
            let found = whereabouts.created(ACCOUNT, a_user(1)).map(Moment::millis);
            assert_eq!(found, Some(millis));
        }
    }

    #[test]
    fn of_a_hundred_thousand_nearly_all_are_remembered_and_of_a_million_as_many_as_fit() {
        for (people, at_least) in [(100_000, 95_000), (1_000_000, 200_000)] {
            let whereabouts = Whereabouts::default();
            let made: HashMap<_, _> =
                (0..people).map(|n| (a_user(n), Moment::from_seconds(i64::from(n)))).collect();
            made.iter().for_each(|(&user, &at)| whereabouts.note(ACCOUNT, user, at));
            let right = made
                .iter()
                .filter(|&(&user, &at)| whereabouts.created(ACCOUNT, user) == Some(at))
                .count();
            assert!((at_least..=LINES * SLOTS).contains(&right), "{right} of {people}");
        }
    }
}
