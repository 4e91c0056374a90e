//! Removing people and adding single ones, one group at a time, and making an owner when there is
//! none: what is kept, what is refused, and what goes with a person.

use std::time::Duration;

use rollcall_directory::acting::{Presented, Refusal};
use rollcall_directory::groups::{Group, Groups};
use rollcall_directory::sessions::{Password, SetPassword, SignIn, StoredPassword};
use rollcall_directory::store::Store;
use rollcall_directory::users::{
    AddUser, ChangeGroup, ImportPeople, NewPerson, ReasonText, RecoverOwner, Recovered, RemoveUser,
    State,
};

use crate::organisation::*;
use crate::signed_in::fresh_session;
use crate::stage::{NOW, Stage};

on_both!(
    a_person_is_gone_with_their_password_and_their_address_is_free,
    the_last_active_owner_is_not_removed,
    within_one_batch_an_address_passes_from_one_to_another,
    an_id_that_comes_back_in_the_same_batch_brings_nothing_with_it,
    who_was_added_and_removed_in_one_batch_was_never_there,
    a_removed_person_is_nobody_to_the_acts_behind,
    whoever_stands_at_another_place_by_now_is_found_by_their_id,
    one_person_is_added_and_recorded_by_id,
    one_group_changes_at_a_time,
    an_owner_is_recovered_where_none_is_active,
    a_new_owner_is_recovered,
    whoever_is_recovered_is_there
);

fn remove(n: u8) -> RemoveUser {
    RemoveUser { user: user_id(n), why: None }
}

async fn password(store: &Store, org: &Organisation, n: u8) -> bool {
    let question = StoredPassword { account: org.account, user: user_id(n) };
    store.read(&question).await.unwrap().is_some()
}

fn set_password(n: u8) -> SetPassword {
    let hash = Password::new("correct horse".to_owned()).hash(&[7; 16]).unwrap();
    SetPassword { user: user_id(n), hash }
}

async fn a_person_is_gone_with_their_password_and_their_address_is_free(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    operator(&store, org.account, set_password(3)).await;
    let why = Some(ReasonText::cut("asked to be forgotten"));
    let as_they_were = operator(&store, org.account, RemoveUser { why, ..remove(3) }).await;
    assert_eq!(as_they_were.email, a_person(3).email);
    assert_eq!(stored_user(&store, org.account, user_id(3)).await, None);
    assert!(!password(&store, &org, 3).await);
    assert_eq!(org.get(&store, &token, 3).await, Err(Refusal::NoSuchUser));
    let page = store.read(&org.list(&store, &token, 50)).await.unwrap().unwrap();
    assert_eq!(page.users.len(), usize::from(PEOPLE) - 1);
    let body = stage.texts("select body from audit where kind = 'user_removed'").await;
    assert!(body[0].contains("asked to be forgotten") && body[0].contains(&user_id(3).to_string()));
    // Managed by somebody else's directory: removed all the same.
    operator(&store, org.account, remove(PEOPLE)).await;
    let heir = NewPerson { email: a_person(3).email, ..a_person(9) };
    operator(&store, org.account, AddUser { person: heir }).await;
    assert!(!password(&store, &org, 9).await);
    assert_eq!(refused(&store, org.account, remove(3)).await, Refusal::NoSuchUser);
    verify(&store, org.account, None).await.unwrap();
}

async fn the_last_active_owner_is_not_removed(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    operator(&store, org.account, remove(1)).await;
    let why = refused(&store, org.account, remove(2)).await;
    assert_eq!(why, Refusal::NoOwnerRemains(user_id(2)));
    operator(&store, org.account, AddUser { person: an_owner(9) }).await;
    operator(&store, org.account, org.suspend(9)).await;
    let why = refused(&store, org.account, remove(2)).await;
    assert_eq!(why, Refusal::NoOwnerRemains(user_id(2)));
    // A suspended owner is no active one, and may go.
    operator(&store, org.account, remove(9)).await;
    assert_eq!(operator(&store, org.account, Look::default()).await.active_owners(), 1);
    let records = stage.records(org.account).await;
    let expected = ["user_removed", "refused", "user_added", "user_suspended", "refused"];
    assert_eq!(records[3..8], expected);
}

async fn within_one_batch_an_address_passes_from_one_to_another(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    for (gone, heir) in [(3, 30), (30, 4 + 4)] {
        // Ids on both sides of the old one: rows are stored in their order.
        let person = NewPerson { email: "PERSON3@example.com".to_owned(), ..a_person(heir) };
        let held = stage.hold(org.account).await;
        let by = Presented::Operator;
        let early = ask(&store, by.clone(), org.account, AddUser { person: person.clone() });
        let removed = ask(&store, by.clone(), org.account, remove(gone));
        let added = ask(&store, by, org.account, AddUser { person });
        held.let_go().await;
        assert_eq!(early.await.unwrap().unwrap_err(), Refusal::Exists("person"));
        removed.await.unwrap().unwrap();
        assert_eq!(added.await.unwrap().unwrap().id, user_id(heir));
        assert_eq!(stored_user(&store, org.account, user_id(gone)).await, None);
    }
}

