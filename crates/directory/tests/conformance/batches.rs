//! Many acts at a time: everybody is answered, in order, on facts that those before them left, and
//! the chain stays whole.

use rollcall_directory::acting::{Presented, Refusal};
use rollcall_directory::applications::{
    AddSecret, EditApplication, RetireSecret, Scope, Scopes, Terms,
};
use rollcall_directory::tokens::RevokeToken;
use rollcall_directory::users::{ImportPeople, Suspend};
use rollcall_directory::world::SecretId;

use crate::organisation::*;
use crate::stage::Stage;

on_both!(
    three_hundred_parallel_acts_get_three_hundred_answers,
    accounts_act_in_parallel,
    each_act_of_a_batch_sees_those_before_it,
    credentials_are_held_within_a_batch_too,
    an_account_and_its_people_in_one_batch,
    who_hangs_up_changes_nothing
);

async fn three_hundred_parallel_acts_get_three_hundred_answers(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let tasks: Vec<_> = (0..300_u16)
        .map(|n| {
            let (store, account) = (store.clone(), org.account);
            let person = u8::try_from(n % 7).unwrap() + 1;
            let (suspend, reactivate) = (org.suspend(person), org.reactivate(person));
            tokio::spawn(async move {
                if n.is_multiple_of(2) {
                    store.act(Presented::Operator, account, suspend).await
                } else {
                    store.act(Presented::Operator, account, reactivate).await
                }
            })
        })
        .collect();
    let mut answers = 0;
    for task in tasks {
        match task.await.unwrap().unwrap() {
            Ok(_) | Err(Refusal::NoOwnerRemains(_) | Refusal::ExternallyManaged(_)) => {}
            Err(Refusal::NoSuchUser) => {}
            Err(other) => panic!("{other}"),
        }
        answers += 1;
    }
    assert_eq!(answers, 300);
    let head = verify(&store, org.account, None).await.unwrap().head;
    assert_eq!(stage.records(org.account).await.len() as u64, head.seq);
    assert!(operator(&store, org.account, Look::default()).await.active_owners() >= 1);
}

async fn accounts_act_in_parallel(stage: &Stage) {
    let store = stage.open().await;
    let mut tasks = Vec::new();
    for n in 1..=6 {
        let org = organisation(&store, n).await;
        for turn in 0..40_u8 {
            let (store, account) = (store.clone(), org.account);
            let (suspend, reactivate) = (org.suspend(3), org.reactivate(3));
            tasks.push(tokio::spawn(async move {
                if turn.is_multiple_of(2) {
                    store.act(Presented::Operator, account, suspend).await.unwrap().unwrap()
                } else {
                    store.act(Presented::Operator, account, reactivate).await.unwrap().unwrap()
                }
            }));
        }
    }
    for task in tasks {
        assert_eq!(task.await.unwrap().id, user_id(3));
    }
    for n in 1..=6 {
        verify(&store, account_id(n), None).await.unwrap();
        let user = stored_user(&store, account_id(n), user_id(3)).await.unwrap();
        let changes = stage.records(account_id(n)).await.len() as u64 - 3;
        assert_eq!(u64::from(user.epoch), 1 + changes, "one record for each change");
    }
}

async fn each_act_of_a_batch_sees_those_before_it(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let by = || Presented::Operator;
    let held = stage.hold(org.account).await;
    let first = ask(&store, by(), org.account, org.suspend(3));
    let again = ask(&store, by(), org.account, org.suspend(3));
    let back = ask(&store, by(), org.account, org.reactivate(3));
    let new = ask(&store, by(), org.account, ImportPeople { people: vec![an_owner(20)] });
    let twice = ask(&store, by(), org.account, ImportPeople { people: vec![an_owner(20)] });
    let owners: Vec<_> =
        [1, 2, 20].map(|n| ask(&store, by(), org.account, org.suspend(n))).into_iter().collect();
    held.let_go().await;
    let epochs = [
        first.await.unwrap().unwrap().epoch,
        again.await.unwrap().unwrap().epoch,
        back.await.unwrap().unwrap().epoch,
    ];
    assert_eq!(epochs, [2, 2, 3]);
    assert_eq!(new.await.unwrap(), Ok(1));
    assert_eq!(twice.await.unwrap(), Err(Refusal::Exists("person")));
    let mut left = Vec::new();
    for owner in owners {
        left.push(owner.await.unwrap().map(|user| user.epoch));
    }
    assert_eq!(left, [Ok(2), Ok(2), Err(Refusal::NoOwnerRemains(user_id(20)))]);
    assert_eq!(stored_user(&store, org.account, user_id(3)).await.unwrap().epoch, 3);
    verify(&store, org.account, None).await.unwrap();
}

