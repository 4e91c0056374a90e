//! The people that the double starts with when nobody says otherwise, beside those of the scenarios.
//!
//! One Business account with whom an integration has to cope: an owner, administrators, a Security
//! member, people that an identity provider manages, suspended people. All the special ones are
//! among the first ten, so every size has them; a person is the same one whatever the size.

use super::draws::AccountDraws;
use super::people::create_time_seconds;
use super::scenario_account::scenario_account;
use super::{People, Plan, Scope, Seed, SeedAccount, SeedApplication, SeedPerson, names};
use crate::scenario;

pub const USERS_DEFAULT: usize = 50;
/// Fewer would leave out somebody whom an integration has to cope with.
pub const USERS_MIN: usize = 10;
pub const USERS_MAX: usize = 5_000_000;

const OWNER: usize = 0;
const ADMINISTRATORS: [usize; 3] = [1, 2, 5];
const SECURITY: usize = 3;
const SUSPENDED: [usize; 3] = [4, 6, 9];
/// An administrator and a member: the two cases that callers tell apart.
const EXTERNALLY_MANAGED: [usize; 2] = [5, 8];

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeedError {
    #[error(
        "{asked} users are too few: ask for at least {USERS_MIN}, so that an owner, administrators, \
             suspended and externally managed people are among them"
    )]
    TooFewUsers { asked: usize },
    #[error("{asked} users are too many: ask for at most {USERS_MAX}")]
    TooManyUsers { asked: usize },
}

impl Seed {
    /// An account with that many people and one application with all four scopes; and beside it
    /// the scenario account.
    pub fn default_with(number: u64, users: usize) -> Result<Self, SeedError> {
        if users < USERS_MIN {
            return Err(SeedError::TooFewUsers { asked: users });
        }
        if users > USERS_MAX {
            return Err(SeedError::TooManyUsers { asked: users });
        }
        let scenarios = scenario_account(AccountDraws::new(number, 1), scenario::ACCOUNT_NAME);
        let accounts = vec![example_account(number, users), scenarios];
        Ok(Self { number, accounts, faults: Vec::new() })
    }
}

fn example_account(number: u64, users: usize) -> SeedAccount {
    let draws = AccountDraws::new(number, 0);
    let by_hand = users.min(names::FIRST.len());
    let listed = (0..by_hand).map(|index| person_by_hand(&draws, index)).collect();
    SeedAccount {
        id: draws.account_id(),
        name: "Rollcall Example Ltd".to_owned(),
        plan: Plan::Business,
        provisioning_automated: false,
        applications: vec![containment(&draws)],
        people: People::new(listed, users - by_hand, draws),
        scenarios: false,
    }
}

/// The same people for an account that is made while a double runs, any number of them from one on.
/// Nobody has a password: there is no console to show.
pub(super) fn isolated_account(draws: AccountDraws, name: String, users: usize) -> SeedAccount {
    let by_hand = users.min(names::FIRST.len());
    let listed = (0..by_hand)
        .map(|index| SeedPerson { password: None, ..person_by_hand(&draws, index) })
        .collect();
    SeedAccount {
        id: draws.account_id(),
        name,
        plan: Plan::Business,
        provisioning_automated: false,
        applications: vec![containment(&draws)],
        people: People::new(listed, users - by_hand, draws),
        scenarios: false,
    }
}

fn person_by_hand(draws: &AccountDraws, index: usize) -> SeedPerson {
    let (display_name, email) = names::FIRST[index];
    let key = index.to_string();
    SeedPerson {
        id: draws.person_id(&key),
        email: email.to_owned(),
        display_name: display_name.to_owned(),
        suspended: SUSPENDED.contains(&index),
        owner: index == OWNER,
        administrator: ADMINISTRATORS.contains(&index),
        security: index == SECURITY,
        externally_managed: EXTERNALLY_MANAGED.contains(&index),
        create_time_seconds: create_time_seconds(index),
        password: (index == OWNER).then(|| draws.password(&key)),
    }
}