async fn an_id_that_comes_back_in_the_same_batch_brings_nothing_with_it(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    operator(&store, org.account, set_password(3)).await;
    let stored = StoredPassword { account: org.account, user: user_id(3) };
    let hash = store.read(&stored).await.unwrap().unwrap();
    let with_password = Presented::Password { user: user_id(3), hash };
    operator(&store, org.account, org.suspend(3)).await;
    let person = NewPerson { email: "another@example.com".to_owned(), created: NOW, ..a_person(3) };
    let by = Presented::Operator;
    let held = stage.hold(org.account).await;
    let removed = ask(&store, by.clone(), org.account, remove(3));
    let added = ask(&store, by, org.account, AddUser { person });
    let sign_in = SignIn { user: user_id(3), session: fresh_session(&store) };
    let signed_in = ask(&store, with_password, org.account, sign_in);
    held.let_go().await;
    removed.await.unwrap().unwrap();
    let added = added.await.unwrap().unwrap();
    assert!(signed_in.await.unwrap().is_err(), "by the password of whoever was removed");
    assert!(stage.texts("select user_id from sessions").await.is_empty());
    assert_eq!(stored_user(&store, org.account, user_id(3)).await, Some(added.clone()));
    assert_eq!((added.state, added.email.as_str()), (State::Active, "another@example.com"));
    assert!(!password(&store, &org, 3).await);
}

async fn who_was_added_and_removed_in_one_batch_was_never_there(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let by = Presented::Operator;
    let held = stage.hold(org.account).await;
    let added = ask(&store, by.clone(), org.account, AddUser { person: an_owner(9) });
    let password = ask(&store, by.clone(), org.account, set_password(9));
    let removed = ask(&store, by.clone(), org.account, remove(9));
    let others: Vec<_> =
        [1, 2].map(|n| ask(&store, by.clone(), org.account, remove(n))).into_iter().collect();
    held.let_go().await;
    added.await.unwrap().unwrap();
    password.await.unwrap().unwrap();
    removed.await.unwrap().unwrap();
    let mut answers = Vec::new();
    for other in others {
        answers.push(other.await.unwrap().map(|user| user.id));
    }
    assert_eq!(answers, [Ok(user_id(1)), Err(Refusal::NoOwnerRemains(user_id(2)))]);
    assert_eq!(stored_user(&store, org.account, user_id(9)).await, None);
    assert!(stage.texts("select user_id from passwords").await.is_empty());
    verify(&store, org.account, None).await.unwrap();
}

async fn a_removed_person_is_nobody_to_the_acts_behind(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let by = Presented::Operator;
    let held = stage.hold(org.account).await;
    let removed = ask(&store, by.clone(), org.account, remove(3));
    let again = ask(&store, by.clone(), org.account, remove(3));
    let suspended = ask(&store, by.clone(), org.account, org.suspend(3));
    let password = ask(&store, by, org.account, set_password(3));
    held.let_go().await;
    removed.await.unwrap().unwrap();
    assert_eq!(again.await.unwrap().unwrap_err(), Refusal::NoSuchUser);
    assert_eq!(suspended.await.unwrap().unwrap_err(), Refusal::NoSuchUser);
    assert_eq!(password.await.unwrap().unwrap_err(), Refusal::NoSuchUser);
}

async fn one_person_is_added_and_recorded_by_id(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let person = NewPerson { externally_managed: true, ..an_owner(9) };
    let added = operator(&store, org.account, AddUser { person }).await;
    assert_eq!(stored_user(&store, org.account, user_id(9)).await, Some(added));
    let why = refused(&store, org.account, AddUser { person: a_person(9) }).await;
    assert_eq!(why, Refusal::Exists("person"));
    let flawed = NewPerson { email: "nobody".to_owned(), ..a_person(10) };
    let why = refused(&store, org.account, AddUser { person: flawed }).await;
    assert!(matches!(why, Refusal::Invalid(_)), "{why}");
    let why = refused(&store, account_id(99), AddUser { person: a_person(9) }).await;
    assert_eq!(why, Refusal::NoSuchAccount);
    let users = stage.texts("select user_id from audit where kind = 'user_added'").await;
    assert_eq!(users, [user_id(9).to_string()]);
}

