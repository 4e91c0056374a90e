//! The scenario people and applications, by the control API.

use rollcall_directory::applications::ClientSecret;
use rollcall_directory::world::{AccountId, ApplicationId};
use serde::Serialize;
use serde_json::json;

use super::{Scenario, person_id};
use crate::control_api::{Answer, ControlCall, ok};
use crate::double::Double;
use crate::seed::SeedAccount;

#[derive(Serialize)]
struct Account {
    account_id: String,
    name: String,
    people: Vec<Person>,
    applications: Vec<Application>,
}

#[derive(Serialize)]
struct Person {
    scenario: &'static str,
    id: String,
    email: String,
    what_happens: &'static str,
    right_client: &'static str,
}

#[derive(Serialize)]
struct Application {
    scenario: &'static str,
    name: String,
    client_id: String,
    client_secret: String,
    scopes: Vec<&'static str>,
    what_happens: &'static str,
    right_client: &'static str,
}

/// Those of the seed. Whoever makes an account with scenarios is told its ids in the same breath.
pub(crate) fn list(double: &Double, call: &ControlCall) -> Answer {
    call.nothing_more()?;
    let with_scenarios = double.seed.accounts.iter().filter(|account| account.scenarios);
    let accounts: Vec<Account> = with_scenarios.map(shown).collect();
    ok(&json!({ "accounts": accounts }))
}

fn shown(account: &SeedAccount) -> Account {
    let person = |one: Scenario| {
        Some(Person {
            scenario: one.key(),
            id: person_id(account, one)?,
            email: one.email()?,
            what_happens: one.what_happens(),
            right_client: one.right_client(),
        })
    };
    let application = |one: Scenario| {
        let seeded = account.applications.iter().find(|other| other.name == one.name())?;
        let secret = ClientSecret::from_random(seeded.secret_bytes.first()?);
        Some(Application {
            scenario: one.key(),
            name: seeded.name.clone(),
            client_id: ApplicationId::from_bytes(seeded.client_id).to_string(),
            client_secret: secret.expose().to_owned(),
            scopes: seeded.scopes.iter().map(|scope| scope.as_str()).collect(),
            what_happens: one.what_happens(),
            right_client: one.right_client(),
        })
    };
    Account {
        account_id: AccountId::from_bytes(account.id).to_string(),
        name: account.name.clone(),
        people: Scenario::people().filter_map(person).collect(),
        applications: Scenario::applications().filter_map(application).collect(),
    }
}
