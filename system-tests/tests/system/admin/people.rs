//! One person by the operator: added, suspended, reactivated, put into groups and removed, each in
//! force on the next call of the server; and the list.

use rollcall_directory::groups::Groups;
use rollcall_directory::users::{ImportPeople, NewPerson, State};
use rollcall_directory::world::UserId;
use rollcall_system_tests::{RunningServer, Store, note_secret};
use rollcall_wire::route::Family;

use super::{Operator, all};

on_both_stores!(
    a_person_comes_and_goes_under_a_running_server,
    an_active_owner_remains,
    what_is_so_already_is_told_and_leaves_no_record,
    whoever_is_named_wrongly_is_not_found,
    the_list_is_narrowed_and_printed_in_each_form,
    a_name_does_nothing_to_a_terminal_or_a_spreadsheet,
    somebody_is_found_by_an_address_with_spaces_around_it,
);

const ANN: &str = "ann@example.com";

async fn a_person_comes_and_goes_under_a_running_server(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    let (operator, api) = (Operator::of(&server), server.api(Family::V1));
    let token = api.token().await;
    let added = operator.json(&["people", "add", "--email", ANN, "--name", "Ann Arbor"]).await;
    let id = added["id"].as_str().unwrap();
    assert_eq!(api.user(&token, id).await.json_of(200)["state"], "ACTIVE");
    operator
        .refuses(&["people", "add", "--email", "ANN@example.com", "--name", "A"], "there already")
        .await;

    let why = ["--why", "stolen laptop"];
    let words = [&["people", "suspend", "ANN@Example.com"], &why[..]].concat();
    assert_eq!(operator.json(&words).await["state"], "suspended");
    assert_eq!(api.user(&token, id).await.json_of(200)["state"], "SUSPENDED");
    operator.run(&["people", "reactivate", id]).await.well();
    assert_eq!(api.user(&token, id).await.json_of(200)["state"], "ACTIVE");
    let grouped = operator.json(&["people", "group", "add", ANN, "security"]).await;
    assert_eq!(grouped["groups"], serde_json::json!(["security"]));

    // Nobody is here to be asked, so nothing happens without a word.
    let unasked = operator.run(&["people", "remove", ANN]).await;
    assert_eq!(unasked.code(), 2);
    unasked.says("--yes");
    assert_eq!(api.user(&token, id).await.status, 200);
    operator.run(&["people", "remove", ANN, "--yes"]).await.well();
    api.user(&token, id).await.refuses(404, 5, "user_not_found");
    api.suspend(&token, id).await.refuses(404, 5, "user_not_found");
    operator.refuses(&["people", "remove", ANN, "--yes"], "nobody called").await;
    // The address is free, and who gets it is somebody else.
    let heir = operator.json(&["people", "add", "--email", ANN, "--name", "Another Ann"]).await;
    assert_ne!(heir["id"], *id);
    operator.run(&["audit", "verify"]).await.well();
}

async fn an_active_owner_remains(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    let (operator, api) = (Operator::of(&server), server.api(Family::V1));
    let owner = &server.credentials.owner_email;
    for words in [
        &["people", "remove", owner, "--yes"][..],
        &["people", "suspend", owner],
        &["people", "group", "remove", owner, "owners"],
    ] {
        operator.refuses(words, "no active owner would remain").await;
    }
    operator.json(&["people", "add", "--email", ANN, "--name", "Ann", "--group", "owners"]).await;
    operator.run(&["people", "suspend", ANN]).await.well();
    operator.refuses(&["people", "remove", owner, "--yes"], "no active owner").await;
    operator.run(&["people", "reactivate", ANN]).await.well();
    operator.run(&["people", "remove", owner, "--yes"]).await.well();
    // And the API holds the same rule for who is left.
    let token = api.token().await;
    let ann = api.id_of(&token, ANN).await;
    api.suspend(&token, &ann).await.refuses(403, 7, "no_owner_remain");
}