async fn one_group_changes_at_a_time(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let change = |n, group, member| ChangeGroup { user: user_id(n), group, member };
    for (group, member, after) in [
        (Group::Security, true, vec![Group::Security]),
        (Group::Owners, true, vec![Group::Owners, Group::Security]),
        (Group::Security, false, vec![Group::Owners]),
        (Group::Security, false, vec![Group::Owners]),
    ] {
        operator(&store, org.account, change(3, group, member)).await;
        let found = stored_user(&store, org.account, user_id(3)).await.unwrap();
        assert_eq!(found.groups.names(), after);
    }
    assert_eq!(stage.records(org.account).await[3..], ["groups_changed"; 3]);
    operator(&store, org.account, change(1, Group::Owners, false)).await;
    operator(&store, org.account, change(2, Group::Owners, false)).await;
    let why = refused(&store, org.account, change(3, Group::Owners, false)).await;
    assert_eq!(why, Refusal::NoOwnerRemains(user_id(3)));
}

async fn an_owner_is_recovered_where_none_is_active(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    operator(&store, org.account, set_password(1)).await;
    // No act leaves an account so; a database that was mended by hand may be.
    stage.raw("update users set state = 2 where owner").await;
    assert_eq!(operator(&store, org.account, Look::default()).await.active_owners(), 0);
    let password = Password::new("a new one".to_owned());
    let hash = password.hash(&[9; 16]);
    for (n, groups) in [(1, owners()), (3, owners())] {
        let before = stored_user(&store, org.account, user_id(n)).await.unwrap();
        let act = RecoverOwner { who: Recovered::There(user_id(n)), password: hash.clone() };
        let done = operator(&store, org.account, act).await;
        assert_eq!(stored_user(&store, org.account, user_id(n)).await, Some(done.clone()));
        assert_eq!((done.state, done.groups), (State::Active, groups));
        assert_eq!(done.epoch, before.epoch + 1);
        let kept = StoredPassword { account: org.account, user: user_id(n) };
        assert!(password.matches(&store.read(&kept).await.unwrap().unwrap()));
    }
    assert_eq!(operator(&store, org.account, Look::default()).await.active_owners(), 2);
    assert_eq!(stage.records(org.account).await[4..], ["owner_recovered", "owner_recovered"]);
    verify(&store, org.account, None).await.unwrap();
}

async fn a_new_owner_is_recovered(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    stage.raw("delete from users").await;
    let person = NewPerson { groups: Groups::default(), state: State::Suspended, ..a_person(9) };
    let act = RecoverOwner { who: Recovered::New(person), password: None };
    let done = operator(&store, org.account, act.clone()).await;
    assert!(done.is_active_owner());
    assert_eq!(stored_user(&store, org.account, user_id(9)).await, Some(done));
    assert!(!password(&store, &org, 9).await);
    assert_eq!(refused(&store, org.account, act).await, Refusal::Exists("person"));
}

async fn whoever_is_recovered_is_there(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let nobody = RecoverOwner { who: Recovered::There(user_id(99)), password: None };
    assert_eq!(refused(&store, org.account, nobody.clone()).await, Refusal::NoSuchUser);
    assert_eq!(refused(&store, account_id(99), nobody).await, Refusal::NoSuchAccount);
    // Without a new password the old one stays.
    operator(&store, org.account, set_password(1)).await;
    let keep = RecoverOwner { who: Recovered::There(user_id(1)), password: None };
    operator(&store, org.account, keep).await;
    assert!(password(&store, &org, 1).await);
    let people = vec![a_person(1)];
    let why = refused(&store, org.account, ImportPeople { people }).await;
    assert_eq!(why, Refusal::Exists("person"));
}

/// Where somebody stood is remembered, and no more than a hint: others write too.
async fn whoever_stands_at_another_place_by_now_is_found_by_their_id(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    let by = by_token(token.clone());
    let mut created = org.get(&store, &token, 3).await.unwrap().created;
    let mut moves = |millis: i64| {
        created = created.plus(Duration::from_millis(millis.unsigned_abs()));
        let to = created.millis();
        let sql = format!("update users set created = {to} where user_id = '{}'", user_id(3));
        async move { stage.raw(&sql).await }
    };
    for n in 0..3 {
        moves(n + 1).await;
        let act = ask(&store, by.clone(), org.account, org.suspend(3));
        assert!(act.await.unwrap().unwrap().is_suspended());
        assert!(org.get(&store, &token, 3).await.unwrap().is_suspended());
        moves(1000).await;
        assert!(org.get(&store, &token, 3).await.unwrap().is_suspended());
        let act = ask(&store, by.clone(), org.account, org.reactivate(3));
        assert!(!act.await.unwrap().unwrap().is_suspended());
        assert!(!org.get(&store, &token, 3).await.unwrap().is_suspended());
    }
    let found = org.get(&store, &token, 3).await.unwrap();
    operator(&store, org.account, remove(3)).await;
    assert_eq!(org.get(&store, &token, 3).await, Err(Refusal::NoSuchUser));
    let person = NewPerson { created: NOW.minus(Duration::from_secs(1)), ..a_person(3) };
    operator(&store, org.account, AddUser { person: person.clone() }).await;
    let back = org.get(&store, &token, 3).await.unwrap();
    assert_eq!(back.created, person.created);
    assert_ne!(back.created, found.created);
}
