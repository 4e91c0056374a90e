//! Refusals of somebody known are records, a hundred an hour for each application; the rest of the
//! hour is counted, and the count is a record with the first refusal after it.

use std::time::Duration;

use rollcall_directory::acting::{Presented, Refusal};
use rollcall_directory::applications::{EditApplication, Scope, Scopes};
use rollcall_directory::store::Store;
use rollcall_directory::tokens::Claims;

use crate::organisation::*;
use crate::stage::Stage;

on_both!(
    a_refusal_is_recorded_with_whom_it_was_about,
    a_stranger_leaves_no_record,
    a_hundred_an_hour_are_recorded_and_the_rest_counted,
    the_cap_is_each_applications_own_and_outlives_a_restart,
    a_refusal_of_scope_is_recorded_too
);

const HOUR: Duration = Duration::from_secs(3600);

async fn refuse(store: &Store, org: &Organisation, token: &Claims, times: usize) {
    let ask = |_| ask(store, by_token(token.clone()), org.account, org.suspend(99));
    let asked: Vec<_> = (0..times).map(ask).collect();
    for answer in asked {
        assert_eq!(answer.await.unwrap().map(|_| ()), Err(Refusal::NoSuchUser));
    }
}

async fn count(stage: &Stage, kind: &str) -> usize {
    stage.texts(&format!("select kind from audit where kind = '{kind}'")).await.len()
}

async fn a_refusal_is_recorded_with_whom_it_was_about(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let by = by_token(org.token(&store).await);
    let answer = store.act(by, org.account, org.suspend(PEOPLE)).await.unwrap();
    assert_eq!(answer.map(|_| ()), Err(Refusal::ExternallyManaged(user_id(PEOPLE))));
    let bodies = stage.texts("select body from audit where kind = 'refused'").await;
    assert_eq!(bodies.len(), 1);
    assert!(bodies[0].contains(r#""act":"suspend_user","why":"user_externally_managed""#));
    let about = "select user_id from audit where kind = 'refused'";
    assert_eq!(stage.texts(about).await, [user_id(PEOPLE).to_string()]);
    let by = "select by_application from audit where kind = 'refused'";
    assert_eq!(stage.texts(by).await, [org.application.to_string()]);
}

async fn a_stranger_leaves_no_record(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    let before = head(&store, org.account).await;
    stage.clock.advance(HOUR);
    let answer = store.act(by_token(token.clone()), org.account, org.suspend(3)).await.unwrap();
    assert_eq!(answer.map(|_| ()), Err(Refusal::TokenDead));
    let client =
        Presented::ClientSecret { client: org.application, secret: a_secret(99), from: HERE };
    let revoke = rollcall_directory::tokens::RevokeToken { token };
    let answer = store.act(client, org.account, revoke).await.unwrap();
    assert_eq!(answer, Err(Refusal::ClientUnknown));
    assert_eq!(head(&store, org.account).await, before);
}

async fn a_hundred_an_hour_are_recorded_and_the_rest_counted(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    refuse(&store, &org, &token, 60).await;
    assert_eq!(count(stage, "refused").await, 60);
    refuse(&store, &org, &token, 60).await;
    assert_eq!(count(stage, "refused").await, 100);
    stage.clock.advance(Duration::from_secs(800));
    refuse(&store, &org, &token, 3).await;
    assert_eq!(count(stage, "refused").await, 100);
    // What is not a refusal is recorded whatever the tally says.
    let by = by_token(token.clone());
    store.act(by, org.account, org.suspend(3)).await.unwrap().unwrap();
    assert_eq!(count(stage, "user_suspended").await, 1);
    stage.clock.advance(HOUR - Duration::from_secs(800));
    let token = org.token(&store).await;
    assert_eq!(count(stage, "refusals_counted").await, 0);
    refuse(&store, &org, &token, 2).await;
    assert_eq!(count(stage, "refused").await, 102);
    let counted = stage.texts("select body from audit where kind = 'refusals_counted'").await;
    assert_eq!(counted.len(), 1);
    assert!(counted[0].contains(r#""count":23"#), "{}", counted[0]);
    verify(&store, org.account, None).await.unwrap();
}

async fn the_cap_is_each_applications_own_and_outlives_a_restart(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    operator(&store, org.account, register(5)).await;
    let token = org.token(&store).await;
    refuse(&store, &org, &token, 101).await;
    let other = issue(&store, register(5).id, a_secret(5)).await.unwrap();
    refuse(&store, &org, &other, 5).await;
    assert_eq!(count(stage, "refused").await, 105);
    store.close().await;
    drop(store);
    let store = stage.open().await;
    refuse(&store, &org, &token, 5).await;
    assert_eq!(count(stage, "refused").await, 105);
    // The operator is not capped: who can write to the database needs no log to fill the disk.
    for _ in 0..3 {
        refused(&store, org.account, org.suspend(99)).await;
    }
    assert_eq!(count(stage, "refused").await, 108);
}

async fn a_refusal_of_scope_is_recorded_too(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    let get = Scopes::of(&[Scope::GetUser]);
    operator(&store, org.account, EditApplication::scopes(org.application, get)).await;
    let by = by_token(token);
    let answer = store.act(by, org.account, org.suspend(3)).await.unwrap();
    assert_eq!(answer.map(|_| ()), Err(Refusal::ScopeMissing(Scope::SuspendUsers)));
    let bodies = stage.texts("select body from audit where kind = 'refused'").await;
    assert!(bodies[0].contains("scope_missing"));
}
