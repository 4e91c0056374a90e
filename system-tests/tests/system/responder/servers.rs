//! The servers against which one story is told: ours over both families and both stores, the strict
//! stand-in in each of its flavours, and the one that misbehaves, a bad day at a time. Whatever a
//! day brings, the story must end as on a good one.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rollcall_sdk::{Builder, Client, Credentials, Family, Product, Retries};
use rollcall_system_tests::{Rollcall, RunningServer, Store, note_secret};
use serde_json::Value;
use tempfile::TempDir;

use super::bad_days::BadDay;
use super::stand_in::{
    ACCOUNT, Account, Addresses, Behind, CLIENT_ID, CLIENT_SECRET, Flavour, Play, Script, Service,
    StandIn, Standing, people,
};

/// Three pages when nobody says how long a page is.
const PEOPLE: usize = 60;
/// The hosted service's tokens end with their time, not with their use.
pub(super) const FOREVER: (usize, usize) = (usize::MAX, usize::MAX);

#[derive(Clone, Copy, Debug)]
pub(super) enum Which {
    Ours(Family, Store),
    Strict(Flavour),
    Misbehaving(BadDay),
}

impl Which {
    pub(super) const OURS_V1BETA1: Self = Self::Ours(Family::V1beta1, Store::Sqlite);
    pub(super) const OURS_V1: Self = Self::Ours(Family::V1, Store::Sqlite);
    pub(super) const OURS_ON_POSTGRES: Self = Self::Ours(Family::V1, Store::Postgres);
    pub(super) const STRICT: Self = Self::Strict(Flavour::PLAIN);
    pub(super) const STRICT_GATEWAY: Self = Self::Strict(Flavour::GATEWAY);
    pub(super) const STRICT_WITHOUT_GET: Self = Self::Strict(Flavour::WITHOUT_GET);
    pub(super) const RATE_LIMITED: Self = Self::Misbehaving(BadDay::RateLimited);
    pub(super) const FAILING: Self = Self::Misbehaving(BadDay::Failing);
    pub(super) const FAILING_AFTER_ACTS: Self = Self::Misbehaving(BadDay::FailingAfterActs);
    pub(super) const BAD_GATEWAY: Self = Self::Misbehaving(BadDay::BadGateway);
    pub(super) const CUT_BEFORE: Self = Self::Misbehaving(BadDay::CutBefore);
    pub(super) const CUT_AFTER_ACTS: Self = Self::Misbehaving(BadDay::CutAfterActs);
    pub(super) const HALF_ANSWERS: Self = Self::Misbehaving(BadDay::HalfAnswers);
    pub(super) const SHORT_TOKENS: Self = Self::Misbehaving(BadDay::ShortTokens);
    pub(super) const SLOW: Self = Self::Misbehaving(BadDay::Slow);
    pub(super) const HTML_UNDER_200: Self = Self::Misbehaving(BadDay::HtmlUnder200);
    pub(super) const TRUNCATED_JSON: Self = Self::Misbehaving(BadDay::TruncatedJson);
    pub(super) const OTHER_SHAPE: Self = Self::Misbehaving(BadDay::OtherShape);
    pub(super) const SOMEBODY_ELSE: Self = Self::Misbehaving(BadDay::SomebodyElse);
}

enum Server {
    Ours(Box<RunningServer>),
    StandIn(StandIn),
}

/// Where a story happens.
pub(super) struct Ground {
    pub(super) url: String,
    pub(super) account: String,
    pub(super) client_id: String,
    pub(super) client_secret: String,
    family: Family,
    which: Which,
    server: Server,
    /// Of the commands: their profiles and runs.
    pub(super) home: TempDir,
}

/// How somebody truly stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) email: String,
    pub(super) display_name: String,
    pub(super) standing: Standing,
}

