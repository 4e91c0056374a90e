//! An owner is made again when none can sign in: whoever is named, from whatever they were.

use rollcall_directory::sessions::{Password, StoredPassword};
use rollcall_system_tests::{Beside, RunningServer, Store, note_secret};
use rollcall_wire::route::Family;
use serde_json::{Value, json};

use super::Operator;

on_both_stores!(
    a_locked_out_owner_is_back_with_a_new_password,
    a_member_or_somebody_new_becomes_an_owner,
    nobody_is_recovered_by_accident,
);

async fn has_password(beside: &Beside, user: &str, password: &str) -> bool {
    let user = user.parse().unwrap();
    let kept = beside.store.read(&StoredPassword { account: beside.account, user }).await.unwrap();
    kept.is_some_and(|kept| Password::new(password.to_owned()).matches(&kept))
}

fn password_of(recovered: &Value) -> String {
    let password = recovered["password"].as_str().unwrap().to_owned();
    note_secret(&password);
    password
}

async fn a_locked_out_owner_is_back_with_a_new_password(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    let (operator, api) = (Operator::of(&server), server.api(Family::V1));
    let (beside, token) = (server.beside().await, api.token().await);
    let email = &server.credentials.owner_email;
    let owner = api.id_of(&token, email).await;
    operator
        .json(&["people", "add", "--email", "b@example.com", "--name", "B", "--group", "owners"])
        .await;
    assert_eq!(api.suspend(&token, &owner).await.status, 200);

    let recovered = operator.json(&["recover", "--email", &email.to_uppercase()]).await;
    assert_eq!((&recovered["id"], &recovered["reactivated"]), (&json!(owner), &json!(true)));
    assert_eq!((&recovered["added"], &recovered["promoted"]), (&json!(false), &json!(false)));
    assert_eq!(api.user(&token, &owner).await.json_of(200)["state"], "ACTIVE");
    assert!(has_password(&beside, &owner, &password_of(&recovered)).await);
    assert!(!has_password(&beside, &owner, &server.credentials.owner_password).await);
    let kept = operator.json(&["recover", "--email", email, "--keep-password"]).await;
    assert_eq!(kept["password"], Value::Null);
    assert!(has_password(&beside, &owner, &password_of(&recovered)).await);
    operator.run(&["audit", "verify"]).await.well();
}

async fn a_member_or_somebody_new_becomes_an_owner(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    let (operator, beside) = (Operator::of(&server), server.beside().await);
    operator.json(&["people", "add", "--email", "m@example.com", "--name", "M"]).await;
    let member = operator.json(&["recover", "--email", "m@example.com"]).await;
    assert_eq!((&member["promoted"], &member["groups"]), (&json!(true), &json!(["owners"])));
    password_of(&member);
    let new = operator.json(&["recover", "--email", "new@example.com", "--name", "New"]).await;
    assert_eq!((&new["added"], &new["groups"]), (&json!(true), &json!(["owners"])));
    assert!(has_password(&beside, new["id"].as_str().unwrap(), &password_of(&new)).await);
    // They are owners by every rule: the first one may go now.
    let owner = &server.credentials.owner_email;
    operator.run(&["people", "remove", owner, "--yes"]).await.well();
}

async fn nobody_is_recovered_by_accident(store: Store) {
    let server = RunningServer::with_one_account(store).await;
    let operator = Operator::of(&server);
    let before = operator.people(&[]).await;
    operator.refuses(&["recover", "--email", "nobody@example.com"], "--name").await;
    for words in [&["recover"][..], &["recover", "--email", "nobody"]] {
        assert_eq!(operator.run(words).await.code(), 2, "{words:?}");
    }
    assert_eq!(operator.people(&[]).await, before);
}
