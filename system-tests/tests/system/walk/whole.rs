//! The walk, byte by byte: take a token, list two at a time, follow the page token, get, suspend
//! twice, reactivate, revoke, and be refused. On both stores, by both families of addresses.

use rollcall_system_tests::{Answer, Api, RunningServer, Store};
use rollcall_wire::route::Family;
use serde_json::Value;

on_both_stores!(the_whole_walk, tokens_of_one_family_work_in_the_other);

async fn the_whole_walk(store: Store) {
    let server = RunningServer::start(store).await;
    for &family in Family::ALL {
        walk(&server.api(family)).await;
    }
}

async fn walk(api: &Api) {
    let token = take_a_token(api).await;
    let everybody = page_through(api, &token).await;
    assert_eq!(everybody.len(), 50);

    let somebody = everybody.iter().rev().find(|user| user["state"] == "ACTIVE").unwrap();
    let id = somebody["id"].as_str().unwrap();
    is_user(&api.user(&token, id).await, somebody, "ACTIVE");
    is_user(&api.suspend(&token, id).await, somebody, "SUSPENDED");
    is_user(&api.suspend(&token, id).await, somebody, "SUSPENDED");
    is_user(&api.user(&token, id).await, somebody, "SUSPENDED");
    is_user(&api.reactivate(&token, id).await, somebody, "ACTIVE");
    is_user(&api.reactivate(&token, id).await, somebody, "ACTIVE");

    let other = api.token().await;
    let revoked = api.revoke(&token).await;
    assert_eq!((revoked.status, &*revoked.text), (200, ""));
    assert_eq!(revoked.header("content-type"), None);
    for refused in [
        api.list(&token, "").await,
        api.user(&token, id).await,
        api.suspend(&token, id).await,
        api.reactivate(&token, id).await,
    ] {
        refused.refuses(401, 16, "token_invalid");
        let challenge = r#"Bearer realm="rollcall", error="invalid_token""#;
        assert_eq!(refused.header("www-authenticate"), Some(challenge));
    }
    is_user(&api.user(&other, id).await, somebody, "ACTIVE");
}

async fn take_a_token(api: &Api) -> String {
    let answer = api.ask_for_a_token().await;
    let body = answer.json_of(200);
    let token = body["access_token"].as_str().unwrap();
    let exactly = format!(
        r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":900,"scope":"openid"}}"#
    );
    assert_eq!(answer.text, exactly);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    let unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    assert!(token.chars().all(unreserved), "a token needs no escaping");
    token.to_owned()
}

/// Two at a time: the last page alone is without a page token.
async fn page_through(api: &Api, token: &str) -> Vec<Value> {
    let (mut users, mut next) = api.list(token, "max_page_size=2").await.page();
    let mut pages = 1;
    while let Some(page_token) = next {
        let unescaped = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        assert!(page_token.len() <= 256 && page_token.chars().all(unescaped), "{page_token}");
        let query = format!("max_page_size=2&page_token={page_token}");
        let (more, after) = api.list(token, &query).await.page();
        assert_eq!(more.len(), 2);
        users.extend(more);
        (next, pages) = (after, pages + 1);
    }
    assert_eq!(pages, 25);
    let order: Vec<_> = users.iter().map(|user| user["create_time"].as_str()).collect();
    assert!(order.is_sorted(), "people come in the order in which they were added");
    assert_eq!(api.list_all(token, "").await, users, "25 at a time are the same people");
    users
}

/// Exactly the six fields, in their order.
#[track_caller]
fn is_user(answer: &Answer, listed: &Value, state: &str) {
    assert_eq!(answer.json_of(200)["state"], state);
    let [id, email, name, created, path] =
        ["id", "email", "display_name", "create_time", "path"].map(|field| &listed[field]);
    let exactly = format!(
        r#"{{"id":{id},"email":{email},"display_name":{name},"state":"{state}","create_time":{created},"path":{path}}}"#
    );
    assert_eq!(answer.text, exactly);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.header("x-request-id").is_some_and(|id| !id.is_empty()));
}

async fn tokens_of_one_family_work_in_the_other(store: Store) {
    let server = RunningServer::start(store).await;
    let (beta, v1) = (server.api(Family::V1beta1), server.api(Family::V1));
    let token = beta.token().await;
    let ((people, next), (same, _)) =
        (v1.list(&token, "").await.page(), beta.list(&token, "").await.page());
    assert_eq!(people, same);
    let next = format!("page_token={}", next.unwrap());
    assert_eq!(beta.list(&token, &next).await.page().0.len(), 25, "page tokens too");
    assert_eq!(v1.revoke(&token).await.status, 200);
    beta.list(&token, "").await.refuses(401, 16, "token_invalid");
}
