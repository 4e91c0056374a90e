//! Accounts: made once, found as they were made, changed by the operator.

use rollcall_directory::accounts::{CreateAccount, Plan, SetAccount};
use rollcall_directory::acting::{Presented, Refusal};
use rollcall_directory::audit::HeadOf;
use rollcall_directory::store::Accounts;

use crate::organisation::*;
use crate::stage::{NOW, Stage};

on_both!(
    an_account_is_found_as_it_was_made,
    an_account_is_made_once,
    a_name_too_long_or_empty_is_refused,
    a_change_of_plan_and_provisioning_is_kept,
    there_is_no_account_before_it_is_made,
    accounts_are_listed_in_order_of_their_ids
);

async fn an_account_is_found_as_it_was_made(stage: &Stage) {
    let store = stage.open().await;
    let act =
        CreateAccount { plan: Plan::Other, provisioning_automated: true, ..create_account(1) };
    let made = operator(&store, account_id(1), act).await;
    let found = stored_account(&store, account_id(1)).await.unwrap();
    assert_eq!((found.plan, found.provisioning_automated), (Plan::Other, true));
    assert_eq!((found.name.as_str(), found.created, found.epoch), ("Organisation 1", NOW, 1));
    assert_eq!(found.head, head(&store, account_id(1)).await);
    assert_eq!(found.head.seq, 1);
    assert_eq!(found.rights(), made.rights());
    assert_eq!(stage.records(account_id(1)).await, ["account_created"]);
}

async fn an_account_is_made_once(stage: &Stage) {
    let store = stage.open().await;
    operator(&store, account_id(1), create_account(1)).await;
    let again = refused(&store, account_id(1), create_account(1)).await;
    assert_eq!(again, Refusal::Exists("account"));
    assert_eq!(stage.records(account_id(1)).await, ["account_created", "refused"]);
}

async fn a_name_too_long_or_empty_is_refused(stage: &Stage) {
    let store = stage.open().await;
    for name in [String::new(), "  ".to_owned(), "x".repeat(201)] {
        let act = CreateAccount { name, ..create_account(1) };
        assert!(matches!(refused(&store, account_id(1), act).await, Refusal::Invalid(_)));
    }
    assert_eq!(stored_account(&store, account_id(1)).await, None);
    assert!(stage.records(account_id(1)).await.is_empty());
}

async fn a_change_of_plan_and_provisioning_is_kept(stage: &Stage) {
    let store = stage.open().await;
    operator(&store, account_id(1), create_account(1)).await;
    operator(&store, account_id(2), create_account(2)).await;
    let other = SetAccount { plan: Some(Plan::Other), ..SetAccount::default() };
    let automated = SetAccount { provisioning_automated: Some(true), ..SetAccount::default() };
    operator(&store, account_id(1), other).await;
    operator(&store, account_id(1), automated.clone()).await;
    operator(&store, account_id(1), automated.clone()).await;
    operator(&store, account_id(1), SetAccount::default()).await;
    let found = stored_account(&store, account_id(1)).await.unwrap();
    assert_eq!((found.plan, found.provisioning_automated), (Plan::Other, true));
    let neighbour = stored_account(&store, account_id(2)).await.unwrap();
    assert_eq!((neighbour.plan, neighbour.provisioning_automated), (Plan::Business, false));
    let records = stage.records(account_id(1)).await;
    assert_eq!(records, ["account_created", "account_changed", "account_changed"]);
}

async fn there_is_no_account_before_it_is_made(stage: &Stage) {
    let store = stage.open().await;
    let nowhere = account_id(9);
    assert_eq!(store.read(&HeadOf { account: nowhere }).await.unwrap(), None);
    assert_eq!(refused(&store, nowhere, SetAccount::default()).await, Refusal::NoSuchAccount);
    assert_eq!(refused(&store, nowhere, register(1)).await, Refusal::NoSuchAccount);
    let suspend = rollcall_directory::users::Suspend {
        account: Some(nowhere),
        user: Some(user_id(1)),
        why: None,
    };
    let answer = store.act(Presented::Operator, nowhere, suspend).await.unwrap();
    assert_eq!(answer, Err(Refusal::NoSuchUser));
    assert!(stage.texts("select account_id from accounts").await.is_empty());
    assert!(stage.records(nowhere).await.is_empty());
}

async fn accounts_are_listed_in_order_of_their_ids(stage: &Stage) {
    let store = stage.open().await;
    // The ids of 208 and up begin with a digit, which sorts before the letters.
    for n in [40, 1, 230, 120, 208] {
        operator(&store, account_id(n), create_account(n)).await;
    }
    let listed = store.read(&Accounts { after: None, limit: 4 }).await.unwrap();
    let ids: Vec<String> = listed.iter().map(|account| account.id.to_string()).collect();
    let mut expected: Vec<String> =
        [40, 1, 230, 120, 208].map(|n| account_id(n).to_string()).to_vec();
    expected.sort();
    assert_eq!(ids, expected[..4]);
}
