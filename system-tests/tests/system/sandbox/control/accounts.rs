//! Isolated accounts: many at once, each with its own people, and the same ones after a reset.

use std::collections::HashSet;

use rollcall_system_tests::{Api, Control, RunningServer, Store};
use serde_json::{Value, json};

on_both_stores!(fifty_at_once_see_only_their_own_people, the_same_come_again_after_a_reset);

fn ids(people: &[Value]) -> HashSet<String> {
    people.iter().map(|user| user["id"].as_str().unwrap().to_owned()).collect()
}

async fn its_people(api: &Api) -> HashSet<String> {
    ids(&api.list_all(&api.token().await, "max_page_size=7").await)
}

async fn fifty_at_once_see_only_their_own_people(store: Store) {
    let server = RunningServer::start(store).await;
    let control = Control::of(&server);
    let tests: Vec<_> = (0..50_usize)
        .map(|n| {
            let control = control.clone();
            tokio::spawn(async move {
                let wanted = json!({ "name": format!("Test {n}"), "users": 5 + n % 20 });
                let api = control.account(&wanted).await;
                let people = its_people(&api).await;
                assert_eq!(people.len(), 5 + n % 20);
                let token = api.token().await;
                let active = api.list_all(&token, "filter=user.isActive()").await;
                // An administrator, of whom nobody else says that they are not to be touched.
                let somebody = active[1]["id"].as_str().unwrap();
                assert_eq!(api.suspend(&token, somebody).await.status, 200);
                assert_eq!(its_people(&api).await, people);
                (api, people)
            })
        })
        .collect();
    let mut everybody = HashSet::new();
    let mut accounts = HashSet::new();
    let mut last: Option<(Api, HashSet<String>)> = None;
    for test in tests {
        let (api, people) = test.await.unwrap();
        assert!(accounts.insert(api.credentials.account_id.clone()), "an account twice");
        assert!(everybody.is_disjoint(&people), "somebody is in two accounts");
        if let Some((other, of_other)) = &last {
            // Another account's people are not there for it.
            let stranger = of_other.iter().next().unwrap();
            let token = api.token().await;
            assert_eq!(api.user(&token, stranger).await.status, 404);
            let mut across = api.clone();
            across.credentials.account_id.clone_from(&other.credentials.account_id);
            assert_eq!(across.list(&token, "").await.status, 403);
        }
        everybody.extend(people.iter().cloned());
        last = Some((api, people));
    }
    let listed = control.done("GET", "/accounts").await;
    let listed = listed["accounts"].as_array().unwrap();
    let of_tests = |one: &&Value| one["name"].as_str().unwrap().starts_with("Test ");
    assert_eq!(listed.iter().filter(of_tests).count(), 50);
}

async fn the_same_come_again_after_a_reset(store: Store) {
    let server = RunningServer::start(store).await;
    let control = Control::of(&server);
    let mut before = Vec::new();
    for wanted in [json!({}), json!({ "users": 1 }), json!({ "name": "Third" })] {
        let api = control.account(&wanted).await;
        before.push((api.credentials.clone(), its_people(&api).await));
    }
    control.reset().await;
    for (wanted, (credentials, people)) in
        [json!({}), json!({ "users": 1 }), json!({ "name": "Third" })].iter().zip(&before)
    {
        let api = control.account(wanted).await;
        assert!(api.credentials == *credentials, "other credentials");
        assert_eq!(its_people(&api).await, *people);
    }
}
