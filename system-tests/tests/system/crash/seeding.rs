//! Killed while it fills its folder: the same command again completes the seed. Everybody is
//! there once, with the same ids and credentials as where nothing happened, and the chain is whole.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use rand_chacha::rand_core::Rng as _;
use rollcall_directory::store::sqlite::Connection;
use rollcall_system_tests::{Credentials, Database, Rollcall, RunningServer, Store};
use rollcall_wire::route::Family;
use serde_json::Value;

use super::chance;
use super::evidence::Evidence;

const PEOPLE: u64 = 30_000;
const SEED: &[&str] = &["--users", "30000", "--no-scenarios"];
const ROUNDS: u32 = 5;

/// What a seed is known by: everybody by id, and the credentials.
struct Planted {
    people: BTreeMap<String, Value>,
    credentials: Credentials,
}

#[tokio::test]
async fn a_seed_that_was_cut_off_is_completed_by_the_same_command() {
    let (seed, mut chance) = chance();
    println!("ROLLCALL_CRASH_SEED={seed}");
    let began = Instant::now();
    let undisturbed = RunningServer::start_on(Database::fresh(Store::Sqlite).await, SEED).await;
    let takes = began.elapsed();
    let expected = planted(&undisturbed).await;
    drop(undisturbed.stop().await);

    let mut found_after_kill = Vec::new();
    for round in 0..ROUNDS {
        // Anywhere in this round's stretch of the time that it takes.
        let within = f64::from(chance.next_u32()) / f64::from(u32::MAX);
        let until_killed = takes.mul_f64((f64::from(round) + within) / f64::from(ROUNDS));
        let database = Database::fresh(Store::Sqlite).await;
        if start_and_kill(&database, until_killed).await {
            found_after_kill.push(people_in_a_copy(&database.folder()));
        }
        let again = RunningServer::start_on(database, SEED).await;
        is_the_same(&planted(&again).await, &expected);
        let [data, folder] = again.database().arguments();
        for check in [&["audit", "verify"][..], &["integrity"]] {
            let arguments = ["admin"].iter().chain(check).copied();
            Rollcall::new(arguments.chain([&*data, &*folder])).run().await.well();
        }
        drop(again.stop().await);
    }
    println!(
        "a seed of {PEOPLE} in {takes:?}: killed {} times in {ROUNDS} rounds before it was ready, \
         with {found_after_kill:?} people; completed each time",
        found_after_kill.len()
    );
    assert!(!found_after_kill.is_empty(), "no kill came before it was ready");
}

/// Whether it was killed before it was ready.
async fn start_and_kill(database: &Database, until_killed: Duration) -> bool {
    let [data, folder] = database.arguments();
    let arguments = ["dev", "--listen", "127.0.0.1:0", "--json", &data, &folder];
    let mut server = Rollcall::new(arguments.iter().chain(SEED)).spawn();
    tokio::time::sleep(until_killed).await;
    server.start_kill().expect("it can be killed");
    let output = server.wait_with_output().await.unwrap();
    output.stdout.is_empty()
}

async fn planted(server: &RunningServer) -> Planted {
    let api = server.api(Family::V1beta1);
    let everybody = api.list_all(&api.token().await, "max_page_size=1000").await;
    assert_eq!(everybody.len() as u64, PEOPLE, "everybody is listed, and once");
    let evidence = Evidence::read(&server.database().folder());
    evidence.shows_no_half_act();
    assert_eq!(evidence.people_imported, PEOPLE, "nobody was added without a record, or twice");
    let id = |user: &Value| user["id"].as_str().unwrap().to_owned();
    let people = everybody.into_iter().map(|user| (id(&user), user)).collect();
    Planted { people, credentials: server.credentials.of_the_seed() }
}

#[track_caller]
fn is_the_same(found: &Planted, expected: &Planted) {
    assert!(found.credentials == expected.credentials, "other credentials");
    assert_eq!(found.people.len(), expected.people.len());
    for (id, user) in &expected.people {
        assert_eq!(found.people.get(id), Some(user));
    }
}

/// Looks at a copy, so that it is the server who recovers what lies there.
fn people_in_a_copy(folder: &Path) -> u64 {
    let copy = tempfile::tempdir().unwrap();
    for name in ["rollcall.sqlite", "rollcall.sqlite-wal"] {
        if folder.join(name).exists() {
            std::fs::copy(folder.join(name), copy.path().join(name)).unwrap();
        }
    }
    let db = Connection::open(copy.path().join("rollcall.sqlite")).unwrap();
    let count = db.query_row("select count(*) from users", [], |row| row.get(0));
    // Killed before there was a table.
    count.unwrap_or(0)
}
