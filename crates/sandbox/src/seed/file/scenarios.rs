//! `scenarios = true`: the scenario people and applications come into an account besides its own,
//! and must not be there already.

use super::SeedFileError;
use super::account::TakenIds;
use super::person::ListedPerson;
use super::table::{Table, quoted};
use crate::scenario::{PEOPLE, Scenario};
use crate::seed::draws::AccountDraws;
use crate::seed::scenario_account::{scenario_applications, scenario_people};
use crate::seed::{SeedApplication, SeedPerson};

/// Besides those to whom something happens, so that a walk has pages.
pub(super) const PLAIN_PEOPLE: usize = PEOPLE - Scenario::PEOPLE_COUNT;

pub(super) fn check(
    table: &Table<'_>,
    people: &[ListedPerson<'_>],
    applications: &[SeedApplication],
) -> Result<(), SeedFileError> {
    for listed in people {
        let email = listed.person.email.to_lowercase();
        if Scenario::people().any(|one| one.email().is_some_and(|taken| taken == email)) {
            let problem = "is the address of a scenario person; leave this person out";
            return Err(listed.email_place.wrong(problem));
        }
        if listed.person.owner {
            let problem = "is an owner, and with scenarios = true there is one already, who must be the last; take the group out";
            return Err(listed.email_place.wrong(problem));
        }
    }
    let is_taken =
        |own: &&SeedApplication| Scenario::applications().any(|one| one.name() == own.name);
    match applications.iter().find(is_taken) {
        None => Ok(()),
        Some(own) => Err(table.place("applications").wrong(format!(
            "{} is the name of a scenario application; give this one another",
            quoted(&own.name)
        ))),
    }
}

/// Their ids are made from the seed number; somebody in the file may have been given one of them.
pub(super) fn people<'a>(
    table: &Table<'a>,
    draws: &AccountDraws,
    taken: &mut TakenIds<'a>,
) -> Result<Vec<SeedPerson>, SeedFileError> {
    let people = scenario_people(draws);
    for person in &people {
        taken.people.take(person.id, table.place("scenarios"), |line| {
            format!("brings a person with the id on line {line} too; change that id")
        })?;
    }
    Ok(people)
}

pub(super) fn applications<'a>(
    table: &Table<'a>,
    draws: &AccountDraws,
    taken: &mut TakenIds<'a>,
) -> Result<Vec<SeedApplication>, SeedFileError> {
    let applications = scenario_applications(draws);
    for application in &applications {
        taken.clients.take(application.client_id, table.place("scenarios"), |line| {
            format!("brings an application with the client id on line {line} too; change that id")
        })?;
    }
    Ok(applications)
}