async fn what_is_so_already_is_told_and_leaves_no_record(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    let operator = Operator::of(&server);
    operator.json(&["people", "add", "--email", ANN, "--name", "Ann"]).await;
    let head = async || operator.run(&["audit", "head"]).await.well().stdout;
    let before = head().await;
    for words in [&["people", "reactivate", ANN][..], &["people", "group", "remove", ANN, "owners"]]
    {
        assert_eq!(operator.json(words).await["changed"], false, "{words:?}");
    }
    let told = operator.run(&["people", "reactivate", ANN]).await.well().stdout;
    assert!(told.starts_with("was active already"), "{told}");
    assert_eq!(head().await, before);
    assert_eq!(operator.json(&["people", "suspend", ANN]).await["changed"], true);
    assert_eq!(operator.json(&["people", "suspend", ANN]).await["changed"], false);
}

async fn whoever_is_named_wrongly_is_not_found(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    let operator = Operator::of(&server);
    let nobody = UserId::from_bytes([9; 16]).to_string();
    for who in [&nobody, "nobody@example.com"] {
        operator.refuses(&["people", "suspend", who], "there is nobody called").await;
        operator.refuses(&["people", "group", "add", who, "owners"], "nobody called").await;
    }
    for words in [
        &["people", "suspend", "nobody"][..],
        &["people", "group", "add", ANN, "kings"],
        &["people", "add", "--email", "nobody", "--name", "x"],
        &["people", "add", "--email", ANN, "--name", ""],
        &["people", "list", "--state", "sad"],
        &["people", "list", "--csv", "--json"],
    ] {
        assert_eq!(operator.run(words).await.code(), 2, "{words:?}");
    }
}

async fn the_list_is_narrowed_and_printed_in_each_form(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    let (operator, api) = (Operator::of(&server), server.api(Family::V1));
    let token = api.token().await;
    let shown = operator.people(&[]).await;
    let of_the_api = api.list_all(&token, "max_page_size=1000").await;
    assert_eq!(all(&shown, "id"), all(&of_the_api, "id"), "the same people in the same order");
    let email = shown[7]["email"].as_str().unwrap();
    let part = email[1..email.len() - 2].to_uppercase();
    let found = operator.people(&["--match", &part]).await;
    assert!(all(&found, "email").contains(&email) && found.len() < shown.len(), "{found:?}");
    let suspended = operator.people(&["--state", "suspended"]).await;
    assert_eq!(
        all(&suspended, "id"),
        all(&api.list_all(&token, "filter=user.isSuspended()").await, "id")
    );
    assert!(operator.people(&["--match", "nobody at all"]).await.is_empty());
    let words = operator.run(&["people", "list"]).await.well().stdout;
    assert_eq!(words.lines().count(), shown.len());
    let csv = operator.run(&["people", "list", "--csv"]).await.well().stdout;
    assert_eq!(csv.lines().count(), shown.len() + 1);
    assert!(csv.starts_with("id,email,display_name,state,groups,externally_managed,create_time\n"));
}

async fn a_name_does_nothing_to_a_terminal_or_a_spreadsheet(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    let (operator, beside) = (Operator::of(&server), server.beside().await);
    let person = NewPerson {
        id: UserId::from_bytes([9; 16]),
        email: "=1+1@example.com".to_owned(),
        display_name: "\u{1b}[31mred\u{202e}\r\nroot".to_owned(),
        state: State::Active,
        groups: Groups::default(),
        externally_managed: false,
        created: beside.store.world().now(),
    };
    beside.act(ImportPeople { people: vec![person] }).await;
    let words = operator.run(&["people", "list", "--match", "=1+1"]).await.well().stdout;
    assert_eq!(words.lines().count(), 1);
    assert!(words.ends_with("\\u{1b}[31mred\\u{202e}\\u{d}\\u{a}root\n"), "{words}");
    let csv = operator.run(&["people", "list", "--match", "=1+1", "--csv"]).await.well().stdout;
    assert!(csv.contains(",'=1+1@example.com,"), "{csv}");
}

async fn somebody_is_found_by_an_address_with_spaces_around_it(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    let operator = Operator::of(&server);
    operator.json(&["people", "add", "--email", " o@x.com ", "--name", "O"]).await;
    let named = " O@X.com ";
    for words in [
        &["people", "suspend", named][..],
        &["people", "reactivate", named],
        &["people", "group", "add", named, "security"],
    ] {
        assert_eq!(operator.json(words).await["email"], "o@x.com", "{words:?}");
    }
    let link = operator.json(&["people", "link", named]).await;
    note_secret(link["link"]["code"].as_str().unwrap());
    operator.json(&["people", "remove", named, "--yes"]).await;
}
