//! The switches of `dev` that change what is answered, where the hosted service is silent or is
//! going to change.

use rollcall_system_tests::{RunningServer, Store};
use rollcall_wire::route::{Family, Route};
use serde_json::json;

#[tokio::test]
async fn a_family_that_is_off_is_not_there() {
    for (served, on, off) in
        [("v1", Family::V1, Family::V1beta1), ("v1beta1", Family::V1beta1, Family::V1)]
    {
        let server = RunningServer::start_with(Store::Sqlite, &["--routes", served]).await;
        let (on, off) = (server.api(on), server.api(off));
        let token = on.token().await;
        assert_eq!(on.list(&token, "").await.page().0.len(), 25);
        for &route in Route::ALL.iter().filter(|route| !route.is_shared()) {
            let path = off.path(route, "AAAAAAAAAAAAAAAAAAAAAAAAAA");
            let answer = off.bearer(route.method().as_str(), &path, &token).await;
            answer.refuses(404, 5, "not_found");
        }
        let metadata = on.get_path(on.path(Route::Metadata, "").as_str()).await.json_of(200);
        let token_endpoint = format!("{}{}", on.credentials.base_url, on.path(Route::Token, ""));
        assert_eq!(metadata["token_endpoint"], token_endpoint);
        let described = on.get_path("/openapi.json").await.json_of(200);
        let paths: Vec<&String> = described["paths"].as_object().unwrap().keys().collect();
        let off_prefix = format!("/{}/", off.family);
        assert!(!paths.is_empty() && !paths.iter().any(|path| path.starts_with(&off_prefix)));
    }
}

#[tokio::test]
async fn refusals_explain_themselves_when_they_are_told_to() {
    let server = RunningServer::start_with(Store::Sqlite, &["--error-details", "explain"]).await;
    let api = server.api(Family::V1);
    let token = api.token().await;
    let owner = api.id_of(&token, &api.credentials.owner_email).await;
    let body = api.suspend(&token, &owner).await.json_of(403);
    assert_eq!((&body["code"], &body["message"]), (&json!(7), &json!("no_owner_remain")));
    let [info] = &body["details"].as_array().unwrap()[..] else { panic!("one detail: {body}") };
    assert_eq!(info["@type"], "type.googleapis.com/google.rpc.ErrorInfo");
    assert_eq!(info["reason"], "NO_OWNER_REMAIN");
    assert_eq!(info["metadata"]["user"], owner);
    assert!(info["metadata"]["explanation"].as_str().unwrap().contains("last active owner"));
    let nowhere = api.get_path("/nowhere").await.json_of(404);
    assert_eq!(nowhere["details"][0]["reason"], "NOT_FOUND");
}

#[tokio::test]
async fn the_token_type_may_be_in_lower_case() {
    let server = RunningServer::start_with(Store::Sqlite, &["--token-type", "bearer"]).await;
    let api = server.api(Family::V1beta1);
    assert_eq!(api.ask_for_a_token().await.json_of(200)["token_type"], "bearer");
}

#[tokio::test]
async fn the_last_page_may_carry_an_empty_token() {
    let server = RunningServer::start_with(Store::Sqlite, &["--last-page-token", "empty"]).await;
    let api = server.api(Family::V1beta1);
    let token = api.token().await;
    let last = api.list(&token, "max_page_size=1000").await;
    assert_eq!(last.page().1.as_deref(), Some(""));
    let (_, more) = api.list(&token, "max_page_size=2").await.page();
    assert!(more.is_some_and(|more| !more.is_empty()));
}

#[tokio::test]
async fn calls_of_one_application_may_be_limited() {
    let server = RunningServer::start_with(Store::Sqlite, &["--calls-per-minute", "3"]).await;
    let api = server.api(Family::V1);
    let (token, other) = (api.token().await, api.token().await);
    for token in [&token, &other, &token] {
        assert_eq!(api.list(token, "").await.status, 200);
    }
    let beside = server.beside().await;
    let another = beside.register(beside.account, rollcall_directory::applications::Scopes::ALL);
    let another = another.await;
    for refused in [api.list(&token, "").await, api.user(&other, "x").await] {
        refused.refuses(429, 8, "rate_limited");
        let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&seconds), "{seconds}");
    }
    // Tokens are not calls, and one application's limit is not another's.
    assert_eq!(api.ask_for_a_token().await.status, 200);
    let another = api.with_client(&another.id.to_string(), &another.secret);
    assert_eq!(another.list(&another.token().await, "").await.status, 200);
}
