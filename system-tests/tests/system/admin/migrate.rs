//! `rollcall admin migrate` as its operator sees it: killed at any moment it goes on, nobody is lost
//! and nobody is there twice, and whoever serves or fills a place is left alone.

use std::time::Duration;

use rollcall_system_tests::{Database, Ended, PATIENCE, Rollcall, RunningServer, Store};
use rollcall_wire::route::Family;
use serde_json::Value;
use tokio::time::{sleep, timeout};

/// Whether a move that has come so far (a table's number, and whether people are in it) is killed.
type Moment = dyn Fn(Option<(u64, bool)>) -> bool;

on_both_stores!(
    a_store_moves_to_the_other_database_and_its_tokens_go_on,
    who_is_served_is_not_moved,
);

/// Some pages of people, so that there is something to be in the middle of.
const PEOPLE: &str = "6000";

fn other(store: Store) -> Store {
    match store {
        Store::Sqlite => Store::Postgres,
        Store::Postgres => Store::Sqlite,
    }
}

fn command(from: &Database, to: &Database, more: &[&str]) -> Rollcall {
    let ([_, from], [_, to]) = (from.arguments(), to.arguments());
    Rollcall::new([&["admin", "migrate", "--from", &from, "--to", &to], more].concat())
}

async fn moved(from: &Database, to: &Database, more: &[&str]) -> Value {
    let said = command(from, to, &[&["--json"], more].concat()).run().await.well().stdout;
    serde_json::from_str(&said).unwrap()
}

async fn does_not_serve(database: &Database) -> Ended {
    let [option, place] = database.arguments();
    let ended = Rollcall::new(["dev", "--listen", "127.0.0.1:0", "--json", &option, &place]);
    let ended = ended.run().await;
    assert_ne!(ended.code(), 0);
    ended
}

async fn a_store_moves_to_the_other_database_and_its_tokens_go_on(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    let api = server.api(Family::V1);
    let (alive, dead) = (api.token().await, api.token().await);
    let (people, _) = api.list(&alive, "filter=user.isActive()").await.page();
    let user = people.last().unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(api.suspend(&alive, &user).await.status, 200);
    assert_eq!(api.revoke(&dead).await.status, 200);
    let from = server.stop().await;
    nodes_are_forgotten(&from).await;

    let to = Database::fresh(other(store)).await;
    let said = moved(&from, &to, &[]).await;
    assert_eq!((&said["resumed"], &said["was_whole"]), (&false.into(), &false.into()));
    does_not_serve(&from).await.says("was moved to");
    let again = command(&from, &to, &[]).run().await;
    assert_eq!(again.code(), 1);
    again.says("was moved to");

    let server = RunningServer::start_on(to, &[]).await;
    let api = server.api(Family::V1);
    assert_eq!(api.user(&alive, &user).await.json_of(200)["state"], "SUSPENDED");
    assert_eq!(api.user(&dead, &user).await.status, 401);
    assert_eq!(api.reactivate(&api.token().await, &user).await.status, 200);
    let [option, place] = server.database().arguments();
    Rollcall::new(["admin", "audit", "verify", &option, &place]).run().await.well();
}

/// A server of this test has ended; another one would have to wait for ten seconds.
async fn nodes_are_forgotten(database: &Database) {
    if let Database::Postgres(fresh) = database {
        fresh.connect().await.batch_execute("delete from nodes").await.unwrap();
    }
}

async fn who_is_served_is_not_moved(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    if let Database::Postgres(fresh) = server.database() {
        // Its own beat may be a moment away.
        let beat = "insert into nodes (name, version, beats, started, seen)
                    values ('another', '0', 1, now(), now())";
        fresh.connect().await.batch_execute(beat).await.unwrap();
    }
    let to = Database::fresh(other(store)).await;
    let refused = command(server.database(), &to, &[]).run().await;
    assert_eq!(refused.code(), 1);
    refused.says("serve");
    let api = server.api(Family::V1);
    assert_eq!(api.list(&api.token().await, "").await.status, 200);
}

/// Where a target stands by its own note: table and page.
async fn stands(target: &tokio_postgres::Client) -> Option<(u64, bool)> {
    let there = target.query("select value from meta where name = 'move'", &[]).await.ok()?;
    let noted: Value = serde_json::from_str(there.first()?.get(0)).unwrap();
    Some((noted["table"].as_u64().unwrap(), !noted["after"].is_null()))
}

#[tokio::test]
async fn a_killed_move_goes_on_with_nobody_lost_and_nobody_twice() {
    let server = RunningServer::start_with(Store::Sqlite, &["--users", PEOPLE]).await;
    let from = server.stop().await;
    // What a move that nobody disturbs says of every table.
    let undisturbed = Database::fresh(Store::Postgres).await;
    let wanted = moved(&from, &undisturbed, &["--keep-source"]).await;
    assert_eq!(wanted["source_kept"], true);

    let to = Database::fresh(Store::Postgres).await;
    let Database::Postgres(fresh) = &to else { unreachable!() };
    let target = fresh.connect().await;
    // Before anything, at the first table, among the people, behind them, and at the comparison.
    let moments: [&Moment; 5] = [
        &|_| true,
        &|at| at.is_some(),
        &|at| at.is_some_and(|at| at > (3, false)),
        &|at| at.is_some_and(|(table, _)| table > 3),
        &|at| at.is_some_and(|(table, _)| table >= 18),
    ];
    for is_now in moments {
        let mut moving = command(&from, &to, &["--json"]).spawn();
        let waited = async {
            while !is_now(stands(&target).await) {
                sleep(Duration::from_millis(2)).await;
            }
        };
        timeout(PATIENCE, waited).await.expect("it comes so far");
        moving.kill().await.unwrap();
        if stands(&target).await.is_some() {
            does_not_serve(&to).await.says("`rollcall admin migrate`");
            does_not_serve(&from).await.says("`rollcall admin migrate`");
        }
    }
    let done = moved(&from, &to, &[]).await;
    assert_eq!(done["resumed"], true);
    assert_eq!(done["tables"], wanted["tables"]);
    assert_eq!(done["heads"], wanted["heads"]);
    does_not_serve(&from).await.says("was moved to");
    RunningServer::start_on(to, &[]).await.stop().await;
}

#[tokio::test]
async fn a_move_that_is_abandoned_leaves_the_source_as_it_was() {
    let from = RunningServer::with_one_account(Store::Sqlite).await.stop().await;
    let to = Database::fresh(Store::Postgres).await;
    let Database::Postgres(fresh) = &to else { unreachable!() };
    let target = fresh.connect().await;
    let mut moving = command(&from, &to, &[]).spawn();
    let begun = async {
        while stands(&target).await.is_none() {
            sleep(Duration::from_millis(2)).await;
        }
    };
    timeout(PATIENCE, begun).await.expect("it begins");
    moving.kill().await.unwrap();
    command(&from, &to, &["--abandon"]).run().await.well();
    does_not_serve(&to).await.says("not whole");
    let nothing = command(&from, &to, &["--abandon"]).run().await;
    assert_eq!(nothing.code(), 1);
    nothing.says("nothing to abandon");
    RunningServer::start_on(from, &[]).await.stop().await;
}
