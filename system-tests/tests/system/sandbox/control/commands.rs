//! `rollcall sandbox`: finds the double, does what it says, and tells the way out where it cannot.

use std::path::Path;

use rollcall_system_tests::{Ended, PATIENCE, Rollcall, note_secret};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;
use tokio::time::timeout;

/// A double whose file is in this folder.
async fn double(place: &Path) -> (Child, Value) {
    let dev = Rollcall::new(["dev", "--listen", "127.0.0.1:0", "--json"]);
    let mut child = dev.env("XDG_RUNTIME_DIR", place).spawn();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    timeout(PATIENCE, stdout.read_line(&mut line)).await.unwrap().unwrap();
    let said: Value = serde_json::from_str(&line).unwrap();
    for secret in ["client_secret", "owner_password", "sandbox_token"] {
        note_secret(said[secret].as_str().unwrap());
    }
    (child, said)
}

async fn sandbox(place: &Path, arguments: &[&str]) -> Ended {
    let all = ["sandbox"].iter().chain(arguments);
    Rollcall::new(all).env("XDG_RUNTIME_DIR", place).run().await
}

async fn json(place: &Path, arguments: &[&str]) -> Value {
    let ended = sandbox(place, &[arguments, &["--json"]].concat()).await.well();
    assert_eq!(ended.stdout.lines().count(), 1, "{}", ended.stdout);
    serde_json::from_str(&ended.stdout).unwrap()
}

#[tokio::test]
async fn every_command_does_what_it_says() {
    let place = TempDir::new().unwrap();
    let place = place.path();
    let (_double, said) = double(place).await;
    assert!(sandbox(place, &["reset"]).await.well().stdout.starts_with("Reset in "));
    assert!(json(place, &["reset"]).await["took_millis"].as_f64().unwrap() > 0.0);
    let ahead = sandbox(place, &["clock", "advance", "15m"]).await.well().stdout;
    assert!(ahead.contains("900 s ahead"), "{ahead}");
    assert_eq!(json(place, &["clock", "freeze"]).await["frozen"], true);
    assert!(sandbox(place, &["clock", "show"]).await.well().stdout.contains("stands still"));
    assert_eq!(json(place, &["clock", "resume"]).await["frozen"], false);

    sandbox(place, &["snapshot", "save", "one"]).await.well();
    assert!(sandbox(place, &["snapshot", "list"]).await.well().stdout.starts_with("one "));
    sandbox(place, &["snapshot", "restore", "one"]).await.well();
    sandbox(place, &["snapshot", "delete", "one"]).await.well();
    let gone = sandbox(place, &["snapshot", "restore", "one"]).await;
    assert_eq!(gone.code(), 1);
    gone.says("hint:");
    assert_eq!(sandbox(place, &["snapshot", "save", "One"]).await.code(), 2);
    assert_eq!(sandbox(place, &["snapshot", "save", "../one"]).await.code(), 2);

    let faults = json(place, &["fault", "list"]).await["faults"].as_array().unwrap().len();
    let add = ["fault", "add", "busy", "--operation", "ListUsers", "--times", "2"];
    sandbox(place, &[&add[..], &["--status", "429", "--retry-after", "1"]].concat()).await.well();
    let listed = json(place, &["fault", "list"]).await;
    let listed = listed["faults"].as_array().unwrap();
    assert_eq!(listed.len(), faults + 1);
    assert!(listed.iter().any(|one| one["name"] == "busy" && one["set_by"] == "control_api"));
    assert_eq!(sandbox(place, &add).await.code(), 2, "nothing is said to go wrong");
    sandbox(place, &["fault", "clear", "busy"]).await.well();
    assert_eq!(sandbox(place, &["fault", "clear", "busy"]).await.code(), 1, "it is out already");
    sandbox(place, &["fault", "clear"]).await.well();
    let left = json(place, &["fault", "list"]).await["faults"].as_array().unwrap().len();
    assert_eq!(left, faults, "those of the scenarios stay");
    let fault = place.join("fault.json");
    let text = r#"{"name": "cut", "effect": {"kind": "cut_body", "after_bytes": 3}}"#;
    std::fs::write(&fault, text).unwrap();
    let file = fault.to_str().unwrap();
    assert!(sandbox(place, &["fault", "add", "--file", file]).await.well().stdout.contains("cut"));
    std::fs::write(&fault, "{\"name\": ").unwrap();
    assert_eq!(sandbox(place, &["fault", "add", "--file", file]).await.code(), 2);

    let made = json(place, &["account", "add", "--users", "3"]).await;
    note_secret(made["client_secret"].as_str().unwrap());
    let account = made["account_id"].as_str().unwrap();
    let listed = sandbox(place, &["account", "list"]).await.well().stdout;
    assert!(listed.contains(account) && listed.contains(said["account_id"].as_str().unwrap()));
    assert_eq!(sandbox(place, &["account", "add", "--users", "0"]).await.code(), 2);
    let rehearsed = json(place, &["account", "add", "--scenarios"]).await;
    for application in rehearsed["applications"].as_array().unwrap() {
        note_secret(application["client_secret"].as_str().unwrap());
    }
    assert!(rehearsed["people"]["last-owner"].is_string(), "{:?}", rehearsed["people"]);
    let scenarios = sandbox(place, &["scenarios"]).await.well().stdout;
    assert!(scenarios.contains("last-owner@") && scenarios.contains("A right client: "));
}

