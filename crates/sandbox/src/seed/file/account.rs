//! One `[[accounts]]` of a seed file, with its people and applications, and what must be the only one
//! of its kind among all of them.

use super::SeedFileError;
use super::person::ListedPerson;
use super::table::Table;
use super::text::{self, NAME_LENGTH_MAX_CHARS, Taken};
use super::{application, person, scenarios};
use crate::scenario;
use crate::seed::draws::AccountDraws;
use crate::seed::{People, Plan, SeedAccount, SeedApplication, SeedPerson, USERS_MAX};

const KEYS: [&str; 8] = [
    "name",
    "id",
    "plan",
    "automated_provisioning",
    "scenarios",
    "generate",
    "people",
    "applications",
];
const APPLICATIONS_MAX: usize = 100;

/// The ids of the whole file.
pub(super) struct TakenIds<'a> {
    accounts: Taken<'a, [u8; 16]>,
    pub(super) people: Taken<'a, [u8; 16]>,
    /// Those of `people` that the file gives: only they can be the id of a generated person.
    given_people: Taken<'a, [u8; 16]>,
    pub(super) clients: Taken<'a, [u8; 16]>,
}

impl TakenIds<'_> {
    pub(super) fn none() -> Self {
        Self {
            accounts: Taken::nothing(),
            people: Taken::nothing(),
            given_people: Taken::nothing(),
            clients: Taken::nothing(),
        }
    }
}

pub(super) fn read<'a>(
    table: &Table<'a>,
    draws: AccountDraws,
    taken: &mut TakenIds<'a>,
) -> Result<SeedAccount, SeedFileError> {
    table.only(&KEYS)?;
    let name =
        text::name(&table.required_text("name", "Rollcall Example Ltd")?, NAME_LENGTH_MAX_CHARS)?;
    let id = match table.text("id")? {
        Some(field) => text::id(&field)?,
        None => draws.account_id(),
    };
    taken.accounts.take(id, table.place("id"), |line| {
        format!("is the id of the account on line {line} too; every account needs an id of its own")
    })?;
    let with_scenarios = table.flag("scenarios")?;
    let listed = listed_people(table, &draws, taken)?;
    let mut applications = applications(table, &draws, taken)?;
    let mut people: Vec<SeedPerson> = listed.iter().map(|listed| listed.person.clone()).collect();
    let of_scenarios = if with_scenarios { scenario::PEOPLE } else { 0 };
    let mut generated = generated_count(table, listed.len() + of_scenarios)?;
    if with_scenarios {
        scenarios::check(table, &listed, &applications)?;
        people.extend(scenarios::people(table, &draws, taken)?);
        applications.extend(scenarios::applications(table, &draws, taken)?);
        generated += scenarios::PLAIN_PEOPLE;
    } else if !people.iter().any(|person| person.owner && !person.suspended) {
        let problem =
            "an account needs at least one active owner; add a person with groups = [\"owners\"]";
        return Err(table.own_place("people").wrong(problem));
    }
    let people = People::new(people, generated, draws);
    if let Some(clash) = listed.iter().find(|listed| people.generates_address(&listed.person.email))
    {
        let problem = "is the address of a generated person too; change it, or lower `generate`";
        return Err(clash.email_place.wrong(problem));
    }
    Ok(SeedAccount {
        id,
        name,
        plan: plan(table)?,
        provisioning_automated: table.flag("automated_provisioning")?,
        people,
        applications,
        scenarios: with_scenarios,
    })
}

fn plan(table: &Table<'_>) -> Result<Plan, SeedFileError> {
    match table.text("plan")? {
        None => Ok(Plan::Business),
        Some(plan) => match plan.value {
            "business" => Ok(Plan::Business),
            "other" => Ok(Plan::Other),
            unknown => {
                let shown = super::table::quoted(unknown);
                Err(plan.place.wrong(format!("{shown} is not a plan; write business or other")))
            }
        },
    }
}

fn generated_count(table: &Table<'_>, listed_count: usize) -> Result<usize, SeedFileError> {
    let Some(field) = table.number("generate")? else {
        return Ok(0);
    };
    let room = USERS_MAX.saturating_sub(listed_count);
    usize::try_from(field.value).ok().filter(|count| *count <= room).ok_or_else(|| {
        let problem = format!(
            "{} people cannot be made; write a number from 0 to {room} (an account has at most {USERS_MAX} people)",
            field.value
        );
        field.place.wrong(problem)
    })
}

fn listed_people<'a>(
    table: &Table<'a>,
    draws: &AccountDraws,
    taken: &mut TakenIds<'a>,
) -> Result<Vec<ListedPerson<'a>>, SeedFileError> {
    let mut addresses = Taken::nothing();
    let mut people = Vec::new();
    for (position, entry) in table.tables("people", "accounts.people")?.iter().enumerate() {
        let listed = person::read(entry, draws, position)?;
        addresses.take(listed.person.email.to_lowercase(), listed.email_place, |line| {
            format!("is the address of the person on line {line} too; capital letters make no difference")
        })?;
        let id = listed.person.id;
        taken.people.take(id, listed.id_place.unwrap_or(listed.email_place), |line| {
            format!(
                "has the id of the person on line {line} too; every person needs an id of their own"
            )
        })?;
        if let Some(place) = listed.id_place {
            taken
                .given_people
                .take(id, place, |_| unreachable!("people have just been found to differ"))?;
        }
        people.push(listed);
    }
    Ok(people)
}

fn applications<'a>(
    table: &Table<'a>,
    draws: &AccountDraws,
    taken: &mut TakenIds<'a>,
) -> Result<Vec<SeedApplication>, SeedFileError> {
    let mut names = Taken::nothing();
    let mut applications = Vec::new();
    let entries = table.tables("applications", "accounts.applications")?;
    if entries.len() > APPLICATIONS_MAX {
        let problem = format!(
            "an account has at most {APPLICATIONS_MAX} applications here, not {}",
            entries.len()
        );
        return Err(table.own_place("applications").wrong(problem));
    }
    for entry in &entries {
        let listed = application::read(entry, draws)?;
        names.take(listed.application.name.clone(), listed.name_place, |line| {
            format!("is the name of the application on line {line} too; its secrets are made from its name")
        })?;
        taken.clients.take(listed.application.client_id, listed.client_id_place, |line| {
            format!("is the client id of the application on line {line} too; every application needs its own")
        })?;
        applications.push(listed.application);
    }
    Ok(applications)
}

/// An id in the file may be one that was copied from a person who is generated: rare, and so only
/// looked for when the file gives ids at all.
pub(super) fn check_generated_ids(
    accounts: &[SeedAccount],
    taken: &TakenIds<'_>,
) -> Result<(), SeedFileError> {
    if taken.given_people.is_empty() {
        return Ok(());
    }
    for id in accounts.iter().flat_map(|account| account.people.generated_ids()) {
        if let Some(place) = taken.given_people.place_of(&id) {
            return Err(
                place.wrong("is the id of a generated person too; leave it out or change it")
            );
        }
    }
    Ok(())
}
