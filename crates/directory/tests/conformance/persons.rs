//! People as callers: what their groups let them do, and what stands against that.

use rollcall_directory::accounts::{Plan, SetAccount};
use rollcall_directory::acting::{Presented, Refusal};
use rollcall_directory::applications::shown::{
    Integrations, OneIntegration, SecretsSeenBy, SecretsSeenOf,
};
use rollcall_directory::applications::{
    AddSecret, DeleteApplication, EditApplication, RegisterApplication, ReplaceSecret,
    RetireSecret, Scopes, Terms,
};
use rollcall_directory::groups::{Group, Right};
use rollcall_directory::links::{Invite, LinkDigest};
use rollcall_directory::sessions::SessionDigest;
use rollcall_directory::store::Store;
use rollcall_directory::users::{ChangeGroup, Reactivate, RemoveUser};
use rollcall_directory::world::{ApplicationId, SecretId};

use crate::organisation::*;
use crate::signed_in::*;
use crate::stage::Stage;

on_both!(
    people_suspend_and_reactivate_by_their_groups,
    only_owners_change_owners,
    integrations_are_for_those_who_may_and_for_entitled_accounts,
    who_makes_a_secret_has_seen_it,
    a_guarded_application_does_not_reactivate_who_has_seen_its_secret,
    refusals_of_a_person_are_capped,
);

/// Person 3 an administrator, 4 in Security, 5 in no group.
async fn groups(store: &Store, org: &Organisation) -> [SessionDigest; 4] {
    operator(store, org.account, set_groups(3, in_group(Group::Administrators))).await;
    operator(store, org.account, set_groups(4, in_group(Group::Security))).await;
    let mut sessions = Vec::new();
    for n in [1, 3, 4, 5] {
        sessions.push(sign_in(store, org.account, user_id(n)).await);
    }
    sessions.try_into().unwrap()
}

async fn people_suspend_and_reactivate_by_their_groups(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    operator(&store, org.account, rollcall_directory::users::AddUser { person: a_person(7) }).await;
    let [owner, administrator, security, member] = groups(&store, &org).await;
    for session in [owner, administrator, security] {
        let done = by(&store, org.account, session, org.suspend(7)).await.unwrap();
        assert!(done.is_suspended());
        let done = by(&store, org.account, session, org.reactivate(7)).await.unwrap();
        assert!(!done.is_suspended());
    }
    let missing = Err(Refusal::RightMissing(Right::SuspendPeople));
    assert_eq!(by(&store, org.account, member, org.suspend(7)).await.map(|_| ()), missing);
    assert_eq!(by(&store, org.account, member, org.reactivate(7)).await.map(|_| ()), missing);
    let oneself = by(&store, org.account, security, org.suspend(4)).await.map(|_| ());
    assert_eq!(oneself, Err(Refusal::Oneself(user_id(4))));
    let managed = by(&store, org.account, owner, org.suspend(6)).await.map(|_| ());
    assert_eq!(managed, Err(Refusal::ExternallyManaged(user_id(6))));
    // The account need not be entitled to the API for it.
    let other = SetAccount { plan: Some(Plan::Other), ..SetAccount::default() };
    operator(&store, org.account, other).await;
    assert!(by(&store, org.account, security, org.suspend(7)).await.is_ok());
    verify(&store, org.account, None).await.unwrap();
}

