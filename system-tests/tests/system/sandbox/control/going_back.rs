//! Resets and snapshots: everything is as it was, the same each time, and whole under load.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use rollcall_system_tests::{Control, RunningServer, Store, note_secret};
use rollcall_wire::route::Family;
use serde_json::{Value, json};

use crate::dev::admin::admin;

on_both_stores!(
    a_reset_brings_back_all_of_the_seed,
    a_snapshot_is_gone_back_to_by_its_name,
    a_double_that_was_kept_is_reset_to_its_seed
);

/// Everybody, page after page.
async fn walk(server: &RunningServer) -> Vec<Value> {
    let api = server.api(Family::V1);
    api.list_all(&api.token().await, "max_page_size=7").await
}

/// The token of the second page: it has the time in it at which it was made.
async fn page_token(server: &RunningServer) -> String {
    let api = server.api(Family::V1);
    api.list(&api.token().await, "max_page_size=7").await.page().1.unwrap()
}

async fn suspend_somebody(server: &RunningServer) -> String {
    let api = server.api(Family::V1);
    let token = api.token().await;
    let active = api.list_all(&token, "filter=user.isActive()").await;
    let id = active.last().unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(api.suspend(&token, &id).await.status, 200);
    id
}

async fn accounts(control: &Control) -> usize {
    control.done("GET", "/accounts").await["accounts"].as_array().unwrap().len()
}

async fn a_reset_brings_back_all_of_the_seed(store: Store) {
    let server = RunningServer::start(store).await;
    let (control, api) = (Control::of(&server), server.api(Family::V1));
    let seeded = walk(&server).await;
    let (seeded_accounts, seeded_faults) =
        (accounts(&control).await, control.done("GET", "/faults").await);
    let next = page_token(&server).await;
    for _ in 0..3 {
        suspend_somebody(&server).await;
        let token = api.token().await;
        assert_eq!(api.revoke(&token).await.status, 200);
        control.account(&json!({})).await;
        let fault = json!({
            "name": "down", "when": { "operations": ["ListUsers"] },
            "effect": { "kind": "answer", "status": 503 },
        });
        assert_eq!(control.send("POST", "/faults", &fault).await.status, 201);
        control.advance(86_400).await;
        assert_eq!(api.list(&api.token().await, "").await.status, 503);

        let answer = control.done("POST", "/reset").await;
        assert!(answer["took_millis"].as_f64().unwrap() > 0.0);
        assert!(walk(&server).await == seeded, "somebody is not as in the seed");
        let page = api.list(&api.token().await, &format!("page_token={next}")).await.page().0;
        assert!(page[0] == seeded[7], "a page token of before is good after");
        assert_eq!(accounts(&control).await, seeded_accounts);
        assert_eq!(control.done("GET", "/faults").await, seeded_faults);
        let clock = control.done("GET", "/clock").await;
        assert_eq!(clock["ahead_seconds"].as_f64(), Some(0.0), "{clock}");
    }
    assert!(admin(&["integrity"], server.database(), &[]).await.status.success());
    assert!(admin(&["audit", "verify"], server.database(), &[]).await.status.success());
}

