//! `rollcall conform`: Rollcall itself conforms on both stores, and each server that differs in one
//! thing is told exactly that.

mod differences;
mod stand_in;

use reqwest::Method;
use rollcall_system_tests::{Credentials, Ended, Rollcall, RunningServer, Store};
use rollcall_wire::route::{Family, Route};
use serde_json::Value;

use stand_in::{Reply, StandIn, Twist};

on_both_stores!(every_fact_holds_of_rollcall);

fn conform(credentials: &Credentials, target: &str, more: &[&str]) -> Rollcall {
    let arguments = [&["conform", "--target", target], more].concat();
    credentials
        .environment()
        .iter()
        .fold(Rollcall::new(arguments), |run, (name, value)| run.env(name, value))
}

/// What the run found that does not hold: the verdict and the fact's id.
fn found(ended: &Ended) -> Vec<(String, String)> {
    let read: Value = serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended:?}"));
    let facts = read["families"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|family| family["facts"].as_array().unwrap().iter());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    facts
        .filter(|fact| matches!(fact["verdict"].as_str().unwrap(), "differs" | "note"))
        .map(|fact| (text(&fact["verdict"]), text(&fact["id"])))
        .collect()
}

/// Somebody who may be suspended: a plain member who is active.
async fn somebody(server: &RunningServer) -> Value {
    let api = server.api(Family::V1beta1);
    let token = api.token().await;
    for user in api.list_all(&token, "max_page_size=1000").await {
        let id = user["id"].as_str().unwrap();
        if user["state"] == "ACTIVE" && api.suspend(&token, id).await.status == 200 {
            assert_eq!(api.reactivate(&token, id).await.status, 200);
            return user;
        }
    }
    panic!("nobody may be suspended")
}

async fn every_fact_holds_of_rollcall(store: Store) {
    let server = RunningServer::start(store).await;
    let credentials = &server.credentials;
    let user = somebody(&server).await;
    let email = user["email"].as_str().unwrap();
    let run = conform(credentials, &credentials.base_url, &["--json", "--acts", "--user", email]);
    let ended = run.run().await.well();
    let read: Value = serde_json::from_str(&ended.stdout).unwrap();
    let families = read["families"].as_array().unwrap();
    assert_eq!(families.len(), 2);
    for family in families {
        for fact in family["facts"].as_array().unwrap() {
            assert_eq!(fact["verdict"], "conforms", "{} {fact}", family["family"]);
        }
    }
    for said in [&ended.stdout, &ended.stderr] {
        assert!(!said.contains(&credentials.client_secret), "the secret was told");
    }
    ended.says("at most");

    let api = server.api(Family::V1);
    let token = api.token().await;
    assert_eq!(api.user(&token, user["id"].as_str().unwrap()).await.json_of(200), user);
}

#[tokio::test]
async fn without_acts_nothing_is_changed() {
    let server = RunningServer::start(Store::Sqlite).await;
    let credentials = &server.credentials;
    let api = server.api(Family::V1);
    let token = api.token().await;
    let before = api.list_all(&token, "max_page_size=1000").await;
    let ended = conform(credentials, &credentials.base_url, &[]).run().await.well();
    assert_eq!(api.list_all(&token, "max_page_size=1000").await, before);
    assert_eq!(api.list(&token, "").await.status, 200, "a token of somebody else's was revoked");
    for words in ["v1beta1\n", "v1\n", "nobody was named to act on (--acts)", "Nothing differs"] {
        assert!(ended.stdout.contains(words), "{words:?} is not in:\n{}", ended.stdout);
    }
}

#[tokio::test]
async fn a_suspended_person_is_put_back_suspended() {
    let server = RunningServer::start(Store::Sqlite).await;
    let credentials = &server.credentials;
    let user = somebody(&server).await;
    let id = user["id"].as_str().unwrap();
    let api = server.api(Family::V1);
    let token = api.token().await;
    assert_eq!(api.suspend(&token, id).await.status, 200);
    let more = ["--acts", "--user", id, "--routes", "v1"];
    conform(credentials, &credentials.base_url, &more).run().await.well();
    assert_eq!(api.user(&token, id).await.json_of(200)["state"], "SUSPENDED");
}

