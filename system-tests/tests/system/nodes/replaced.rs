//! Nodes are replaced one after the other while clients call, and no call fails. By default all are
//! of the binary under test; `cargo xtask upgrade` names an older one in `ROLLCALL_OLD_BIN`, which
//! serves before, during and after the migration of the new one.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rollcall_system_tests::{
    Api, Credentials, Database, Ended, Ground, Node, PATIENCE, Rollcall, Store, note_secret,
    rollcall_binary,
};
use serde_json::Value;
use tokio::sync::RwLock;
use tokio::task::JoinHandle;

/// Clients, each with a person of its own.
const CLIENTS: usize = 4;
/// Calls that are answered before the next thing happens.
const CALLS_BETWEEN: usize = 200;

#[tokio::test]
async fn nodes_are_replaced_under_load_and_no_call_fails() {
    let new = rollcall_binary();
    let old = std::env::var_os("ROLLCALL_OLD_BIN").map_or_else(|| new.clone(), PathBuf::from);
    let ground = Ground::fresh(Store::Postgres).await;
    let first = Node::of(&old, &ground, None).await;
    let (credentials, people) = organisation(&old, &ground, &first.base_url()).await;
    let before = migration(&ground).await;

    let load = Load::begin(&credentials, people);
    load.uses(first.base_url()).await;
    load.goes_on().await;
    // This one brings the database up to date, under the calls that the first one answers.
    let second = Node::of(&new, &ground, Some(&credentials)).await;
    load.goes_on().await;
    load.uses(second.base_url()).await;
    load.goes_on().await;
    let after = migration(&ground).await;
    if after > before {
        is_refused_once_it_ended(&old, &ground).await;
    }
    load.leaves(&first.base_url()).await;
    first.stop().await;
    load.goes_on().await;
    let third = Node::of(&new, &ground, Some(&credentials)).await;
    load.uses(third.base_url()).await;
    load.leaves(&second.base_url()).await;
    second.stop().await;
    load.goes_on().await;

    let (calls, longest) = load.none_failed().await;
    println!(
        "migration {before} to {after}; {calls} calls, none failed, each act known to the next \
         node; the longest five in a row took {} ms",
        longest.as_millis()
    );
    let config = ground.config_text();
    Rollcall::new(["admin", "audit", "verify", "--config", &config]).run().await.well();
    third.stop().await;
}

/// An old process that is started again does not know what it would write to.
async fn is_refused_once_it_ended(old: &Path, ground: &Ground) {
    let config = ground.config_text();
    let ended: Ended = Rollcall::of(old, ["serve", "--config", &config]).run().await;
    assert_eq!(ended.code(), 1, "{}", ended.stderr);
    ended.says("newer than this program");
}

async fn migration(ground: &Ground) -> i64 {
    let Database::Postgres(fresh) = &ground.database else { unreachable!("asked for") };
    let sql = "select max(version)::bigint from rollcall_migrations";
    fresh.connect().await.query_one(sql, &[]).await.unwrap().get(0)
}

/// By the commands of that binary: the library here is of the newest migration.
async fn organisation(
    binary: &Path,
    ground: &Ground,
    base_url: &str,
) -> (Credentials, Vec<String>) {
    let config = ground.config_text();
    let admin = async |words: &[&str]| -> Value {
        let words = [&["admin"], words, &["--config", &config, "--json"]].concat();
        let ended = Rollcall::of(binary, words).run().await.well();
        serde_json::from_str(&ended.stdout).unwrap()
    };
    let text = |made: &Value, name: &str| made[name].as_str().unwrap().to_owned();
    let account = admin(&["account", "create", "--name", "Organisation"]).await;
    let mut people = Vec::new();
    for n in 0..CLIENTS {
        let email = format!("person.{n}@example.com");
        let person = admin(&["people", "add", "--email", &email, "--name", "Somebody"]).await;
        people.push(text(&person, "id"));
    }
    let scopes = ["get_user", "list_users", "suspend_users", "reactivate_users"];
    let scopes = scopes.iter().flat_map(|scope| ["--scope", scope]);
    let words: Vec<&str> =
        ["application", "create", "--name", "Containment"].into_iter().chain(scopes).collect();
    let application = admin(&words).await;
    let secret = text(&application, "client_secret");
    note_secret(&secret);
    let id = text(&account, "account_id");
    (Credentials::of_client(base_url, &id, &text(&application, "client_id"), &secret), people)
}

/// Clients that call whichever nodes are in use, each act looked for at the next one.
struct Load {
    in_use: Arc<RwLock<Vec<Api>>>,
    client: Api,
    calls: Arc<AtomicUsize>,
    end: Arc<AtomicBool>,
    clients: Vec<JoinHandle<Duration>>,
}

impl Load {
    fn begin(credentials: &Credentials, people: Vec<String>) -> Self {
        let load = Self {
            in_use: Arc::default(),
            client: Api::of(credentials),
            calls: Arc::default(),
            end: Arc::default(),
            clients: Vec::new(),
        };
        let client = |(n, person)| {
            let (in_use, calls) = (Arc::clone(&load.in_use), Arc::clone(&load.calls));
            let end = Arc::clone(&load.end);
            tokio::spawn(async move { calls_until(&end, &in_use, &calls, n, person).await })
        };
        let clients = people.into_iter().enumerate().map(client).collect();
        Self { clients, ..load }
    }

    async fn uses(&self, base_url: String) {
        self.in_use.write().await.push(self.client.at(&base_url));
    }

    /// As a balancer takes a node out: calls under way are let finish.
    async fn leaves(&self, base_url: &str) {
        self.in_use.write().await.retain(|api| api.credentials.base_url != base_url);
    }

    async fn goes_on(&self) {
        let (from, began) = (self.calls.load(Ordering::Acquire), Instant::now());
        while self.calls.load(Ordering::Acquire) < from + CALLS_BETWEEN {
            assert!(self.clients.iter().all(|client| !client.is_finished()), "a call failed");
            assert!(began.elapsed() < PATIENCE, "calls are not answered any more");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// How many calls there were, and how long the longest five in a row took.
    async fn none_failed(self) -> (usize, Duration) {
        self.end.store(true, Ordering::Release);
        let mut longest = Duration::ZERO;
        for client in self.clients {
            longest = longest.max(client.await.expect("no call failed"));
        }
        (self.calls.load(Ordering::Acquire), longest)
    }
}

async fn calls_until(
    end: &AtomicBool,
    in_use: &RwLock<Vec<Api>>,
    calls: &AtomicUsize,
    first: usize,
    person: String,
) -> Duration {
    let (mut longest, mut turn) = (Duration::ZERO, first);
    while !end.load(Ordering::Acquire) {
        let nodes = in_use.read().await;
        if nodes.is_empty() {
            drop(nodes);
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        }
        let (one, next) = (&nodes[turn % nodes.len()], &nodes[(turn + 1) % nodes.len()]);
        let began = Instant::now();
        let token = one.token().await;
        assert_eq!(next.suspend(&token, &person).await.json_of(200)["state"], "SUSPENDED");
        assert_eq!(one.user(&token, &person).await.json_of(200)["state"], "SUSPENDED");
        assert_eq!(one.reactivate(&token, &person).await.json_of(200)["state"], "ACTIVE");
        assert_eq!(next.user(&token, &person).await.json_of(200)["state"], "ACTIVE");
        longest = longest.max(began.elapsed());
        calls.fetch_add(5, Ordering::AcqRel);
        turn += 1;
    }
    longest
}
