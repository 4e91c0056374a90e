//! Applications and their secrets: found as they were stored, two secrets at most, an id used once.

use rollcall_directory::acting::Refusal;
use rollcall_directory::applications::{
    AddSecret, Application, DeleteApplication, EditApplication, LiveSecret, RegisterApplication,
    RetireSecret, Scope, Scopes, Terms,
};
use rollcall_directory::world::{ApplicationId, SecretId};

use crate::organisation::*;
use crate::stage::{NOW, Stage};

on_both!(
    an_application_is_found_as_it_was_registered,
    flaws_are_refused_and_nothing_is_kept,
    an_edit_is_kept,
    a_third_secret_is_refused,
    secrets_are_retired_one_by_one,
    a_deleted_application_is_gone_with_its_secrets,
    an_id_is_never_given_out_again,
    what_was_deleted_in_a_batch_is_not_registered_again_in_it,
    what_came_and_went_in_one_batch_is_not_given_out_again
);

fn id(n: u8) -> ApplicationId {
    register(n).id
}

fn add(n: u8, application: ApplicationId) -> AddSecret {
    let secret_id = SecretId::from_bytes([n; 8]);
    AddSecret {
        application,
        secret_id,
        secret: a_secret(n),
        label: format!("secret {n}"),
        terms: Terms::default(),
    }
}

async fn an_application_is_found_as_it_was_registered(stage: &Stage) {
    let store = stage.open().await;
    operator(&store, account_id(1), create_account(1)).await;
    let bits = 1..=15_u8;
    for n in bits {
        let scopes = Scopes::from_row(n.into()).unwrap();
        let act = RegisterApplication { scopes, ..register(n) };
        let answered = operator(&store, account_id(1), act.clone()).await;
        let expected = Application {
            id: act.id,
            name: act.name,
            description: act.description,
            redirect_url: act.redirect_url,
            scopes,
            secrets: vec![LiveSecret {
                id: act.secret_id,
                digest: act.secret,
                label: "first".to_owned(),
                created: NOW,
                terms: Terms::default(),
            }],
            created: NOW,
            made_by: None,
            version: 1,
        };
        assert_eq!(answered, expected);
        assert_eq!(stored_application(&store, account_id(1), act.id).await, Some(expected));
    }
}

async fn flaws_are_refused_and_nothing_is_kept(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let with = |change: fn(&mut RegisterApplication)| {
        let mut act = register(2);
        change(&mut act);
        act
    };
    for act in [
        with(|act| act.name = " ".to_owned()),
        with(|act| act.name = "é".repeat(101)),
        with(|act| act.description = "é".repeat(1001)),
        with(|act| act.redirect_url = "http://soar.example".to_owned()),
        with(|act| act.scopes = Scopes::default()),
    ] {
        let why = refused(&store, org.account, act).await;
        assert!(matches!(why, Refusal::Invalid(_)), "{why}");
    }
    let why = refused(&store, org.account, register(1)).await;
    assert_eq!(why, Refusal::Exists("application"));
    let clients = stage.texts("select application_id from clients").await;
    assert_eq!(clients, [org.application.to_string()]);
}

async fn an_edit_is_kept(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let before = stored_application(&store, org.account, org.application).await.unwrap();
    let all = EditApplication {
        id: org.application,
        name: Some("Renamed".to_owned()),
        description: Some(String::new()),
        redirect_url: Some("https://other.example/".to_owned()),
        scopes: Some(Scopes::of(&[Scope::GetUser])),
    };
    operator(&store, org.account, all.clone()).await;
    let after = stored_application(&store, org.account, org.application).await.unwrap();
    let expected = Application {
        name: "Renamed".to_owned(),
        description: String::new(),
        redirect_url: "https://other.example/".to_owned(),
        scopes: Scopes::of(&[Scope::GetUser]),
        version: before.version + 1,
        ..before
    };
    assert_eq!(after, expected);
    // The same again is nothing; no scope at all is refused; nobody else's is touched.
    assert_eq!(operator(&store, org.account, all).await, after);
    let none = EditApplication::scopes(org.application, Scopes::default());
    assert!(matches!(refused(&store, org.account, none).await, Refusal::Invalid(_)));
    let other = EditApplication::scopes(id(9), Scopes::ALL);
    assert_eq!(refused(&store, org.account, other).await, Refusal::NoSuchApplication);
    assert_eq!(stage.records(org.account).await[3..], ["application_edited", "refused", "refused"]);
}