async fn only_owners_change_owners(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let [owner, administrator, security, _] = groups(&store, &org).await;
    let only = |n| Err(Refusal::OwnersOnly(user_id(n)));
    for session in [administrator, security] {
        assert_eq!(by(&store, org.account, session, org.suspend(2)).await.map(|_| ()), only(2));
    }
    let promote = |n, member| ChangeGroup { user: user_id(n), group: Group::Owners, member };
    let promoted = by(&store, org.account, administrator, promote(3, true)).await.map(|_| ());
    assert_eq!(promoted, only(3));
    let demoted = by(&store, org.account, administrator, promote(2, false)).await.map(|_| ());
    assert_eq!(demoted, only(2));
    let by_security = by(&store, org.account, security, promote(3, true)).await.map(|_| ());
    assert_eq!(by_security, Err(Refusal::RightMissing(Right::ManagePeople)));
    assert!(by(&store, org.account, owner, promote(5, true)).await.unwrap().groups.owner);
    by(&store, org.account, owner, org.suspend(5)).await.unwrap();
    let revived = by(&store, org.account, administrator, org.reactivate(5)).await.map(|_| ());
    assert_eq!(revived, only(5));
    let invite = Invite {
        user: user_id(41),
        email: "boss@example.com".to_owned(),
        display_name: "Boss".to_owned(),
        groups: owners(),
        link: LinkDigest::from_row([1; 32]),
    };
    let invited = by(&store, org.account, administrator, invite).await.map(|_| ());
    assert_eq!(invited, only(41));
    // One remains, also by their own hand.
    by(&store, org.account, owner, org.suspend(2)).await.unwrap();
    let last = by(&store, org.account, owner, promote(1, false)).await.map(|_| ());
    assert_eq!(last, Err(Refusal::NoOwnerRemains(user_id(1))));
}

async fn integrations_are_for_those_who_may_and_for_entitled_accounts(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let [owner, _, security, member] = groups(&store, &org).await;
    let list = || Integrations { after: None, limit: 25 };
    let missing = Refusal::RightMissing(Right::ManageIntegrations);
    let refused = asks(&store, org.account, member, list()).await.map(|_| ());
    assert_eq!(refused, Err(missing.clone()));
    assert_eq!(by(&store, org.account, member, register(7)).await, Err(missing));
    let made = by(&store, org.account, security, register(7)).await.unwrap();
    assert_eq!(made.made_by, Some(user_id(4)));
    let again = by(&store, org.account, security, register(7)).await;
    assert_eq!(again, Err(Refusal::Exists("application")));
    let page = asks(&store, org.account, owner, list()).await.unwrap().answer;
    assert_eq!(page.len(), 2);
    let one = OneIntegration { id: made.id };
    let shown = asks(&store, org.account, owner, one).await.unwrap().answer;
    assert_eq!(shown.made_by_name.as_deref(), Some("Person 4"));
    assert_eq!(shown.shown.application, made);
    let nobodys = OneIntegration { id: ApplicationId::from_random([99; 16]) };
    let refused = asks(&store, org.account, owner, nobodys).await.map(|_| ());
    assert_eq!(refused, Err(Refusal::NoSuchApplication));
    let changes = [
        SetAccount { plan: Some(Plan::Other), ..SetAccount::default() },
        SetAccount { plan: Some(Plan::Business), provisioning_automated: Some(true), name: None },
    ];
    for (change, why) in
        changes.into_iter().zip([Refusal::PlanNotEntitled, Refusal::ProvisioningAutomated])
    {
        operator(&store, org.account, change).await;
        let edit = EditApplication::scopes(made.id, Scopes::ALL);
        assert_eq!(by(&store, org.account, owner, edit).await, Err(why.clone()));
        let delete = DeleteApplication { id: made.id };
        assert_eq!(by(&store, org.account, owner, delete).await, Err(why.clone()));
        // The page says why: it can be looked at.
        let looked = asks(&store, org.account, owner, one).await.unwrap();
        assert_eq!(looked.visitor.entitled(), Err(why));
    }
    operator(&store, org.account, DeleteApplication { id: made.id }).await;
    assert!(stage.texts("select user_id from secrets_seen").await.is_empty());
}

