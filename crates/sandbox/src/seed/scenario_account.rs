//! The scenario people and applications as a seed has them. Their ids follow from their addresses and
//! names, as those of a seed file do.

use super::draws::AccountDraws;
use super::people::create_time_seconds;
use super::{People, Plan, SeedAccount, SeedApplication, SeedPerson};
use crate::scenario::{PEOPLE, Scenario};

/// Enough plain people beside them, so that a walk has pages.
pub(super) fn scenario_account(draws: AccountDraws, name: &str) -> SeedAccount {
    let listed = scenario_people(&draws);
    let plain = PEOPLE - listed.len();
    SeedAccount {
        id: draws.account_id(),
        name: name.to_owned(),
        plan: Plan::Business,
        provisioning_automated: false,
        applications: scenario_applications(&draws),
        people: People::new(listed, plain, draws),
        scenarios: true,
    }
}

/// All of them are on the first page of a list.
pub(super) fn scenario_people(draws: &AccountDraws) -> Vec<SeedPerson> {
    let people = Scenario::people().filter_map(|one| Some((one, one.email()?)));
    let person = |(index, (scenario, email)): (usize, (Scenario, String))| SeedPerson {
        id: draws.person_id(&email),
        email,
        display_name: scenario.name().to_owned(),
        suspended: matches!(scenario, Scenario::AlreadySuspended | Scenario::ListedStale),
        owner: scenario == Scenario::LastOwner,
        administrator: false,
        security: false,
        externally_managed: scenario == Scenario::ExternallyManaged,
        create_time_seconds: create_time_seconds(index),
        password: None,
    };
    people.enumerate().map(person).collect()
}

pub(super) fn scenario_applications(draws: &AccountDraws) -> Vec<SeedApplication> {
    let application = |scenario: Scenario| {
        let description = scenario.what_happens().to_owned();
        let redirect_url = "https://scenarios.rollcall.example/callback";
        draws.whole_application(scenario.name(), description, redirect_url, scenario.scopes())
    };
    Scenario::applications().map(application).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::scenario::{ACCOUNT_NAME, people_of};

    fn account(number: u64) -> SeedAccount {
        scenario_account(AccountDraws::new(number, 1), ACCOUNT_NAME)
    }

    #[test]
    fn there_are_three_pages_of_people_and_one_owner() {
        let account = account(1);
        let people: Vec<SeedPerson> = account.people.iter().collect();
        assert_eq!(people.len(), 60);
        let owners: Vec<&SeedPerson> = people.iter().filter(|person| person.owner).collect();
        assert_eq!(owners.len(), 1);
        assert!(owners[0].email.starts_with("last-owner@") && !owners[0].suspended);
        let addresses: HashSet<&str> = people.iter().map(|person| &*person.email).collect();
        let ids: HashSet<[u8; 16]> = people.iter().map(|person| person.id).collect();
        assert_eq!((addresses.len(), ids.len()), (60, 60));
        assert_eq!(people_of(&account).len(), Scenario::people().count());
    }

    /// A bad day waits on the first page, wherever a page ends.
    #[test]
    fn the_scenario_people_come_first_in_a_list() {
        let account = account(1);
        let mut people: Vec<SeedPerson> = account.people.iter().collect();
        people.sort_by_key(|person| (person.create_time_seconds, person.id));
        let count = Scenario::people().count();
        let is_scenario = |person: &SeedPerson| person.email.contains("@scenarios.");
        assert!(people[..count].iter().all(is_scenario));
        assert!(!people[count..].iter().any(is_scenario));
        assert!(count < 25);
    }

    #[test]
    fn the_same_number_gives_the_same_ids_and_another_number_others() {
        assert_eq!(account(1), account(1));
        let (one, two) = (people_of(&account(1)), people_of(&account(2)));
        assert!(one.iter().all(|(key, id)| two[key] != *id));
    }

    #[test]
    fn each_permission_is_alone_in_an_application() {
        let account = account(1);
        for scope in crate::seed::Scope::ALL {
            let alone = account.applications.iter().filter(|one| one.scopes == [scope]);
            assert_eq!(alone.count(), 1);
        }
        assert_eq!(account.applications[0].name, "Full access");
    }
}