async fn credentials_are_held_within_a_batch_too(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let (token, revoked) = (org.token(&store).await, org.token(&store).await);
    let second = AddSecret {
        application: org.application,
        secret_id: SecretId::from_bytes([7; 8]),
        secret: a_secret(7),
        label: String::new(),
        terms: Terms::default(),
    };
    let suspend = |token| ask(&store, by_token(token), org.account, org.suspend(3));
    let reactivate = |token| ask(&store, by_token(token), org.account, org.reactivate(3));
    let held = stage.hold(org.account).await;
    let works = suspend(revoked.clone());
    let revoke = RevokeToken { token: revoked.clone() };
    let revoke = ask(&store, org.client(), org.account, revoke);
    let dead = suspend(revoked);
    let edit = EditApplication::scopes(org.application, Scopes::of(&[Scope::SuspendUsers]));
    let edit = ask(&store, Presented::Operator, org.account, edit);
    let unscoped = reactivate(token.clone());
    let add = ask(&store, Presented::Operator, org.account, second);
    let retire = RetireSecret { application: org.application, secret: org.secret_id };
    let retire = ask(&store, Presented::Operator, org.account, retire);
    let retired = suspend(token);
    held.let_go().await;
    assert!(works.await.unwrap().is_ok());
    assert_eq!(revoke.await.unwrap(), Ok(()));
    assert_eq!(dead.await.unwrap().map(|_| ()), Err(Refusal::TokenDead));
    assert!(edit.await.unwrap().is_ok());
    let unscoped = unscoped.await.unwrap().map(|_| ());
    assert_eq!(unscoped, Err(Refusal::ScopeMissing(Scope::ReactivateUsers)));
    assert_eq!(add.await.unwrap().unwrap().version, 3);
    assert_eq!(retire.await.unwrap().unwrap().version, 4);
    assert_eq!(retired.await.unwrap().map(|_| ()), Err(Refusal::TokenDead));
    assert!(issue(&store, org.application, a_secret(7)).await.is_ok());
    assert!(issue(&store, org.application, org.secret).await.is_err());
}

async fn an_account_and_its_people_in_one_batch(stage: &Stage) {
    let store = stage.open().await;
    // Another account is held so that SQLite's one writer waits; PostgreSQL may take two batches.
    operator(&store, account_id(9), create_account(9)).await;
    let held = stage.hold(account_id(9)).await;
    let by = || Presented::Operator;
    let account = account_id(1);
    let made = ask(&store, by(), account, create_account(1));
    let owners = vec![an_owner(1), an_owner(2)];
    let people = ask(&store, by(), account, ImportPeople { people: owners });
    let suspend = |n| Suspend { account: Some(account), user: Some(user_id(n)), why: None };
    let one = ask(&store, by(), account, suspend(1));
    let last = ask(&store, by(), account, suspend(2));
    let application = ask(&store, by(), account, register(1));
    let again = ask(&store, by(), account, create_account(1));
    held.let_go().await;
    assert_eq!(made.await.unwrap().unwrap().id, account);
    assert_eq!(people.await.unwrap(), Ok(2));
    assert!(one.await.unwrap().is_ok());
    let last = last.await.unwrap().map(|_| ());
    assert_eq!(last, Err(Refusal::NoOwnerRemains(user_id(2))), "owners are counted from none on");
    assert!(application.await.unwrap().is_ok());
    assert_eq!(again.await.unwrap().map(|_| ()), Err(Refusal::Exists("account")));
    let records = stage.records(account).await;
    let expected = [
        "account_created",
        "people_imported",
        "user_suspended",
        "refused",
        "application_registered",
        "refused",
    ];
    assert_eq!(records, expected);
    verify(&store, account, None).await.unwrap();
}

async fn who_hangs_up_changes_nothing(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let held = stage.hold(org.account).await;
    for n in 3..=5 {
        drop(ask(&store, Presented::Operator, org.account, org.suspend(n)));
    }
    let last = ask(&store, Presented::Operator, org.account, Look::default());
    held.let_go().await;
    last.await.unwrap().unwrap();
    for n in 3..=5 {
        let found = stored_user(&store, org.account, user_id(n)).await.unwrap();
        assert!(found.is_suspended(), "the act of person {n} was undone");
    }
    assert_eq!(stage.records(org.account).await[3..], ["user_suspended"; 3]);
}
