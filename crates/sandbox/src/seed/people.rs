//! The people of one account: the listed ones are held, the others are made when asked for.
//!
//! A million people would fill the memory of a laptop that only wants to load them into a database
//! one after the other, so a generated person exists as an index until somebody looks.

use std::ops::Range;

use super::draws::AccountDraws;
use super::{SeedPerson, names};

/// 2024-01-15T09:00:00Z, when the double's first person joined.
const FIRST_CREATED_SECONDS: i64 = 1_705_309_200;
const SLOW_STEP_SECONDS: i64 = 22_620;
const FAST_STEP_SECONDS: i64 = 10;
/// Until here the people have hand-written names, and some hours lie between two of them.
pub(super) const FIRST_GENERATED_INDEX: usize = names::FIRST.len();

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct People {
    listed: Vec<SeedPerson>,
    generated: Range<usize>,
    draws: AccountDraws,
}

impl People {
    pub(super) fn new(
        listed: Vec<SeedPerson>,
        generated_count: usize,
        draws: AccountDraws,
    ) -> Self {
        let generated = FIRST_GENERATED_INDEX..FIRST_GENERATED_INDEX + generated_count;
        Self { listed, generated, draws }
    }

    pub fn len(&self) -> usize {
        self.listed.len() + self.generated.len()
    }

    /// Those who are there by name; the others are generated.
    pub(crate) fn listed(&self) -> &[SeedPerson] {
        &self.listed
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them, listed ones first; the same people in the same order each time.
    pub fn iter(&self) -> impl Iterator<Item = SeedPerson> + Send + '_ {
        let generated = self.generated.clone().map(|index| generated_person(&self.draws, index));
        self.listed.iter().cloned().chain(generated)
    }

    /// Made from the address, so that it stays when people above are added or moved.
    pub(super) fn give_password_to_first_owner(&mut self) {
        let owner = self.listed.iter_mut().find(|person| person.owner && !person.suspended);
        let owner = owner.expect("every account has an active owner among its listed people");
        owner.password = Some(self.draws.password(&owner.email.to_lowercase()));
    }

    pub(super) fn generated_ids(&self) -> impl Iterator<Item = [u8; 16]> + '_ {
        self.generated.clone().map(|index| self.draws.person_id(&index.to_string()))
    }

    /// The id of whoever has this address.
    pub(super) fn id_of(&self, email: &str) -> Option<[u8; 16]> {
        let listed = self.listed.iter().find(|person| same_address(&person.email, email));
        let generated = || Some(self.draws.person_id(&self.index_of(email)?.to_string()));
        listed.map(|person| person.id).or_else(generated)
    }

    /// Whether a generated person has this address.
    pub(super) fn generates_address(&self, email: &str) -> bool {
        self.index_of(email).is_some()
    }

    /// Of a generated person, whose address ends in it: so one look is enough.
    fn index_of(&self, email: &str) -> Option<usize> {
        let local = email.split('@').next().unwrap_or_default();
        let digits = local.trim_start_matches(|letter: char| !letter.is_ascii_digit());
        let index: Option<usize> = digits.parse().ok();
        index.filter(|index| {
            self.generated.contains(index) && names::generated(*index).1.eq_ignore_ascii_case(email)
        })
    }
}

fn same_address(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// A plain member, one in forty of them suspended.
fn generated_person(draws: &AccountDraws, index: usize) -> SeedPerson {
    let (display_name, email) = names::generated(index);
    SeedPerson {
        id: draws.person_id(&index.to_string()),
        email,
        display_name,
        suspended: index % 40 == 17,
        owner: false,
        administrator: false,
        security: false,
        externally_managed: false,
        create_time_seconds: create_time_seconds(index),
        password: None,
    }
}

/// Fixed times that mostly rise: some people joined in the same second, and some a little out of
/// order, so that a list sorted by time alone is wrong where somebody can see it.
pub(super) fn create_time_seconds(index: usize) -> i64 {
    let position = i64::try_from(index).expect("a person's index is a small number");
    let first_fast = i64::try_from(FIRST_GENERATED_INDEX).expect("a short list");
    let at = |position: i64| {
        let slow = position.min(first_fast) * SLOW_STEP_SECONDS;
        let fast = (position - first_fast).max(0) * FAST_STEP_SECONDS;
        FIRST_CREATED_SECONDS + slow + fast
    };
    match position % 20 {
        11..=13 => at(position - position % 20 + 10),
        18 => at(position - 3) - 1,
        _ => at(position),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn generated_people(count: usize) -> People {
        People::new(Vec::new(), count, AccountDraws::new(1, 0))
    }

    #[test]
    fn generated_people_have_unique_addresses_and_ids() {
        let people = generated_people(20_000);
        let addresses: HashSet<String> =
            people.iter().map(|person| person.email.to_lowercase()).collect();
        let ids: HashSet<[u8; 16]> = people.iter().map(|person| person.id).collect();
        assert_eq!((people.len(), addresses.len(), ids.len()), (20_000, 20_000, 20_000));
        assert!(people.generated_ids().all(|id| ids.contains(&id)));
    }

    #[test]
    fn a_generated_address_is_known_without_making_everybody() {
        let people = generated_people(1_000);
        assert!(people.iter().all(|person| people.generates_address(&person.email.to_uppercase())));
        assert!(!people.generates_address("ada@rollcall.example"));
        assert!(!people.generates_address("ada60@rollcall.example"));
        assert!(!people.generates_address(&names::generated(FIRST_GENERATED_INDEX + 1_000).1));
    }

    #[test]
    fn times_mostly_rise_and_some_are_equal() {
        let times: Vec<i64> = (0..5_000).map(create_time_seconds).collect();
        let rising = times.windows(2).filter(|pair| pair[0] < pair[1]).count();
        let equal = times.windows(2).filter(|pair| pair[0] == pair[1]).count();
        assert!(rising > 3_500, "{rising}");
        assert!(equal > 500, "{equal}");
        assert!(rising + equal < 4_999, "somebody is out of order");
        assert!(times.iter().all(|time| *time >= FIRST_CREATED_SECONDS));
    }

    #[test]
    fn the_last_of_the_most_people_joined_before_2026() {
        let first_of_2026_seconds = 1_767_225_600;
        assert!(create_time_seconds(super::super::USERS_MAX) < first_of_2026_seconds);
    }

    #[test]
    fn people_can_be_sent_to_another_thread() {
        fn needs_send(_: impl Send) {}
        needs_send(generated_people(1).iter());
    }
}
