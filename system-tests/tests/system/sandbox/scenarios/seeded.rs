//! The scenario account as a double starts with it, and that the default account knows nothing of it.

use rollcall_sandbox::scenario::{Scenario, Whose};
use rollcall_system_tests::{Control, RunningServer, Store};
use rollcall_wire::route::Family;
use serde_json::Value;

use super::{a_server, text};

on_both_stores!(every_person_and_application_is_there);

pub(super) async fn every_person_and_application_is_there(store: Store) {
    let server = RunningServer::start(store).await;
    let listed = Control::of(&server).done("GET", "/scenarios").await;
    let accounts = listed["accounts"].as_array().unwrap();
    assert_eq!(accounts.len(), 1);
    let account = &accounts[0];
    assert_eq!(account["name"], "Rollcall Scenarios");
    assert_ne!(account["account_id"], *server.credentials.account_id);
    let shown = |whose, of: &str| {
        let keys = |one: &Value| text(&one["scenario"]);
        let shown: Vec<String> = account[of].as_array().unwrap().iter().map(keys).collect();
        let all = Scenario::ALL.iter().filter(|one| one.whose() == whose);
        let all: Vec<&str> = all.map(|one| one.key()).collect();
        assert_eq!(shown, all);
    };
    shown(Whose::Person, "people");
    shown(Whose::Application, "applications");

    let mut api = server.api(Family::V1);
    api.credentials.account_id = text(&account["account_id"]);
    let full = &account["applications"][0];
    let api = api.with_client(&text(&full["client_id"]), &text(&full["client_secret"]));
    let people = api.list_all(&api.token().await, "").await;
    assert_eq!(people.len(), 60);
    for person in account["people"].as_array().unwrap() {
        let is_they = |one: &&Value| one["id"] == person["id"] && one["email"] == person["email"];
        assert_eq!(people.iter().filter(is_they).count(), 1, "{person}");
    }
}

/// Plain: everybody answers, and no fault names the account.
#[tokio::test]
async fn nothing_happens_in_the_default_account() {
    let server = a_server().await;
    let faults = Control::of(&server).done("GET", "/faults").await;
    let faults = faults["faults"].as_array().unwrap();
    assert!(!faults.is_empty());
    let account = &server.credentials.account_id;
    assert!(faults.iter().all(|one| one["when"]["account"].is_string()));
    assert!(faults.iter().all(|one| one["when"]["account"] != **account));
    let api = server.api(Family::V1);
    let token = api.token().await;
    let people = api.list_all(&token, "").await;
    assert_eq!(people.len(), 50);
    for person in &people {
        assert_eq!(api.user(&token, &text(&person["id"])).await.json_of(200), *person);
    }
}

#[tokio::test]
async fn without_scenarios_there_is_one_account_and_no_fault() {
    let server = RunningServer::with_one_account(Store::Sqlite).await;
    let control = Control::of(&server);
    assert_eq!(control.done("GET", "/scenarios").await["accounts"], serde_json::json!([]));
    assert_eq!(control.done("GET", "/faults").await["faults"], serde_json::json!([]));
    let accounts = control.done("GET", "/accounts").await;
    assert_eq!(accounts["accounts"].as_array().unwrap().len(), 1);
}
