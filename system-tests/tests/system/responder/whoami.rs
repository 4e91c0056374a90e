//! `rollcall whoami`: what it finds out, how it ends, and that it changes nobody.

use rollcall_directory::applications::{Scope, Scopes};
use rollcall_system_tests::{Control, Credentials, RunningServer, Store};
use serde_json::Value;

use super::desk::{Desk, json, named};

#[tokio::test]
async fn the_variables_of_dev_are_enough_and_nothing_is_changed() {
    let server = RunningServer::start(Store::Sqlite).await;
    let desk = Desk::new();
    let said = desk.run_with(&server.credentials, "whoami").await.well().stdout;
    for line in [
        "secret      from ROLLCALL_CLIENT_SECRET",
        "server      Rollcall, by its metadata document",
        "token       given",
        "list        allowed",
        "get         allowed",
        "suspend     not tried: it would change somebody",
        "reactivate  not tried: it would change somebody",
    ] {
        assert!(said.lines().any(|is| is == line), "{line:?} is not in:\n{said}");
    }
    let found = json(desk.run_with(&server.credentials, "whoami --json --routes v1").await);
    assert_eq!((&found["works"], &found["routes"]), (&Value::Bool(true), &"v1".into()));
    assert_eq!((&found["server"], &found["suspend"]), (&"rollcall".into(), &"not_tried".into()));
    assert_eq!(found["account_id"], server.credentials.account_id.as_str());

    let journal = Control::of(&server).done("GET", "/journal").await;
    let exchanges = journal["exchanges"].as_array().expect("a list");
    let posts: Vec<&str> = exchanges
        .iter()
        .filter(|exchange| exchange["sent"]["method"] == "POST")
        .map(|exchange| exchange["sent"]["target"].as_str().expect("an address"))
        .collect();
    assert_eq!(posts, ["/v1beta1/users/oauth2/token", "/v1/oauth/token"], "no act was posted");
}

#[tokio::test]
async fn what_an_application_may_do_is_found_out_by_trying() {
    let server = RunningServer::start(Store::Sqlite).await;
    let (desk, beside) = (Desk::new(), server.beside().await);
    for (scopes, list, get, status) in [
        (vec![Scope::ListUsers], "allowed", "refused", 0),
        (vec![Scope::GetUser], "refused", "allowed", 0),
        (vec![Scope::SuspendUsers], "refused", "refused", 4),
    ] {
        let client = beside.register(beside.account, Scopes::of(&scopes)).await;
        let credentials = Credentials {
            client_id: client.id.to_string(),
            client_secret: client.secret,
            ..server.credentials.clone()
        };
        let ended = desk.run_with(&credentials, "whoami --json").await;
        assert_eq!(ended.code(), status, "{}", ended.stderr);
        let found: Value = serde_json::from_str(&ended.stdout).expect("JSON");
        assert_eq!((&found["list"], &found["get"]), (&list.into(), &get.into()), "{found}");
    }
}

#[tokio::test]
async fn each_way_to_fail_has_its_status_and_its_way_out() {
    let server = RunningServer::start(Store::Sqlite).await;
    let desk = Desk::new();
    let none = desk.run("whoami").await;
    assert_eq!(none.code(), 2);
    none.says("`rollcall login` makes a profile");

    let is = &server.credentials;
    let wrong = Credentials { client_secret: "rcs_wrong".to_owned(), ..is.clone() };
    let wrong = desk.run_with(&wrong, "whoami").await;
    assert_eq!(wrong.code(), 4);
    wrong.says("hint: are client ID and secret those of a live application");
    assert!(wrong.stdout.contains("works       no"), "{}", wrong.stdout);

    let other = Credentials { account_id: "A".repeat(26), ..is.clone() };
    let other = desk.run_with(&other, "whoami").await;
    assert_eq!(other.code(), 4);
    other.says("hint: is the account's ID right?");

    let nowhere = Credentials { base_url: "http://127.0.0.1:1".to_owned(), ..is.clone() };
    let nowhere = desk.run_with(&nowhere, "whoami --timeout 5").await;
    assert_eq!(nowhere.code(), 3);
    nowhere.says("hint: is the base URL right");

    let file = desk.secret_file(&is.client_secret);
    let clear = named(is).replace("127.0.0.1", "192.0.2.1");
    let clear = desk.run(&format!("whoami {clear} --secret-file {file}")).await;
    assert_eq!(clear.code(), 2, "{}", clear.stderr);
}

#[tokio::test]
async fn verbose_shows_requests_and_no_secret_and_quiet_shows_none() {
    let server = RunningServer::start(Store::Sqlite).await;
    let desk = Desk::new();
    let ended = desk.run_with(&server.credentials, "whoami --verbose").await.well();
    assert!(ended.stderr.contains("/users"), "requests are told of: {}", ended.stderr);
    let secret = &server.credentials.client_secret;
    assert!(!ended.stderr.contains(secret) && !ended.stdout.contains(secret));
    assert!(!ended.stderr.to_lowercase().contains("authorization"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("rct_") && !ended.stderr.contains('\u{1b}'), "{}", ended.stderr);
    let ended = desk.run_with(&server.credentials, "whoami --quiet").await.well();
    assert_eq!(ended.stderr, "");
}