impl Ground {
    pub(super) async fn open(which: Which) -> Self {
        let home = tempfile::tempdir().unwrap();
        match which {
            Which::Ours(family, store) => {
                let users = PEOPLE.to_string();
                let with = ["--no-scenarios", "--users", &users];
                let server = RunningServer::start_with(store, &with).await;
                let known = server.credentials.clone();
                Self {
                    url: known.base_url,
                    account: known.account_id,
                    client_id: known.client_id,
                    client_secret: known.client_secret,
                    family,
                    which,
                    server: Server::Ours(Box::new(server)),
                    home,
                }
            }
            Which::Strict(flavour) => {
                let service = Self::service(PEOPLE, flavour, FOREVER);
                Self::stand_in(which, service, Box::new(|_, _| Play::GOOD), home).await
            }
            Which::Misbehaving(day) => {
                let service = Self::service(PEOPLE, Flavour::PLAIN, day.token_uses());
                Self::stand_in(which, service, day.script(), home).await
            }
        }
    }

    fn service(count: usize, flavour: Flavour, token_uses: (usize, usize)) -> Service {
        Service::new(Account::new(ACCOUNT, people(count)), flavour, token_uses)
    }

    async fn stand_in(which: Which, service: Service, script: Script, home: TempDir) -> Self {
        note_secret(CLIENT_SECRET);
        let behind = Behind::Service(Box::new(service));
        let addresses = match which {
            Which::Strict(flavour) => flavour.addresses,
            Which::Ours(..) | Which::Misbehaving(_) => Addresses::V1beta1,
        };
        let server = StandIn::start(behind, addresses, script).await;
        Self {
            url: server.url.clone(),
            account: ACCOUNT.to_owned(),
            client_id: CLIENT_ID.to_owned(),
            client_secret: CLIENT_SECRET.to_owned(),
            family: match addresses {
                Addresses::V1beta1 => Family::V1beta1,
                Addresses::V1 => Family::V1,
            },
            which,
            server: Server::StandIn(server),
            home,
        }
    }

    /// A stand-in with so many people, and a day that no retry makes good.
    pub(super) async fn with_script(count: usize, flavour: Flavour, script: Script) -> Self {
        let home = tempfile::tempdir().unwrap();
        let service = Self::service(count, flavour, FOREVER);
        Self::stand_in(Which::Strict(flavour), service, script, home).await
    }

    pub(super) fn stood_in(&self) -> Option<&StandIn> {
        match &self.server {
            Server::Ours(_) => None,
            Server::StandIn(server) => Some(server),
        }
    }

    /// The SDK as a program of a responder would set it up.
    pub(super) fn client(&self) -> Client {
        self.client_with(&self.client_secret, Retries::default())
    }

    pub(super) fn client_with(&self, secret: &str, retries: Retries) -> Client {
        self.builder(secret, retries).build().unwrap()
    }

    pub(super) fn builder(&self, secret: &str, retries: Retries) -> Builder {
        // Fails only where it was installed before.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let credentials = Credentials::new(&self.client_id, secret);
        let product = Product::new("Rollcall-tests", "1.0").unwrap();
        let first_wait = retries.first_wait.min(Duration::from_millis(20));
        Client::builder(&self.url, &self.account, credentials, product)
            .family(self.family)
            .timeout(Duration::from_secs(20))
            .retries(Retries { first_wait, ..retries })
    }

    /// The command line, told where to go by the environment.
    pub(super) fn command<I: AsRef<str>>(
        &self,
        arguments: impl IntoIterator<Item = I>,
    ) -> Rollcall {
        let arguments = arguments.into_iter().map(|argument| argument.as_ref().to_owned());
        let routes = ["--routes", self.family.as_str()].map(str::to_owned);
        Rollcall::new(arguments.chain(routes))
            .env("ROLLCALL_URL", &self.url)
            .env("ROLLCALL_ACCOUNT_ID", &self.account)
            .env("ROLLCALL_CLIENT_ID", &self.client_id)
            .env("ROLLCALL_CLIENT_SECRET", &self.client_secret)
            .env("XDG_STATE_HOME", self.home.path().join("state"))
            .env("XDG_CONFIG_HOME", self.home.path().join("config"))
    }

    pub(super) fn may_get(&self) -> bool {
        !matches!(self.which, Which::Strict(Flavour { may_get: false, .. }))
    }

    pub(super) fn is_a_good_day(&self) -> bool {
        !matches!(self.which, Which::Misbehaving(_))
    }

