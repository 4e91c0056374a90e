//! Accounts by the operator: made with their owner, listed, changed under a running server.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rollcall_directory::world::AccountId;
use rollcall_system_tests::{Database, Ended, Rollcall, RunningServer, Store, note_secret};
use rollcall_wire::route::Family;
use serde_json::Value;

use super::{Operator, all, lines};

on_both_stores!(
    an_account_is_made_with_its_owner,
    a_file_that_is_there_stops_it,
    an_account_of_one_id_is_made_once,
    which_account_is_meant_is_never_guessed,
    plan_and_provisioning_hold_on_the_next_call,
    what_cannot_be_is_wrong_use,
);

async fn account(database: &Database, words: &[&str]) -> Ended {
    let [option, place] = database.arguments();
    Rollcall::new([&["admin", "account"], words, &[&option, &place]].concat()).run().await
}

async fn made(database: &Database, words: &[&str]) -> Value {
    let words = [&["create", "--json"], words].concat();
    serde_json::from_str(&account(database, &words).await.well().stdout).unwrap()
}

async fn an_account_is_made_with_its_owner(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("link");
    let link = ["--setup-link", file.to_str().unwrap()];
    let owner = ["--owner-email", "ann@example.com", "--owner-name", "Ann Arbor"];
    let words = [&["--name", "Example Ltd", "--plan", "other"][..], &owner, &link].concat();
    let made = made(server.database(), &words).await;
    is_a_link_of(&made, &file);
    assert_eq!((&made["name"], &made["plan"]), (&"Example Ltd".into(), &"other".into()));
    assert_eq!(made["provisioning_automated"], false);
    let listed = lines(&account(server.database(), &["list", "--json"]).await.well().stdout);
    let mut ids = [&*server.credentials.account_id, made["account_id"].as_str().unwrap()];
    ids.sort_unstable();
    assert_eq!(all(&listed, "account_id"), ids);
    let there = Operator {
        database: server.database(),
        account: made["account_id"].as_str().unwrap().to_owned(),
    };
    let people = there.people(&[]).await;
    assert_eq!((people.len(), &people[0]["id"]), (1, &made["owner_id"]));
    assert_eq!(people[0]["groups"], serde_json::json!(["owners"]));
    there.refuses(&["people", "remove", "ann@example.com", "--yes"], "no active owner").await;
}

/// Address and code, for one reader; the code stands nowhere else.
fn is_a_link_of(made: &Value, file: &Path) {
    let text = std::fs::read_to_string(file).unwrap();
    let [address, code] = &text.lines().collect::<Vec<_>>()[..] else { panic!("two lines") };
    note_secret(code);
    let account = made["account_id"].as_str().unwrap();
    assert_eq!(*address, format!("/console/{account}/link"));
    assert!(code.starts_with("rcl_") && !made.to_string().contains(code));
    assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o7777, 0o600);
    let said = &made["setup_link"];
    assert_eq!((&said["purpose"], &said["code"]), (&"setup".into(), &Value::Null));
    assert_eq!(said["file"], file.to_str().unwrap());
}

/// Neither the account nor a link is there when the other cannot be.
async fn a_file_that_is_there_stops_it(store: Store) {
    let database = Database::fresh(store).await;
    let server = RunningServer::start_on(database, &["--no-scenarios"]).await;
    let taken = tempfile::NamedTempFile::new().unwrap();
    let file = taken.path().to_str().unwrap();
    let owner = ["--owner-email", "ann@example.com", "--owner-name", "Ann", "--setup-link", file];
    let refused =
        account(server.database(), &[&["create", "--name", "Nowhere"][..], &owner].concat()).await;
    assert_eq!(refused.code(), 2);
    refused.says("is there already");
    let listed = lines(&account(server.database(), &["list", "--json"]).await.well().stdout);
    assert_eq!(listed.len(), 1, "the account that dev made");
    // The other way round: no account of this id, so no file is left.
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("link");
    let (file, id) = (file.to_str().unwrap(), &*server.credentials.account_id);
    let owner = ["--owner-email", "ann@example.com", "--owner-name", "Ann", "--setup-link", file];
    let create = [&["create", "--name", "Twice", "--id", id][..], &owner].concat();
    assert_eq!(account(server.database(), &create).await.code(), 1);
    assert!(!Path::new(file).exists());
}

async fn an_account_of_one_id_is_made_once(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    let id = AccountId::from_bytes([9; 16]).to_string();
    let words = ["--name", "Once", "--id", &id];
    assert_eq!(made(server.database(), &words).await["account_id"], *id);
    let again = account(server.database(), &[&["create"], &words[..]].concat()).await;
    assert_eq!((again.code(), &*again.stdout), (1, ""));
    again.says("that account is there already");
    // Without one, each run makes another.
    let two = [
        made(server.database(), &["--name", "A"]).await,
        made(server.database(), &["--name", "A"]).await,
    ];
    assert_ne!(two[0]["account_id"], two[1]["account_id"]);
}

async fn which_account_is_meant_is_never_guessed(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    let set = ["set", "--plan", "business"];
    account(server.database(), &set).await.well();
    made(server.database(), &["--name", "Second"]).await;
    let unclear = account(server.database(), &set).await;
    assert_eq!(unclear.code(), 2);
    unclear.says("there are several accounts");
    let nobody = AccountId::from_bytes([9; 16]).to_string();
    let missing = account(server.database(), &[&set[..], &["--account", &nobody]].concat()).await;
    assert_eq!(missing.code(), 1);
    missing.says("account list");
}

async fn plan_and_provisioning_hold_on_the_next_call(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    let (operator, api) = (Operator::of(&server), server.api(Family::V1));
    let token = api.token().await;
    let set = async |words: &[&str]| operator.json(&[&["account", "set"], words].concat()).await;
    assert_eq!(api.list(&token, "").await.status, 200);
    assert_eq!(set(&["--plan", "other"]).await["changed"], true);
    api.list(&token, "").await.refuses(403, 7, "plan_not_entitled");
    assert_eq!(set(&["--plan", "other"]).await["changed"], false);
    assert_eq!(set(&["--plan", "business", "--provisioning", "on"]).await["changed"], true);
    api.list(&token, "").await.refuses(403, 7, "provisioning_automated");
    let now = set(&["--provisioning", "off", "--name", "Another name"]).await;
    assert_eq!(now["name"], "Another name");
    assert_eq!(api.list(&token, "").await.status, 200);
    operator.refuses(&["account", "set", "--name", " "], "1 to 200 characters").await;
}

async fn what_cannot_be_is_wrong_use(store: Store) {
    let database = Database::fresh(store).await;
    for words in [
        &["set"][..],
        &["set", "--plan", "golden"],
        &["set", "--provisioning", "perhaps"],
        &["create"],
        &["create", "--name", "x", "--owner-email", "ann@example.com"],
        &["create", "--name", "x", "--owner-email", "ann", "--owner-name", "Ann"],
        &["create", "--name", "x", "--id", "short"],
    ] {
        assert_eq!(account(&database, words).await.code(), 2, "{words:?}");
    }
    // Nobody has made a store there.
    assert_eq!(account(&database, &["list"]).await.code(), 1);
}