fn containment(draws: &AccountDraws) -> SeedApplication {
    draws.whole_application(
        "Containment",
        "Suspends people whose accounts may be in other hands, and lets them back in.".to_owned(),
        "https://containment.rollcall.example/callback",
        &Scope::ALL,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn people(number: u64, users: usize) -> Vec<SeedPerson> {
        Seed::default_with(number, users).unwrap().accounts[0].people.iter().collect()
    }

    fn count(people: &[SeedPerson], is: impl Fn(&SeedPerson) -> bool) -> usize {
        people.iter().filter(|person| is(person)).count()
    }

    #[test]
    fn the_default_people_are_those_that_are_promised() {
        let people = people(1, USERS_DEFAULT);
        assert_eq!(people.len(), 50);
        assert_eq!(count(&people, |person| person.owner), 1);
        assert_eq!(count(&people, |person| person.administrator), 3);
        assert_eq!(count(&people, |person| person.security), 1);
        assert_eq!(count(&people, |person| person.externally_managed), 2);
        assert_eq!(count(&people, |person| person.suspended), 3);
        assert_eq!(count(&people, |person| person.password.is_some()), 1);
        let owner = &people[0];
        assert!(
            owner.owner
                && !owner.suspended
                && !owner.externally_managed
                && owner.password.is_some()
        );
        let times: HashSet<i64> = people.iter().map(|person| person.create_time_seconds).collect();
        assert!(times.len() < 50, "some joined in the same second");
    }

    #[test]
    fn the_fewest_people_have_every_kind_among_them() {
        let people = people(1, USERS_MIN);
        assert_eq!(people.len(), USERS_MIN);
        assert_eq!(count(&people, |person| person.suspended), 3);
        assert_eq!(count(&people, |person| person.externally_managed), 2);
    }

    #[test]
    fn the_account_and_its_application_are_ready_for_a_first_call() {
        let seed = Seed::default_with(1, USERS_DEFAULT).unwrap();
        let [account, scenarios] = &seed.accounts[..] else { panic!("two accounts") };
        assert!(scenarios.scenarios && !account.scenarios);
        assert_eq!(account.name, "Rollcall Example Ltd");
        assert_eq!(account.plan, Plan::Business);
        assert!(!account.provisioning_automated);
        let [application] = &account.applications[..] else { panic!("one application") };
        assert_eq!(application.scopes, Scope::ALL);
        assert_eq!((application.secret_bytes.len(), application.secret_ids.len()), (1, 1));
        assert!(application.redirect_url.starts_with("https://"));
    }

    #[test]
    fn the_same_number_gives_the_same_seed() {
        assert_eq!(Seed::default_with(1, 60), Seed::default_with(1, 60));
        assert_eq!(people(1, 60), people(1, 60));
    }

    #[test]
    fn another_number_gives_other_ids_and_secrets_but_the_same_names() {
        let (one, two) = (Seed::default_with(1, 60).unwrap(), Seed::default_with(2, 60).unwrap());
        let (one, two) = (&one.accounts[0], &two.accounts[0]);
        assert_ne!(one.id, two.id);
        assert_ne!(one.applications[0].client_id, two.applications[0].client_id);
        assert_ne!(one.applications[0].secret_bytes, two.applications[0].secret_bytes);
        assert_ne!(one.applications[0].secret_ids, two.applications[0].secret_ids);
        for (left, right) in one.people.iter().zip(two.people.iter()) {
            assert_ne!(left.id, right.id);
            assert_eq!(
                (left.email, left.create_time_seconds),
                (right.email, right.create_time_seconds)
            );
            assert!(left.password.is_none() || left.password != right.password);
        }
    }

    #[test]
    fn a_person_is_the_same_one_whatever_the_size() {
        assert_eq!(people(1, 200)[..60], people(1, 60)[..]);
        assert_eq!(people(1, 50)[..10], people(1, 10)[..]);
    }

    #[test]
    fn twenty_thousand_have_unique_addresses_and_ids_and_some_are_suspended() {
        let people = people(1, 20_000);
        let addresses: HashSet<String> =
            people.iter().map(|person| person.email.to_lowercase()).collect();
        let ids: HashSet<[u8; 16]> = people.iter().map(|person| person.id).collect();
        assert_eq!((addresses.len(), ids.len()), (20_000, 20_000));
        assert!((400..600).contains(&count(&people, |person| person.suspended)));
        assert_eq!(count(&people, |person| person.owner), 1);
        assert_eq!(count(&people, |person| person.externally_managed), 2);
    }

    #[test]
    fn sizes_outside_the_limits_are_refused_with_the_limit() {
        let few = Seed::default_with(1, 9).unwrap_err();
        assert!(few.to_string().starts_with("9 users are too few: ask for at least 10"), "{few}");
        let many = Seed::default_with(1, USERS_MAX + 1).unwrap_err();
        assert_eq!(many.to_string(), "5000001 users are too many: ask for at most 5000000");
        assert_eq!(Seed::default_with(1, USERS_MAX).unwrap().accounts[0].people.len(), USERS_MAX);
    }
}
