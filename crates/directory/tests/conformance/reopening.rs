//! Closed and opened again, everything is there: what acts answered, what tokens say, what pages
//! follow, and who was refused how often.

use rollcall_directory::Fault;
use rollcall_directory::acting::{Presented, Refusal};
use rollcall_directory::audit::VerifyAudit;
use rollcall_directory::tokens::{Claims, RevokeToken};
use rollcall_directory::users::{After, ListUsers, StateFilter};

use crate::organisation::*;
use crate::stage::Stage;

on_both!(
    everything_is_there_after_a_restart,
    what_comes_after_closing_is_refused,
    what_is_read_after_closing_is_refused_too,
    what_waited_is_done_before_closing
);

fn all(org: &Organisation, revoked: &Claims) -> Look {
    Look {
        users: (1..=PEOPLE).map(user_id).collect(),
        applications: vec![org.application],
        tokens: vec![revoked.token],
    }
}

async fn everything_is_there_after_a_restart(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let (token, revoked) = (org.token(&store).await, org.token(&store).await);
    let revoke = RevokeToken { token: revoked.clone() };
    store.act(org.client(), org.account, revoke).await.unwrap().unwrap();
    operator(&store, org.account, org.suspend(3)).await;
    refused(&store, org.account, org.suspend(99)).await;
    let before = operator(&store, org.account, all(&org, &revoked)).await;
    let page = store.read(&org.list(&store, &token, 2)).await.unwrap().unwrap();
    let (text, now) = (token.seal(&store.keys()), store.world().now());
    let next = page.next.unwrap().seal(&store.keys(), org.account, StateFilter::All, now);
    let kept = head(&store, org.account).await;
    store.close().await;
    drop(store);

    let store = stage.open().await;
    assert_eq!(operator(&store, org.account, all(&org, &revoked)).await, before);
    assert_eq!(head(&store, org.account).await, kept);
    let whole = VerifyAudit { account: org.account, extends: Some(kept) };
    assert!(store.read_long(whole).await.unwrap().unwrap().is_ok());
    let token = Claims::open(text.expose(), &store.keys()).unwrap();
    let after = After::open(&next, &store.keys(), org.account, StateFilter::All, now).unwrap();
    let rest = ListUsers { after: Some(after), ..org.list(&store, &token, 10) };
    let rest = store.read(&rest).await.unwrap().unwrap().users;
    assert_eq!(rest.len(), usize::from(PEOPLE) - 2);
    assert_eq!(org.get(&store, &revoked, 3).await, Err(Refusal::TokenDead));
    assert!(store.integrity().await.unwrap().is_empty());
}

async fn what_comes_after_closing_is_refused(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    store.close().await;
    let answer = store.act(Presented::Operator, org.account, org.suspend(3)).await;
    assert!(matches!(answer, Err(Fault::Unavailable(_))), "{answer:?}");
    store.close().await;
    drop(store);
    let store = stage.open().await;
    assert!(!stored_user(&store, org.account, user_id(3)).await.unwrap().is_suspended());
}

async fn what_waited_is_done_before_closing(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let acts: Vec<_> =
        (3..=5).map(|n| ask(&store, Presented::Operator, org.account, org.suspend(n))).collect();
    store.close().await;
    let mut done = Vec::new();
    for act in acts {
        // Answered either way; what was answered with yes is there.
        done.push(act.await.is_ok_and(|answer| answer.is_ok()));
    }
    drop(store);
    let store = stage.open().await;
    for (n, done) in (3..=5).zip(done) {
        let found = stored_user(&store, org.account, user_id(n)).await.unwrap();
        assert!(!done || found.is_suspended(), "person {n} was acknowledged and is lost");
    }
}

async fn what_is_read_after_closing_is_refused_too(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    let question = org.list(&store, &token, 10);
    store.read(&question).await.unwrap().unwrap();
    store.close().await;
    let answer = store.read(&question).await;
    assert!(matches!(answer, Err(Fault::Unavailable(_))), "a closed store answers");
}
