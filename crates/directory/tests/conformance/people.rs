//! Suspend, reactivate, groups and passwords: what is kept, what is refused, and that an active
//! owner always remains.

use rollcall_directory::acting::Refusal;
use rollcall_directory::groups::Groups;
use rollcall_directory::sessions::{Password, SetPassword, StoredPassword};
use rollcall_directory::users::{ReasonText, State, Suspend};

use crate::organisation::*;
use crate::stage::Stage;

on_both!(
    a_suspension_is_kept_and_raises_the_epoch,
    twice_is_once,
    a_reactivation_is_kept_and_raises_the_epoch,
    the_last_active_owner_stays,
    groups_are_kept_and_the_last_owner_is_not_demoted,
    who_is_not_there_or_managed_elsewhere_is_refused,
    an_application_acts_with_its_token,
    a_password_is_kept_as_its_hash
);

async fn a_suspension_is_kept_and_raises_the_epoch(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let before = stored_user(&store, org.account, user_id(3)).await.unwrap();
    let why = Some(ReasonText::cut("left the company"));
    let answered = operator(&store, org.account, Suspend { why, ..org.suspend(3) }).await;
    let found = stored_user(&store, org.account, user_id(3)).await.unwrap();
    assert_eq!(found, answered);
    assert_eq!((found.state, found.epoch), (State::Suspended, before.epoch + 1));
    let neighbour = stored_user(&store, org.account, user_id(4)).await.unwrap();
    assert_eq!(neighbour.state, State::Active);
    let body = stage.texts("select body from audit where kind = 'user_suspended'").await;
    assert!(body[0].contains("left the company"));
}

async fn twice_is_once(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let once = operator(&store, org.account, org.suspend(3)).await;
    let records = stage.records(org.account).await;
    assert_eq!(operator(&store, org.account, org.suspend(3)).await, once);
    assert_eq!(operator(&store, org.account, org.reactivate(4)).await.epoch, 1);
    assert_eq!(stage.records(org.account).await, records);
}

async fn a_reactivation_is_kept_and_raises_the_epoch(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    operator(&store, org.account, org.suspend(3)).await;
    let answered = operator(&store, org.account, org.reactivate(3)).await;
    let found = stored_user(&store, org.account, user_id(3)).await.unwrap();
    assert_eq!(found, answered);
    assert_eq!((found.state, found.epoch), (State::Active, 3));
    let records = stage.records(org.account).await;
    assert_eq!(records[3..], ["user_suspended", "user_reactivated"]);
}

async fn the_last_active_owner_stays(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    operator(&store, org.account, org.suspend(1)).await;
    let why = refused(&store, org.account, org.suspend(2)).await;
    assert_eq!(why, Refusal::NoOwnerRemains(user_id(2)));
    operator(&store, org.account, org.reactivate(1)).await;
    operator(&store, org.account, org.suspend(2)).await;
    let why = refused(&store, org.account, org.suspend(1)).await;
    assert_eq!(why, Refusal::NoOwnerRemains(user_id(1)));
    assert_eq!(operator(&store, org.account, Look::default()).await.active_owners(), 1);
}

async fn groups_are_kept_and_the_last_owner_is_not_demoted(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    for n in 0..8_u8 {
        let groups = Groups { owner: n & 1 != 0, administrator: n & 2 != 0, security: n & 4 != 0 };
        operator(&store, org.account, set_groups(3, groups)).await;
        assert_eq!(stored_user(&store, org.account, user_id(3)).await.unwrap().groups, groups);
    }
    operator(&store, org.account, set_groups(1, Groups::default())).await;
    operator(&store, org.account, set_groups(3, Groups::default())).await;
    let why = refused(&store, org.account, set_groups(2, Groups::default())).await;
    assert_eq!(why, Refusal::NoOwnerRemains(user_id(2)));
    // A suspended owner is no active one, and may be demoted.
    operator(&store, org.account, set_groups(1, owners())).await;
    operator(&store, org.account, org.suspend(1)).await;
    let both = Groups { security: true, ..Groups::default() };
    assert_eq!(operator(&store, org.account, set_groups(1, both)).await.groups, both);
    let why = refused(&store, org.account, set_groups(99, both)).await;
    assert_eq!(why, Refusal::NoSuchUser);
}

async fn who_is_not_there_or_managed_elsewhere_is_refused(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let managed = refused(&store, org.account, org.suspend(PEOPLE)).await;
    assert_eq!(managed, Refusal::ExternallyManaged(user_id(PEOPLE)));
    assert_eq!(refused(&store, org.account, org.suspend(99)).await, Refusal::NoSuchUser);
    assert_eq!(refused(&store, org.account, org.reactivate(99)).await, Refusal::NoSuchUser);
    let unnamed = Suspend { account: Some(org.account), user: None, why: None };
    assert_eq!(refused(&store, org.account, unnamed).await, Refusal::NoSuchUser);
    let found = stored_user(&store, org.account, user_id(PEOPLE)).await.unwrap();
    assert_eq!((found.state, found.epoch), (State::Active, 1));
}

async fn an_application_acts_with_its_token(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    let by = by_token(token.clone());
    let done = store.act(by, org.account, org.suspend(4)).await.unwrap().unwrap();
    assert_eq!(org.get(&store, &token, 4).await.unwrap(), done);
    let by = stage.texts("select by_application from audit where kind = 'user_suspended'").await;
    assert_eq!(by, [org.application.to_string()]);
}

async fn a_password_is_kept_as_its_hash(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let question = StoredPassword { account: org.account, user: user_id(1) };
    assert!(store.read(&question).await.unwrap().is_none());
    for text in ["correct horse battery staple", "пароль 🔑"] {
        let password = Password::new(text.to_owned());
        let hash = password.hash(&[7; 16]).unwrap();
        operator(&store, org.account, SetPassword { user: user_id(1), hash }).await;
        let kept = store.read(&question).await.unwrap().unwrap();
        assert!(password.matches(&kept));
        assert!(!Password::new("wrong".to_owned()).matches(&kept));
    }
    let other = StoredPassword { account: org.account, user: user_id(2) };
    assert!(store.read(&other).await.unwrap().is_none());
    let hash = Password::new("x".to_owned()).hash(&[7; 16]).unwrap();
    let why = refused(&store, org.account, SetPassword { user: user_id(99), hash }).await;
    assert_eq!(why, Refusal::NoSuchUser);
    assert_eq!(stage.records(org.account).await[3..], ["password_set", "password_set", "refused"]);
}