async fn who_makes_a_secret_has_seen_it(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let [owner, _, security, _] = groups(&store, &org).await;
    let made = by(&store, org.account, security, register(7)).await.unwrap();
    let by_whom = |n| SecretsSeenBy { user: user_id(n) };
    let seen = |n| asks(&store, org.account, owner, by_whom(n));
    let found = seen(4).await.unwrap().answer;
    assert_eq!((found.len(), found[0].application, found[0].secret), (1, made.id, SECOND));
    assert_eq!(found[0].user_name, "Person 4");
    let second = AddSecret {
        application: made.id,
        secret_id: SecretId::from_bytes([8; 8]),
        secret: a_secret(8),
        label: "second".to_owned(),
        terms: Terms::default(),
    };
    by(&store, org.account, owner, second).await.unwrap();
    assert_eq!(seen(1).await.unwrap().answer[0].label, "second");
    let of = SecretsSeenOf { application: made.id };
    assert_eq!(asks(&store, org.account, owner, of).await.unwrap().answer.len(), 2);
    let replace = ReplaceSecret {
        application: made.id,
        old: SECOND,
        secret_id: SecretId::from_bytes([9; 8]),
        secret: a_secret(9),
        label: None,
    };
    let after = by(&store, org.account, owner, replace.clone()).await.unwrap();
    assert!(!after.has_live_secret(SECOND) && after.has_live_secret(replace.secret_id));
    assert!(seen(4).await.unwrap().answer.is_empty(), "what is gone is not told of");
    assert_eq!(seen(1).await.unwrap().answer.len(), 2);
    assert!(issue(&store, made.id, a_secret(7)).await.is_err());
    assert!(issue(&store, made.id, a_secret(9)).await.is_ok());
    let again = by(&store, org.account, owner, replace).await;
    assert!(again.is_err());
    // The operator is nobody of the account.
    let by_operator = RegisterApplication { ..register(8) };
    operator(&store, org.account, by_operator).await;
    assert_eq!(stage.texts("select user_id from secrets_seen").await.len(), 2);
    operator(&store, org.account, RemoveUser { user: user_id(1), why: None }).await;
    assert!(stage.texts("select user_id from secrets_seen").await.is_empty());
}

const SECOND: SecretId = SecretId::from_bytes([7; 8]);

async fn a_guarded_application_does_not_reactivate_who_has_seen_its_secret(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let [owner, _, security, _] = groups(&store, &org).await;
    let made = by(&store, org.account, security, register(7)).await.unwrap();
    operator(&store, org.account, org.suspend(4)).await;
    let (own, others) = (
        issue(&store, made.id, a_secret(7)).await.unwrap(),
        issue(&store, org.application, org.secret).await.unwrap(),
    );
    let guarded = || Reactivate { guarded: true, ..org.reactivate(4) };
    let why = store.act(by_token(own.clone()), org.account, guarded()).await.unwrap();
    assert_eq!(why.map(|_| ()), Err(Refusal::SecretSeen(user_id(4))));
    // Another application may; so may a person, the operator, and the same one unguarded.
    for presented in [by_token(others), Presented::Session(owner), Presented::Operator] {
        store.act(presented, org.account, guarded()).await.unwrap().unwrap();
        operator(&store, org.account, org.suspend(4)).await;
    }
    let unguarded = store.act(by_token(own.clone()), org.account, org.reactivate(4)).await;
    assert!(unguarded.unwrap().is_ok());
    operator(&store, org.account, org.suspend(4)).await;
    // With the secret gone that they have seen, nothing stands against it.
    let second = AddSecret {
        application: made.id,
        secret_id: SecretId::from_bytes([8; 8]),
        secret: a_secret(8),
        label: String::new(),
        terms: Terms::default(),
    };
    by(&store, org.account, owner, second).await.unwrap();
    let retire = RetireSecret { application: made.id, secret: SECOND };
    by(&store, org.account, owner, retire).await.unwrap();
    let fresh = issue(&store, made.id, a_secret(8)).await.unwrap();
    assert!(store.act(by_token(fresh), org.account, guarded()).await.unwrap().is_ok());
}

async fn refusals_of_a_person_are_capped(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let session = sign_in(&store, org.account, user_id(5)).await;
    let before = stage.records(org.account).await.len();
    for _ in 0..110 {
        let why = by(&store, org.account, session, org.suspend(3)).await.map(|_| ());
        assert_eq!(why, Err(Refusal::RightMissing(Right::SuspendPeople)));
    }
    assert_eq!(stage.records(org.account).await.len() - before, 100);
    let whose = stage.texts("select caller from refusal_tallies").await;
    assert_eq!(whose, [user_id(5).to_string()]);
    let sql = "select distinct by_person from audit where by_person is not null";
    assert_eq!(stage.texts(sql).await, [user_id(5).to_string()]);
    verify(&store, org.account, None).await.unwrap();
}