async fn a_third_secret_is_refused(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    stage.clock.advance(std::time::Duration::from_millis(1));
    let answered = operator(&store, org.account, add(2, org.application)).await;
    assert_eq!(answered.secrets.len(), 2);
    let found = stored_application(&store, org.account, org.application).await.unwrap();
    assert_eq!(found, answered);
    let third = refused(&store, org.account, add(3, org.application)).await;
    assert!(matches!(third, Refusal::Invalid(_)));
    assert_eq!(stored_application(&store, org.account, org.application).await, Some(found));
    for n in [1, 2] {
        assert!(issue(&store, org.application, a_secret(n)).await.is_ok());
    }
    let nobody = refused(&store, org.account, add(3, id(9))).await;
    assert_eq!(nobody, Refusal::NoSuchApplication);
    let long = AddSecret { label: "é".repeat(101), ..add(3, org.application) };
    let first = RetireSecret { application: org.application, secret: org.secret_id };
    operator(&store, org.account, first).await;
    assert!(matches!(refused(&store, org.account, long).await, Refusal::Invalid(_)));
}

async fn secrets_are_retired_one_by_one(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    operator(&store, org.account, add(2, org.application)).await;
    let retire =
        |n| RetireSecret { application: org.application, secret: SecretId::from_bytes([n; 8]) };
    operator(&store, org.account, retire(1)).await;
    assert_eq!(issue(&store, org.application, a_secret(1)).await, Err(Refusal::ClientUnknown));
    assert!(issue(&store, org.application, a_secret(2)).await.is_ok());
    operator(&store, org.account, retire(1)).await;
    operator(&store, org.account, retire(2)).await;
    assert_eq!(issue(&store, org.application, a_secret(2)).await, Err(Refusal::ClientUnknown));
    let stopped = stored_application(&store, org.account, org.application).await.unwrap();
    assert!(stopped.secrets.is_empty());
    operator(&store, org.account, add(3, org.application)).await;
    assert!(issue(&store, org.application, a_secret(3)).await.is_ok());
    let records = stage.records(org.account).await;
    assert_eq!(records[3..], ["secret_added", "secret_retired", "secret_retired", "secret_added"]);
}

async fn a_deleted_application_is_gone_with_its_secrets(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    operator(&store, org.account, register(2)).await;
    operator(&store, org.account, DeleteApplication { id: org.application }).await;
    assert_eq!(stored_application(&store, org.account, org.application).await, None);
    assert_eq!(issue(&store, org.application, org.secret).await, Err(Refusal::ClientUnknown));
    let secrets = stage.texts("select application_id from secrets").await;
    assert_eq!(secrets, [id(2).to_string()]);
    let again = DeleteApplication { id: org.application };
    assert_eq!(refused(&store, org.account, again).await, Refusal::NoSuchApplication);
}

async fn an_id_is_never_given_out_again(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    operator(&store, account_id(2), create_account(2)).await;
    operator(&store, org.account, DeleteApplication { id: org.application }).await;
    for account in [org.account, account_id(2)] {
        let by = rollcall_directory::acting::Presented::Operator;
        let answer = store.act(by, account, register(1)).await;
        assert!(!matches!(answer, Ok(Ok(_))), "the id was given out again");
        assert_eq!(stored_application(&store, account, org.application).await, None);
    }
}

async fn what_was_deleted_in_a_batch_is_not_registered_again_in_it(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let operator = || rollcall_directory::acting::Presented::Operator;
    let held = stage.hold(org.account).await;
    let delete = DeleteApplication { id: org.application };
    let deleted = ask(&store, operator(), org.account, delete);
    let again = ask(&store, operator(), org.account, register(1));
    held.let_go().await;
    assert_eq!(deleted.await.unwrap(), Ok(()));
    assert!(!matches!(again.await, Ok(Ok(_))), "the id was given out again");
    assert_eq!(stored_application(&store, org.account, org.application).await, None);
}

async fn what_came_and_went_in_one_batch_is_not_given_out_again(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let operator = || rollcall_directory::acting::Presented::Operator;
    let held = stage.hold(org.account).await;
    let came = ask(&store, operator(), org.account, register(2));
    let went = ask(&store, operator(), org.account, DeleteApplication { id: id(2) });
    held.let_go().await;
    came.await.unwrap().unwrap();
    went.await.unwrap().unwrap();
    let answer = store.act(operator(), org.account, register(2)).await;
    assert!(!matches!(answer, Ok(Ok(_))), "the id was given out again");
}
