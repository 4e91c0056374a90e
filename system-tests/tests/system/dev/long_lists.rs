//! A list of a thousand, walked to its end: everybody once. And walked while people are added,
//! suspended and reactivated: whoever was there all the while is shown exactly once.

use std::collections::HashMap;

use rollcall_directory::groups::Groups;
use rollcall_directory::users::{ImportPeople, NewPerson, Reactivate, State, Suspend};
use rollcall_directory::world::{Moment, UserId};
use rollcall_system_tests::{Api, Beside, RunningServer, Store};
use rollcall_wire::route::Family;
use serde_json::Value;

on_both_stores!(a_thousand_people_are_listed_once_each, a_list_that_changes_is_walked);

async fn a_thousand_people_are_listed_once_each(store: Store) {
    let server = RunningServer::start_with(store, &["--users", "1000"]).await;
    for &family in Family::ALL {
        let api = server.api(family);
        let token = api.token().await;
        for size in ["", "max_page_size=333", "maxPageSize=1000"] {
            let everybody = api.list_all(&token, size).await;
            assert_eq!((everybody.len(), times_seen(&everybody).len()), (1000, 1000), "{size}");
        }
        let active = api.list_all(&token, "filter=user.isActive()&max_page_size=100").await;
        let suspended = api.list_all(&token, "filter=user.isSuspended()&max_page_size=10").await;
        assert!(active.iter().all(|user| user["state"] == "ACTIVE"));
        assert!(suspended.iter().all(|user| user["state"] == "SUSPENDED"));
        assert!(suspended.len() > 10 && active.len() + suspended.len() == 1000);
    }
}

fn times_seen(people: &[Value]) -> HashMap<&str, usize> {
    let mut times = HashMap::new();
    for person in people {
        *times.entry(person["id"].as_str().unwrap()).or_default() += 1;
    }
    times
}

/// Between two pages: somebody joins before the cursor and somebody after it, one person who was
/// shown and one who was not are suspended and come back.
async fn a_list_that_changes_is_walked(store: Store) {
    let server = RunningServer::start_with(store, &["--users", "200"]).await;
    let (api, beside) = (server.api(Family::V1), server.beside().await);
    let token = api.token().await;
    let everybody = api.list_all(&token, "max_page_size=1000").await;
    let active = api.list_all(&token, "max_page_size=1000&filter=user.isActive()").await;
    let movable: Vec<String> = active[60..].iter().map(id_of).collect();
    for (filter, there_throughout) in
        [("", everybody), ("filter=user.isActive()&", active[..60].to_vec())]
    {
        let seen = walk_while_it_changes(&api, &token, &beside, filter, &movable).await;
        let times = times_seen(&seen);
        for person in &there_throughout {
            assert_eq!(times.get(&*id_of(person)), Some(&1), "{filter} {}", person["email"]);
        }
        assert!(times.values().all(|times| *times == 1), "somebody was shown twice");
    }
}

async fn walk_while_it_changes(
    api: &Api,
    token: &str,
    beside: &Beside,
    filter: &str,
    movable: &[String],
) -> Vec<Value> {
    let query = format!("{filter}max_page_size=10");
    let (mut seen, mut next) = api.list(token, &query).await.page();
    let mut turns = 0;
    while let Some(page_token) = next {
        let cursor = seen.last().unwrap()["create_time"].as_str().unwrap().to_owned();
        join(beside, Moment::from_seconds(1)).await;
        join(beside, beside.store.world().now()).await;
        let shown = movable.iter().rfind(|id| seen.iter().any(|user| user["id"] == **id));
        let coming = movable.iter().find(|id| !seen.iter().any(|user| user["id"] == **id));
        for id in shown.into_iter().chain(coming) {
            suspend_and_let_back_in(beside, id.parse().unwrap()).await;
        }
        let page = api.list(token, &format!("{query}&page_token={page_token}")).await.page();
        assert!(page.0.iter().all(|user| user["create_time"].as_str().unwrap() >= &*cursor));
        seen.extend(page.0);
        next = page.1;
        turns += 1;
        assert!(turns < 100, "two join and ten are shown each turn: this should have ended");
    }
    assert!(turns > 10, "the list was walked in pages");
    seen
}

fn id_of(user: &Value) -> String {
    user["id"].as_str().unwrap().to_owned()
}

async fn join(beside: &Beside, created: Moment) {
    let id = UserId::from_bytes(beside.store.world().bytes());
    let person = NewPerson {
        id,
        email: format!("{id}@joined.example"),
        display_name: "Joined Meanwhile".to_owned(),
        state: State::Active,
        groups: Groups::default(),
        externally_managed: false,
        created,
    };
    beside.act(ImportPeople { people: vec![person] }).await;
}

async fn suspend_and_let_back_in(beside: &Beside, user: UserId) {
    let (account, user) = (Some(beside.account), Some(user));
    assert!(beside.act(Suspend { account, user, why: None }).await.is_suspended());
    assert!(
        !beside.act(Reactivate { account, user, why: None, guarded: false }).await.is_suspended()
    );
}
