//! An organisation's own server: founded from nothing, administered beside, ended and started again.

use rollcall_system_tests::{Ground, RunningServe, Store, http_client, send_signal};
use serde_json::{Value, json};

on_both_stores!(
    from_nothing_to_the_first_calls_and_again_after_a_restart,
    metadata_is_built_from_the_settings_and_never_from_the_request,
);

async fn from_nothing_to_the_first_calls_and_again_after_a_restart(store: Store) {
    let server = RunningServe::start(store).await;
    assert_eq!(server.said["public_url"], "http://localhost:8787");
    assert_eq!(server.said["root_key"].as_str().unwrap().len(), 16);
    let api = server.api();
    let token = api.token().await;
    assert_eq!(api.suspend(&token, &server.member).await.status, 200);
    // Told to read its certificates again, it goes on.
    send_signal(server.pid(), "HUP").await;
    assert_eq!(api.suspend(&token, &server.member).await.status, 200);
    let (credentials, member) = (server.credentials.clone(), server.member.clone());
    let ground = server.stop().await;

    let heads = ground.admin(&["audit", "head"], &[]).run().await.well();
    assert!(heads.stdout.starts_with(&credentials.account_id), "{}", heads.stdout);
    let server = RunningServe::again(ground, &credentials, &member).await;
    let user = server.api().user(&token, &member).await.json_of(200);
    assert_eq!(user["state"], "SUSPENDED");
    server.stop().await;
}

async fn metadata_is_built_from_the_settings_and_never_from_the_request(store: Store) {
    let ground = Ground::fresh(store).await;
    let url = "https://people.example.com";
    let server = RunningServe::start_on(ground, &["--public-url", url]).await;
    let metadata =
        format!("{}/.well-known/oauth-authorization-server", server.credentials.base_url);
    let asked = http_client().build().unwrap().get(metadata).header("host", "evil.example");
    let metadata: Value = asked.send().await.unwrap().json().await.unwrap();
    assert_eq!(metadata["issuer"], url);
    assert!(!metadata.to_string().contains("evil"), "{metadata}");
    server.stop().await;
}

#[tokio::test]
async fn every_setting_is_printed_with_where_it_came_from() {
    let ground = Ground::fresh(Store::Sqlite).await;
    let printed = ground
        .admin(&["settings"], &["--json", "--limits-header-timeout", "5s"])
        .env("ROLLCALL_LOG_FILTER", "warn")
        .env("ROLLCALL_LISTEN", "")
        .run()
        .await
        .well();
    let all: Vec<Value> = serde_json::from_str(&printed.stdout).unwrap();
    for (key, value, from) in [
        ("listen", json!("127.0.0.1:0"), "file"),
        ("limits.header_timeout", json!("5s"), "flag"),
        ("log.filter", json!("warn"), "environment"),
        ("limits.stop_within", json!("20s"), "default"),
        ("store.database", Value::Null, "default"),
    ] {
        assert!(all.contains(&json!({ "key": key, "value": value, "from": from })), "{key}");
    }
    let table = ground.admin(&["settings"], &[]).run().await.well().stdout;
    assert_eq!(table.lines().count(), all.len());
}
