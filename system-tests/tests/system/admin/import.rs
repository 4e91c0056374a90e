//! People from a CSV file: a dry run says what would be, `--apply` does it for all or nobody, and
//! whoever is there already stays as they are.

use std::path::PathBuf;

use rollcall_system_tests::{RunningServer, Store};
use rollcall_wire::route::Family;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Operator, all};

on_both_stores!(
    a_dry_run_changes_nothing_and_an_apply_adds_all,
    who_is_there_stays_as_they_are,
    a_bad_file_adds_nobody_and_every_line_is_told,
    standard_input_is_read,
);

const HEADER: &str = "email,display_name,groups,externally_managed\n";

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("people.csv")
    }

    fn write(&self, rows: &str) -> String {
        std::fs::write(self.path(), format!("{HEADER}{rows}")).unwrap();
        self.path().to_str().unwrap().to_owned()
    }
}

fn outcomes(told: &Value) -> Vec<&str> {
    all(told["rows"].as_array().unwrap(), "outcome")
}

async fn a_dry_run_changes_nothing_and_an_apply_adds_all(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    let (operator, api, files) = (Operator::of(&server), server.api(Family::V1), Files::new());
    let token = api.token().await;
    let file =
        files.write("ann@example.com,Ann,,\nbo@example.com,\"Bo, B.\",owners;security,true\n");
    let before = api.list_all(&token, "").await.len();
    let dry = operator.json(&["people", "import", &file]).await;
    assert_eq!((&dry["applied"], &dry["add"]), (&json!(false), &json!(2)));
    let said = operator.run(&["people", "import", &file]).await.well();
    said.says("dry run");
    assert_eq!(api.list_all(&token, "").await.len(), before);

    let done = operator.json(&["people", "import", &file, "--apply"]).await;
    assert_eq!((&done["applied"], &done["add"]), (&json!(true), &json!(2)));
    let bo = api.id_of(&token, "bo@example.com").await;
    api.suspend(&token, &bo).await.refuses(403, 7, "user_externally_managed");
    let found = operator.people(&["--match", "bo@example.com"]).await;
    assert_eq!(found[0]["groups"], json!(["owners", "security"]));
    // The same again is no change.
    let again = operator.json(&["people", "import", &file, "--apply"]).await;
    assert_eq!(outcomes(&again), ["unchanged", "unchanged"]);
    let printed = operator.run(&["audit", "verify"]).await.well().stdout;
    assert!(printed.contains("whole"), "{printed}");
}

async fn who_is_there_stays_as_they_are(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    let (operator, api, files) = (Operator::of(&server), server.api(Family::V1), Files::new());
    let token = api.token().await;
    operator.json(&["people", "add", "--email", "ann@example.com", "--name", "Ann"]).await;
    let ann = api.id_of(&token, "ann@example.com").await;
    operator.run(&["people", "suspend", "ann@example.com"]).await.well();
    let file = files.write("ANN@example.com,Anne,owners,\nbo@example.com,Bo,,\n");

    let strict = operator.run(&["people", "import", &file, "--apply", "--strict"]).await;
    assert_eq!(strict.code(), 1);
    strict.says("--strict");
    assert!(operator.people(&["--match", "bo@example.com"]).await.is_empty());

    let done = operator.json(&["people", "import", &file, "--apply"]).await;
    assert_eq!(outcomes(&done), ["different", "add"]);
    assert_eq!(done["rows"][0]["different"], json!(["email", "display_name", "groups"]));
    assert_eq!(done["rows"][0]["suspended"], true);
    let found = api.user(&token, &ann).await.json_of(200);
    assert_eq!((&found["state"], &found["display_name"]), (&json!("SUSPENDED"), &json!("Ann")));
    assert_eq!(operator.people(&["--match", "bo@example.com"]).await.len(), 1);
}

async fn a_bad_file_adds_nobody_and_every_line_is_told(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    let (operator, files) = (Operator::of(&server), Files::new());
    let file = files.write("ann@example.com,Ann,,\nnobody,N,,\nbo@example.com,Bo,kings,\n");
    for more in [&[][..], &["--apply"]] {
        let words = [&["people", "import", &file], more].concat();
        let ended = operator.run(&words).await;
        assert_eq!((ended.code(), &*ended.stdout), (2, ""));
        ended.says(&format!("{file}:3: email: "));
        ended.says(&format!("{file}:4: groups: "));
        ended.says("2 bad lines; nobody was added");
        let ended = operator.run(&[&*words, &["--json"]].concat()).await;
        let told: Value = serde_json::from_str(&ended.stdout).unwrap();
        assert_eq!((ended.code(), &told["errors"][1]["line"]), (2, &json!(4)));
    }
    assert!(operator.people(&["--match", "ann@example.com"]).await.is_empty());
    let missing = operator.run(&["people", "import", "/nowhere/people.csv"]).await;
    assert_eq!(missing.code(), 1);
}

async fn standard_input_is_read(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    let (operator, files) = (Operator::of(&server), Files::new());
    files.write("ann@example.com,Ann,,\n");
    let command = operator.command(&["people", "import", "-", "--apply"]);
    command.input(&files.path()).run().await.well();
    assert_eq!(operator.people(&["--match", "ann@example.com"]).await.len(), 1);
}