#[tokio::test]
async fn it_is_found_by_its_file_by_its_variables_or_by_name() {
    let place = TempDir::new().unwrap();
    let place = place.path();
    let nobody = sandbox(place, &["reset"]).await;
    assert_eq!(nobody.code(), 1);
    nobody.says("no double is running");
    nobody.says("rollcall dev");

    let (mut one, said) = double(place).await;
    sandbox(place, &["reset"]).await.well();
    let (mut two, other) = double(place).await;
    let which = sandbox(place, &["reset"]).await;
    assert_eq!(which.code(), 2);
    which.says("several doubles are running");
    let url = |said: &Value| said["sandbox_url"].as_str().unwrap().to_owned();
    sandbox(place, &["reset", "--url", &url(&said)]).await.well();
    let token = other["sandbox_token"].as_str().unwrap();
    let elsewhere = TempDir::new().unwrap();
    let named = ["reset", "--url", &url(&other), "--token", token];
    sandbox(elsewhere.path(), &named).await.well();
    let no_token = sandbox(elsewhere.path(), &["reset", "--url", &url(&other)]).await;
    assert_eq!(no_token.code(), 2);
    no_token.says("--token");
    let wrong = sandbox(place, &["reset", "--url", &url(&said), "--token", token]).await;
    assert_eq!(wrong.code(), 1);
    wrong.says("not the token");

    // Killed, it leaves its file behind: that is noticed, said once, and forgotten.
    one.kill().await.unwrap();
    sandbox(place, &["reset"]).await.well();
    two.kill().await.unwrap();
    let ended = sandbox(place, &["reset"]).await;
    assert_eq!(ended.code(), 1);
    ended.says("has ended");
    sandbox(place, &["reset"]).await.says("no double is running");
}

#[tokio::test]
async fn the_command_of_dev_resets_its_own_double() {
    let script = "\"$ROLLCALL\" sandbox account add --users 2 >/dev/null && \"$ROLLCALL\" sandbox reset --json";
    let dev = Rollcall::new(["dev", "--listen", "127.0.0.1:0", "--", "sh", "-c", script]);
    let dev = dev.env("ROLLCALL", rollcall_system_tests::rollcall_binary());
    let ended = dev.env("XDG_RUNTIME_DIR", TempDir::new().unwrap().path()).run().await.well();
    assert!(ended.stdout.contains("took_millis"), "{}", ended.stdout);
}

/// A folder that others could have made is not used, and the double is good without it.
#[tokio::test]
async fn a_folder_that_is_open_to_others_is_not_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = TempDir::new().unwrap();
    let folder = place.path().join("rollcall");
    std::fs::create_dir(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).unwrap();
    let dev = Rollcall::new(["dev", "--listen", "127.0.0.1:0", "--", "true"]);
    let ended = dev.env("XDG_RUNTIME_DIR", place.path()).run().await.well();
    ended.says("only you can open");
    let refused = sandbox(place.path(), &["reset"]).await;
    assert_eq!(refused.code(), 1);
    refused.says("only you can open");
    assert!(std::fs::read_dir(&folder).unwrap().next().is_none());
}

#[tokio::test]
async fn its_help_has_examples() {
    for verb in [
        &["sandbox"][..],
        &["sandbox", "reset"],
        &["sandbox", "clock", "advance"],
        &["sandbox", "snapshot", "save"],
        &["sandbox", "fault", "add"],
        &["sandbox", "account", "add"],
    ] {
        let ended = Rollcall::new([verb, &["--help"]].concat()).run().await.well();
        assert!(ended.stdout.contains("Example"), "{verb:?}:\n{}", ended.stdout);
    }
}