async fn a_snapshot_is_gone_back_to_by_its_name(store: Store) {
    let server = RunningServer::start(store).await;
    let (control, api) = (Control::of(&server), server.api(Family::V1));
    let somebody = suspend_somebody(&server).await;
    control.advance(3600).await;
    let isolated = control.account(&json!({ "users": 3 })).await;
    let _ = control.done("POST", "/clock:freeze").await;
    let kept = control.call("PUT", "/snapshots/one-suspended").await.json_of(201);
    assert_eq!(kept["name"], "one-suspended");
    let (there, next) = (walk(&server).await, page_token(&server).await);

    control.reset().await;
    let state = async || {
        let token = api.token().await;
        api.user(&token, &somebody).await.json()["state"].clone()
    };
    assert_eq!(state().await, "ACTIVE");
    assert_eq!(isolated.ask_for_a_token().await.status, 401, "it came after the seed");
    let listed = control.done("GET", "/snapshots").await;
    assert_eq!(listed["snapshots"].as_array().unwrap().len(), 1, "a reset keeps them");
    assert_eq!(listed["snapshots"][0], kept);

    let _ = control.done("POST", "/snapshots/one-suspended:restore").await;
    assert_eq!(state().await, "SUSPENDED");
    assert!(walk(&server).await == there, "somebody is not as in the snapshot");
    assert_eq!(isolated.list_all(&isolated.token().await, "").await.len(), 3);
    // The clock stands where it stood, and so even what has the time in it is the same.
    assert_eq!(page_token(&server).await, next);
    let clock = control.done("GET", "/clock").await;
    assert_eq!((&clock["frozen"], &clock["now"]), (&json!(true), &kept["made"]), "{clock}");
    // The next isolated account is another one.
    let other = control.account(&json!({ "users": 3 })).await;
    assert_ne!(other.credentials.account_id, isolated.credentials.account_id);

    for n in 1..20 {
        assert_eq!(control.call("PUT", &format!("/snapshots/more-{n}")).await.status, 201);
    }
    let one_more = control.call("PUT", "/snapshots/one-too-many").await.json_of(409);
    assert!(one_more["error"].as_str().unwrap().contains("20 snapshots"), "{one_more}");
    assert_eq!(control.call("PUT", "/snapshots/more-1").await.status, 201, "it is replaced");
    let _ = control.done("DELETE", "/snapshots/more-1").await;
    assert_eq!(control.call("DELETE", "/snapshots/more-1").await.status, 404);
}

async fn a_double_that_was_kept_is_reset_to_its_seed(store: Store) {
    let server = RunningServer::start(store).await;
    let seeded = walk(&server).await;
    let somebody = suspend_somebody(&server).await;
    let isolated = Control::of(&server).account(&json!({})).await;
    let server = RunningServer::start_on(server.stop().await, &[]).await;
    let (control, api) = (Control::of(&server), server.api(Family::V1));
    let state = api.user(&api.token().await, &somebody).await.json()["state"].clone();
    assert_eq!(state, "SUSPENDED", "the folder was kept as it was left");
    let mut again =
        api.with_client(&isolated.credentials.client_id, &isolated.credentials.client_secret);
    again.credentials.account_id.clone_from(&isolated.credentials.account_id);
    assert_eq!(again.list_all(&again.token().await, "").await.len(), 50);
    control.reset().await;
    assert!(walk(&server).await == seeded, "somebody is not as in the seed");
    assert_eq!(again.ask_for_a_token().await.status, 401);
}

/// Clients that list and suspend while the double is reset: each answer is one that can be, and what
/// is left is whole.
#[tokio::test(flavor = "multi_thread")]
async fn resets_under_load_leave_a_whole_double() {
    let server = RunningServer::start(Store::Sqlite).await;
    let control = Control::of(&server);
    let seeded = walk(&server).await;
    let (over, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let api = server.api(Family::V1);
    let token = api.token().await;
    let active = api.list_all(&token, "filter=user.isActive()").await;
    let callers: Vec<_> = active
        .iter()
        .rev()
        .take(6)
        .map(|user| user["id"].as_str().unwrap().to_owned())
        .map(|user| {
            let (api, token) = (api.clone(), token.clone());
            let (over, done) = (Arc::clone(&over), Arc::clone(&done));
            tokio::spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    let suspended = api.suspend(&token, &user).await;
                    assert_eq!(suspended.json_of(200)["state"], "SUSPENDED");
                    assert_eq!(api.list(&token, "max_page_size=1000").await.page().0.len(), 50);
                    assert_eq!(api.reactivate(&token, &user).await.status, 200);
                    done.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for _ in 0..30 {
        let so_far = done.load(Ordering::Relaxed);
        while done.load(Ordering::Relaxed) < so_far + 3 {
            assert!(callers.iter().all(|caller| !caller.is_finished()), "a client was surprised");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        control.reset().await;
    }
    over.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.await.unwrap();
    }
    control.reset().await;
    assert!(walk(&server).await == seeded, "somebody is not as in the seed");
    let database = server.stop().await;
    assert!(admin(&["integrity"], &database, &[]).await.status.success());
    assert!(admin(&["audit", "verify"], &database, &[]).await.status.success());
    note_secret(&token);
}
