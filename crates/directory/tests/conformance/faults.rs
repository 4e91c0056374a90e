//! A fault in a batch fails the guilty one alone: its neighbours are run again, each by itself, and
//! nothing of the guilty one is left.

use rollcall_directory::acting::{Presented, Refusal};
use rollcall_directory::users::ImportPeople;

use crate::organisation::*;
use crate::stage::Stage;

on_both!(
    only_the_guilty_one_fails,
    a_client_id_belongs_to_the_first,
    the_store_works_on_after_a_fault
);

async fn only_the_guilty_one_fails(stage: &Stage) {
    let store = stage.open().await;
    let (first, org) = (organisation(&store, 1).await, organisation(&store, 2).await);
    let before = stage.records(org.account).await.len();
    let by = || Presented::Operator;
    let held = stage.hold(org.account).await;
    let innocent = ask(&store, by(), org.account, org.suspend(3));
    // The id is another account's client, which the facts of this account cannot show.
    let guilty = ask(&store, by(), org.account, register(1));
    let refused = ask(&store, by(), org.account, org.suspend(99));
    let people = ask(&store, by(), org.account, ImportPeople { people: vec![a_person(20)] });
    let last = ask(&store, by(), org.account, org.suspend(20));
    held.let_go().await;
    assert!(innocent.await.unwrap().unwrap().is_suspended());
    assert!(guilty.await.is_err());
    assert_eq!(refused.await.unwrap().map(|_| ()), Err(Refusal::NoSuchUser));
    assert_eq!(people.await.unwrap(), Ok(1));
    assert!(last.await.unwrap().unwrap().is_suspended());
    let records = stage.records(org.account).await;
    let expected = ["user_suspended", "refused", "people_imported", "user_suspended"];
    assert_eq!(records[before..], expected);
    assert_eq!(stored_application(&store, org.account, first.application).await, None);
    for account in [first.account, org.account] {
        verify(&store, account, None).await.unwrap();
    }
}

async fn a_client_id_belongs_to_the_first(stage: &Stage) {
    let store = stage.open().await;
    for n in [1, 2] {
        operator(&store, account_id(n), create_account(n)).await;
    }
    let both = [1, 2].map(|n| {
        let store = store.clone();
        tokio::spawn(
            async move { store.act(Presented::Operator, account_id(n), register(7)).await },
        )
    });
    let mut made = Vec::new();
    for task in both {
        made.push(task.await.unwrap().is_ok_and(|answer| answer.is_ok()));
    }
    assert_eq!(made.iter().filter(|made| **made).count(), 1);
    let token = issue(&store, register(7).id, a_secret(7)).await.unwrap();
    assert_eq!(token.account, if made[0] { account_id(1) } else { account_id(2) });
}

async fn the_store_works_on_after_a_fault(stage: &Stage) {
    let store = stage.open().await;
    let (_, org) = (organisation(&store, 1).await, organisation(&store, 2).await);
    for n in [3, 4, 5] {
        assert!(store.act(Presented::Operator, org.account, register(1)).await.is_err());
        operator(&store, org.account, org.suspend(n)).await;
    }
    verify(&store, org.account, None).await.unwrap();
    assert!(store.integrity().await.unwrap().is_empty());
}
