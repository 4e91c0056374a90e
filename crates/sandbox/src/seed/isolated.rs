//! An account beside those of the seed, made while the double runs: for a test that wants one of its
//! own. Its ids follow from the seed's number and the account's, so they repeat after a reset.

use super::SeedAccount;
use super::default_people::isolated_account;
use super::draws::AccountDraws;
use super::scenario_account::scenario_account;

impl SeedAccount {
    /// The `n`-th of them, with the default people; at least one, who is the owner.
    #[must_use]
    pub fn isolated(seed_number: u64, n: u64, name: String, users: usize) -> Self {
        isolated_account(AccountDraws::isolated(seed_number, n), name, users.max(1))
    }

    /// The `n`-th of them, with the scenario people and their applications.
    #[must_use]
    pub fn isolated_scenarios(seed_number: u64, n: u64, name: &str) -> Self {
        scenario_account(AccountDraws::isolated(seed_number, n), name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::seed::{Seed, USERS_DEFAULT};

    fn one(number: u64, n: u64, users: usize) -> SeedAccount {
        SeedAccount::isolated(number, n, format!("Account {n}"), users)
    }

    #[test]
    fn the_same_numbers_give_the_same_account_and_others_another() {
        assert_eq!(one(1, 0, 50), one(1, 0, 50));
        let seeded = Seed::default_with(1, USERS_DEFAULT).unwrap();
        let all: Vec<SeedAccount> = (0..20).map(|n| one(1, n, 50)).chain(seeded.accounts).collect();
        let people = all.iter().flat_map(|account| account.people.iter());
        let ids: HashSet<[u8; 16]> = people.map(|person| person.id).collect();
        let wanted: usize = all.iter().map(|account| account.people.len()).sum();
        assert_eq!(ids.len(), wanted, "somebody is in two accounts");
        let clients = all.iter().flat_map(|account| &account.applications);
        let clients: HashSet<[u8; 16]> = clients.map(|client| client.client_id).collect();
        let wanted: usize = all.iter().map(|account| account.applications.len()).sum();
        assert_eq!(clients.len(), wanted, "an application is in two accounts");
    }

    #[test]
    fn the_smallest_one_has_its_owner_and_nobody_can_sign_in() {
        for users in [0, 1, 3, 200] {
            let people: Vec<_> = one(1, 0, users).people.iter().collect();
            assert_eq!(people.len(), users.max(1));
            assert!(people[0].owner && !people[0].suspended);
            assert!(people.iter().all(|person| person.password.is_none()));
        }
    }
}
