//! Accounts made while the double runs, each for itself, so that tests run side by side. Made by
//! ordinary acts; their ids follow from the seed's number and a counter, and are the same again after
//! a reset, which removes them.

pub(crate) mod calls;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use rollcall_directory::Fault;
use rollcall_directory::applications::{ClientSecret, FindApplication};
use rollcall_directory::audit::HeadOf;
use rollcall_directory::store::Accounts as AccountsPage;
use rollcall_directory::world::{AccountId, ApplicationId};
use serde::{Deserialize, Serialize};

use crate::double::Double;
use crate::plant::{PlantError, plant_beside};
use crate::scenario;
use crate::seed::{SeedAccount, SeedApplication, USERS_DEFAULT};

pub const USERS_IN_ONE_MAX: usize = 10_000;
const NAME_LENGTH_MAX_CHARS: usize = 200;
/// Of one answer of [`all`].
const PAGE: u16 = 500;

/// What somebody asks for. What is left out is made up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wanted {
    pub name: Option<String>,
    /// How many made-up people; not together with `scenarios`.
    pub users: Option<usize>,
    /// The scenario people and their applications.
    pub scenarios: bool,
}

/// An account that was made, and what one needs to call it. Its secrets are a double's: made from a
/// small number, and worth nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    pub account_id: String,
    pub name: String,
    pub users: usize,
    /// Of the first application, which may do everything.
    pub client_id: String,
    pub client_secret: String,
    pub applications: Vec<MadeApplication>,
    /// The ids of its scenario people, by the scenario's key; empty without `scenarios`.
    pub people: BTreeMap<String, String>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeApplication {
    pub name: String,
    pub client_id: String,
    pub client_secret: String,
}

#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    #[error("{0}")]
    Unwanted(String),
    #[error(transparent)]
    Plant(#[from] PlantError),
}

/// Which number the next one tries first.
#[derive(Default)]
pub struct Accounts {
    next: AtomicU64,
}

impl Accounts {
    /// After the store was put back: those that were made since are not there any more.
    pub(crate) fn begin_again(&self) {
        self.next.store(0, Ordering::Relaxed);
    }
}

/// Makes one. Several at once get numbers of their own.
pub async fn make(double: &Double, wanted: &Wanted) -> Result<Made, MakeError> {
    check(wanted)?;
    loop {
        let n = double.accounts.next.fetch_add(1, Ordering::Relaxed);
        let (account, people) = account(double, wanted, n)?;
        // There already: a double that was kept has some from before.
        if plant_beside(&double.store, &account).await? {
            double.rehearse(&account);
            let made = made(&account, people)?;
            for application in &made.applications {
                double.known.client(application.client_id.clone(), made.account_id.clone());
                double.known.secret(&application.client_secret, &application.client_id);
            }
            return Ok(made);
        }
    }
}

fn check(wanted: &Wanted) -> Result<(), MakeError> {
    let unwanted = |words: String| Err(MakeError::Unwanted(words));
    if let Some(name) = &wanted.name {
        let length = name.chars().count();
        if name.trim().is_empty() || length > NAME_LENGTH_MAX_CHARS {
            return unwanted(format!("`name` has from 1 to {NAME_LENGTH_MAX_CHARS} characters"));
        }
        if name.chars().any(char::is_control) {
            return unwanted("`name` has a control character in it; take it out".to_owned());
        }
    }
    match wanted.users {
        Some(_) if wanted.scenarios => {
            unwanted("`users` and `scenarios` do not go together; leave one out".to_owned())
        }
        Some(users) if !(1..=USERS_IN_ONE_MAX).contains(&users) => {
            unwanted(format!("`users` is from 1 to {USERS_IN_ONE_MAX}, not {users}"))
        }
        _ => Ok(()),
    }
}

type People = BTreeMap<String, String>;

fn account(double: &Double, wanted: &Wanted, n: u64) -> Result<(SeedAccount, People), MakeError> {
    let name = wanted.name.clone().unwrap_or_else(|| format!("Isolated account {}", n + 1));
    if wanted.scenarios {
        let account = SeedAccount::isolated_scenarios(double.seed.number, n, &name);
        let people = scenario::people_of(&account);
        return Ok((account, people));
    }
    let users = wanted.users.unwrap_or(USERS_DEFAULT);
    Ok((SeedAccount::isolated(double.seed.number, n, name, users), People::new()))
}

fn made(account: &SeedAccount, people: People) -> Result<Made, MakeError> {
    let applications: Vec<MadeApplication> =
        account.applications.iter().filter_map(made_application).collect();
    let first = applications.first().cloned().ok_or_else(|| {
        MakeError::Unwanted("an account without an application cannot be called".to_owned())
    })?;
    Ok(Made {
        account_id: AccountId::from_bytes(account.id).to_string(),
        name: account.name.clone(),
        users: account.people.len(),
        client_id: first.client_id,
        client_secret: first.client_secret,
        applications,
        people,
    })
}

fn made_application(application: &SeedApplication) -> Option<MadeApplication> {
    let secret = ClientSecret::from_random(application.secret_bytes.first()?);
    Some(MadeApplication {
        name: application.name.clone(),
        client_id: ApplicationId::from_bytes(application.client_id).to_string(),
        client_secret: secret.expose().to_owned(),
    })
}

/// In a double that was kept: accounts that an earlier run made are known again, and their scenario
/// people have their bad days anew.
pub async fn remember(double: &Double) -> Result<(), Fault> {
    let number = double.seed.number;
    for n in 0_u64.. {
        let plain = SeedAccount::isolated(number, n, String::new(), 1);
        let account = AccountId::from_bytes(plain.id);
        if double.store.read(&HeadOf { account }).await?.is_none() {
            break;
        }
        let scenarios = SeedAccount::isolated_scenarios(number, n, "");
        let is_there = match scenarios.applications.first() {
            None => false,
            Some(application) => {
                let id = ApplicationId::from_bytes(application.client_id);
                double.store.read(&FindApplication { account, id }).await?.is_some()
            }
        };
        let seeded = if is_there { scenarios } else { plain };
        double.rehearse(&seeded);
        for application in seeded.applications.iter().filter_map(made_application) {
            double.known.client(application.client_id, account.to_string());
        }
    }
    Ok(())
}

/// An account of the double, whoever made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub account_id: String,
    pub name: String,
}

pub async fn all(double: &Double) -> Result<Vec<Listed>, Fault> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = double.store.read(&AccountsPage { after, limit: PAGE }).await?;
        let Some(last) = page.last() else { return Ok(found) };
        after = Some(last.id);
        found.extend(page.iter().map(|account| Listed {
            account_id: account.id.to_string(),
            name: account.name.clone(),
        }));
    }
}