    /// Everybody by id, as they truly stand: asked of the server itself, not of what is tested.
    pub(super) async fn everybody(&self) -> BTreeMap<String, Shown> {
        match &self.server {
            Server::StandIn(server) => {
                let inside = server.inside();
                let people = inside.account().people.iter();
                people
                    .map(|one| {
                        let (email, display_name) = (one.email.clone(), one.display_name.clone());
                        (one.id.clone(), Shown { email, display_name, standing: one.standing })
                    })
                    .collect()
            }
            Server::Ours(server) => {
                let api = server.api(self.family);
                let listed = api.list_all(&api.token().await, "max_page_size=1000").await;
                let text = |user: &Value, name: &str| user[name].as_str().unwrap().to_owned();
                listed
                    .iter()
                    .map(|user| {
                        let standing = match user["state"].as_str().unwrap() {
                            "ACTIVE" => Standing::Active,
                            _ => Standing::Suspended,
                        };
                        let (email, display_name) =
                            (text(user, "email"), text(user, "display_name"));
                        (text(user, "id"), Shown { email, display_name, standing })
                    })
                    .collect()
            }
        }
    }

    /// What truly changed, in order: the stand-in's memory, or our audit log.
    pub(super) async fn changes(&self) -> Vec<(String, Standing)> {
        match &self.server {
            Server::StandIn(server) => {
                let inside = server.inside();
                inside.account().changes.iter().map(|one| (one.user.clone(), one.to)).collect()
            }
            Server::Ours(server) => recorded(server).await,
        }
    }

    /// An active owner beside whom there is no other.
    pub(super) async fn last_owner(&self) -> String {
        let email = match &self.server {
            Server::Ours(server) => server.credentials.owner_email.clone(),
            Server::StandIn(server) => {
                let inside = server.inside();
                let mut people = inside.account().people.iter();
                people.find(|one| one.cannot_be_suspended).unwrap().email.clone()
            }
        };
        self.id_of(&email).await
    }

    pub(super) async fn id_of(&self, email: &str) -> String {
        let everybody = self.everybody().await;
        let found = everybody.iter().find(|(_, shown)| shown.email == email);
        found.unwrap_or_else(|| panic!("nobody has {email}")).0.clone()
    }

    /// So many active people whom nothing keeps from being suspended.
    pub(super) async fn ordinary(&self, count: usize) -> Vec<(String, Shown)> {
        let everybody = self.everybody().await;
        // Ours has owners, administrators and externally managed people among the first ten.
        let special: BTreeSet<String> = match &self.server {
            Server::Ours(server) => special(server).await,
            Server::StandIn(_) => BTreeSet::from([self.last_owner().await]),
        };
        let found: Vec<_> = everybody
            .into_iter()
            .filter(|(id, shown)| shown.standing == Standing::Active && !special.contains(id))
            .take(count)
            .collect();
        assert_eq!(found.len(), count);
        found
    }

    /// The end of a story: nothing undocumented was asked.
    #[track_caller]
    pub(super) fn close(&self) {
        if let Server::StandIn(server) = &self.server {
            server.has_no_complaint();
        }
    }
}

/// Whom `dev` makes for the sake of being special: the first ten by time.
async fn special(server: &RunningServer) -> BTreeSet<String> {
    let api = server.api(Family::V1beta1);
    let listed = api.list_all(&api.token().await, "max_page_size=1000").await;
    listed.iter().take(10).map(|user| user["id"].as_str().unwrap().to_owned()).collect()
}

pub(super) async fn recorded(server: &RunningServer) -> Vec<(String, Standing)> {
    let [store, place] = server.database().arguments();
    let export = ["admin", "audit", "export", &store, &place, "--all"];
    let export = Rollcall::new(export).run().await.well().stdout;
    let records = export.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let by_application = records.filter(|record| record["by"].get("application").is_some());
    by_application
        .filter_map(|record| {
            let to = match record["kind"].as_str().unwrap() {
                "user_suspended" => Standing::Suspended,
                "user_reactivated" => Standing::Active,
                _ => return None,
            };
            Some((record["user"].as_str().unwrap().to_owned(), to))
        })
        .collect()
}