#[tokio::test]
async fn junit_has_a_case_for_each_fact() {
    let server = RunningServer::start(Store::Sqlite).await;
    let credentials = &server.credentials;
    let more = ["--format", "junit", "--routes", "v1"];
    let ended = conform(credentials, &credentials.base_url, &more).run().await.well();
    assert!(ended.stdout.starts_with("<?xml"), "{}", ended.stdout);
    assert!(ended.stdout.contains(r#"<testcase name="list-walk" classname="conform.v1""#));
    assert!(ended.stdout.contains(r#"failures="0""#), "{}", ended.stdout);
}

#[tokio::test]
async fn a_family_that_is_off_is_said_to_be_off() {
    let server = RunningServer::start_with(Store::Sqlite, &["--routes", "v1"]).await;
    let credentials = &server.credentials;
    let ended = conform(credentials, &credentials.base_url, &[]).run().await.well();
    assert!(ended.stdout.contains("v1beta1\n  not served here"), "{}", ended.stdout);
    let only = conform(credentials, &credentials.base_url, &["--routes", "v1beta1"]).run().await;
    assert_eq!(only.code(), 3, "{only:?}");
}

#[tokio::test]
async fn wrong_use_and_servers_that_cannot_be_reached_end_differently() {
    let server = RunningServer::start(Store::Sqlite).await;
    let credentials = &server.credentials;
    let wrong = conform(credentials, &credentials.base_url, &[]);
    let refused = wrong.env("ROLLCALL_CLIENT_SECRET", "wrong").run().await;
    assert_eq!(refused.code(), 3);
    refused.says("401 invalid_client");
    let nobody = conform(credentials, "http://127.0.0.1:1", &[]).run().await;
    assert_eq!(nobody.code(), 3);
    nobody.says("no answer from the server");
    let without = conform(credentials, &credentials.base_url, &[]);
    let without = without.env("ROLLCALL_CLIENT_SECRET", "").run().await;
    assert_eq!(without.code(), 2);
    without.says("--secret-file");
    let plain = conform(credentials, "http://api.example.com", &[]).run().await;
    assert_eq!(plain.code(), 2);
    plain.says("plain text");
    for more in [&["--acts"][..], &["--user", "x"], &["--acts", "--user", "no@example.com"]] {
        assert_eq!(conform(credentials, &credentials.base_url, more).run().await.code(), 2);
    }
}

/// A server that sends its clients away is not followed: the secret would go along.
#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = RunningServer::start(Store::Sqlite).await;
    let credentials = &server.credentials;
    let twist = Twist {
        before: |_, asked| {
            let mut reply = Reply::of(307, "{}");
            reply
                .headers
                .push(("location".to_owned(), asked.target.replace("/v1", "/elsewhere/v1")));
            assert!(!asked.target.starts_with("/elsewhere"), "it was followed");
            Some(reply)
        },
        after: |_, _, _| {},
    };
    let stand_in = StandIn::before(&credentials.base_url, twist).await;
    let ended = conform(credentials, &stand_in.url, &[]).run().await;
    assert_eq!(ended.code(), 3, "{ended:?}");
    ended.says("answered 307");
    // The address that it was sent to is none of the real server's either.
    let path = format!("/elsewhere{}", Route::Token.path(Family::V1));
    let api = server.api(Family::V1);
    assert_eq!(api.answer(api.request(Method::POST.as_str(), &path)).await.status, 404);
}

/// What a server sends back of what it was sent is not printed.
#[tokio::test]
async fn a_secret_that_comes_back_in_an_error_is_not_told() {
    let server = RunningServer::start(Store::Sqlite).await;
    let credentials = &server.credentials;
    let refuses_all = Twist {
        before: |_, _| None,
        after: |_, asked, reply| {
            let sent = asked.header("authorization").unwrap_or_default().to_owned() + &asked.body;
            if asked.is_token() {
                reply.status = 401;
            }
            if reply.status >= 400 || asked.is_revoke() {
                reply.body = serde_json::json!({ "error": sent, "message": sent }).to_string();
            }
        },
    };
    let refuses_some = Twist {
        before: |_, _| None,
        after: |_, asked, reply| {
            let sent = asked.header("authorization").unwrap_or_default().to_owned() + &asked.body;
            if reply.status >= 400 || asked.is_revoke() {
                reply.body = serde_json::json!({ "error": sent, "details": sent }).to_string();
            }
        },
    };
    for twist in [refuses_all, refuses_some] {
        let stand_in = StandIn::before(&credentials.base_url, twist).await;
        let ended = conform(credentials, &stand_in.url, &["--routes", "v1"]).run().await;
        assert!(ended.code() != 0, "{ended:?}");
        let said = format!("{}{}", ended.stdout, ended.stderr);
        for secret in ["rct_", "Basic ", "Bearer ey", credentials.client_secret.as_str()] {
            assert!(!said.contains(secret), "{secret} is in:\n{said}");
        }
    }
}
