//! A double for one scenario: its own store in a folder, its own port, its own journal, so that
//! whatever a command does there is its own doing.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rollcall_directory::Fault;
use rollcall_directory::applications::ClientSecret;
use rollcall_directory::store::sqlite;
use rollcall_directory::users::{People, State, StateFilter};
use rollcall_directory::world::{AccountId, ApplicationId, UserId};
use rollcall_server::front::Standing;
use rollcall_server::{Serving, Settings, Tls, serve_with};

use super::people::{self, target_of};
use super::{Facts, Scenario, Task, faults};
use crate::clock::SandboxClock;
use crate::double::Double;
use crate::journal::Exchange;
use crate::plant::{PlantError, founding_of, plant_beside};
use crate::seed::{Seed, SeedAccount, USERS_DEFAULT};
use crate::source::Source;

#[derive(Debug, thiserror::Error)]
pub enum StageError {
    #[error(transparent)]
    Store(#[from] Fault),
    #[error(transparent)]
    Plant(#[from] PlantError),
    #[error("a port of loopback: {0}")]
    Listener(#[from] std::io::Error),
}

/// A scenario that is on: a command may be run against it.
pub struct Stage {
    pub scenario: Scenario,
    pub address: SocketAddr,
    double: Arc<Double>,
    serving: Serving,
    account: AccountId,
    before: BTreeMap<String, State>,
    target: String,
}

/// How long calls under way may take when the command has ended.
const GRACE: Duration = Duration::from_millis(500);
const NUMBER: u64 = 1;

impl Stage {
    /// `folder`: empty, for its store. `tls`: as `dev --tls` has it.
    pub async fn open(
        scenario: Scenario,
        folder: &Path,
        tls: Option<Tls>,
    ) -> Result<Self, StageError> {
        let clock = Arc::new(SandboxClock::default());
        let founding = founding_of(&Source::default_people(NUMBER, USERS_DEFAULT));
        let store = sqlite::open(&sqlite::Place::new(folder.to_owned()), &founding, clock.world())?;
        let account = people::account(scenario);
        plant_beside(&store, &account).await?;
        let (target, bystander) = (id_of(&account, target_of(scenario)), bystander(&account));
        let faults = faults::faults(scenario, &target, &bystander);
        let id = AccountId::from_bytes(account.id);
        let seed = Seed { number: NUMBER, accounts: vec![account], faults };
        let double = Double::new(store, seed, clock);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let settings = Settings {
            protect_reactivation: false,
            front: Some(Standing::new(double.clone())),
            ..Settings::for_address(format!("{scheme}://{address}"))
        };
        let serving = serve_with(listener, double.store.clone(), settings, tls)?;
        let before = states(&double, id).await?;
        Ok(Self { scenario, address, double, serving, account: id, before, target })
    }

    /// What the command is told, beside where the server is.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let mut variables = vec![
            ("ROLLCALL_ACCOUNT_ID", self.account.to_string()),
            ("ROLLCALL_EXAM_SCENARIO", self.scenario.key().to_owned()),
            ("ROLLCALL_EXAM_TASK", self.scenario.task().as_str().to_owned()),
        ];
        let application =
            self.double.seed.accounts.first().and_then(|account| account.applications.first());
        if let Some(application) = application {
            let id = ApplicationId::from_bytes(application.client_id).to_string();
            variables.push(("ROLLCALL_CLIENT_ID", id));
            variables.extend(application.secret_bytes.first().map(|bytes| {
                ("ROLLCALL_CLIENT_SECRET", ClientSecret::from_random(bytes).expose().to_owned())
            }));
        }
        if self.scenario.task().is_act() {
            variables.push(("ROLLCALL_EXAM_USER_EMAIL", target_of(self.scenario).to_owned()));
            if self.scenario.task() != (Task::Suspend { finds: true }) {
                variables.push(("ROLLCALL_EXAM_USER_ID", self.target.clone()));
            }
        }
        variables
    }

    /// Ends it: what the command did, and what became of the account.
    pub async fn close(self) -> Result<(Vec<Exchange>, Facts), StageError> {
        self.serving.stop(GRACE).await?;
        let after = states(&self.double, self.account).await?;
        let facts = Facts { target: self.target, before: self.before, after };
        let exchanges = self.double.journal.all();
        self.double.store.close().await;
        Ok((exchanges, facts))
    }
}

const ROWS: u16 = 1_000;

async fn states(double: &Double, account: AccountId) -> Result<BTreeMap<String, State>, Fault> {
    let question =
        People { account, state: StateFilter::All, matching: None, after: None, rows: ROWS };
    // An exam has fewer people than a page has rows.
    let page = double.store.read(&question).await?;
    Ok(page.people.iter().map(|user| (user.id.to_string(), user.state)).collect())
}

fn id_of(account: &SeedAccount, email: &str) -> String {
    let person = account.people.listed().iter().find(|person| person.email == email);
    person.map(|person| UserId::from_bytes(person.id).to_string()).unwrap_or_default()
}

/// Somebody on the last page of a list, so that there is a page before it.
fn bystander(account: &SeedAccount) -> String {
    let last = account.people.iter().last();
    last.map(|person| UserId::from_bytes(person.id).to_string()).unwrap_or_default()
}
