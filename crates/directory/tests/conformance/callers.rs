//! What a caller may do is looked up on every call, for reads and acts alike: whatever was taken
//! away is refused on the next one, and comes back when it is given back.

use rollcall_directory::accounts::{Plan, SetAccount};
use rollcall_directory::acting::Refusal;
use rollcall_directory::applications::{
    AddSecret, DeleteApplication, EditApplication, RetireSecret, Scope, Scopes, Terms,
};
use rollcall_directory::store::Store;
use rollcall_directory::tokens::{AccessToken, Claims, RevokeToken};
use rollcall_directory::users::{GetUser, ListUsers, Reactivate, Suspend};
use rollcall_directory::world::{AccountId, SecretId};

use crate::organisation::*;
use crate::stage::Stage;

on_both!(
    each_scope_opens_its_own_door,
    a_scope_taken_away_is_refused_at_once,
    what_the_account_loses_its_applications_lose,
    a_dead_token_is_refused_at_every_door,
    another_account_is_not_told_of,
    a_restored_account_kills_older_tokens
);

/// Get, list, suspend, reactivate: what each answers, without the people.
async fn doors(
    store: &Store,
    token: &Claims,
    account: Option<AccountId>,
) -> [Result<(), Refusal>; 4] {
    let (now, home) = (store.world().now(), token.account);
    let user = Some(user_id(3));
    let get = GetUser { token: token.clone(), from: HERE, account, user, now };
    let get = store.read(&get).await.unwrap().map(|_| ());
    let list = ListUsers {
        token: token.clone(),
        from: HERE,
        account,
        filter: rollcall_directory::users::StateFilter::All,
        after: None,
        page_size: 10,
        now,
    };
    let list = store.read(&list).await.unwrap().map(|page| assert!(!page.users.is_empty()));
    let by = || by_token(token.clone());
    let suspend = store.act(by(), home, Suspend { account, user, why: None }).await.unwrap();
    let reactivate = store
        .act(by(), home, Reactivate { account, user, why: None, guarded: false })
        .await
        .unwrap();
    [get, list, suspend.map(|_| ()), reactivate.map(|_| ())]
}

async fn all_refuse(store: &Store, token: &Claims, why: Refusal) {
    let account = Some(token.account);
    let expected = [(); 4].map(|()| Err(why.clone()));
    assert_eq!(doors(store, token, account).await, expected);
}

async fn all_open(store: &Store, token: &Claims) {
    assert_eq!(doors(store, token, Some(token.account)).await, [Ok(()), Ok(()), Ok(()), Ok(())]);
}

async fn each_scope_opens_its_own_door(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    all_open(&store, &token).await;
    let scopes = [Scope::GetUser, Scope::ListUsers, Scope::SuspendUsers, Scope::ReactivateUsers];
    for only in scopes {
        let edit = EditApplication::scopes(org.application, Scopes::of(&[only]));
        operator(&store, org.account, edit).await;
        let expected = scopes
            .map(|scope| if scope == only { Ok(()) } else { Err(Refusal::ScopeMissing(scope)) });
        assert_eq!(doors(&store, &token, Some(org.account)).await, expected);
    }
}

async fn a_scope_taken_away_is_refused_at_once(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    let without = Scopes::of(&[Scope::GetUser, Scope::ListUsers, Scope::ReactivateUsers]);
    operator(&store, org.account, EditApplication::scopes(org.application, without)).await;
    let by = by_token(token.clone());
    let answer = store.act(by, org.account, org.suspend(3)).await.unwrap();
    assert_eq!(answer.map(|_| ()), Err(Refusal::ScopeMissing(Scope::SuspendUsers)));
    operator(&store, org.account, EditApplication::scopes(org.application, Scopes::ALL)).await;
    all_open(&store, &token).await;
}

async fn what_the_account_loses_its_applications_lose(stage: &Stage) {
    let store = stage.open().await;
    let (org, other) = (organisation(&store, 1).await, organisation(&store, 2).await);
    let (token, others) = (org.token(&store).await, other.token(&store).await);
    let set = |plan, automated| SetAccount {
        name: None,
        plan: Some(plan),
        provisioning_automated: Some(automated),
    };
    operator(&store, org.account, set(Plan::Other, false)).await;
    all_refuse(&store, &token, Refusal::PlanNotEntitled).await;
    operator(&store, org.account, set(Plan::Business, true)).await;
    all_refuse(&store, &token, Refusal::ProvisioningAutomated).await;
    all_open(&store, &others).await;
    operator(&store, org.account, set(Plan::Business, false)).await;
    all_open(&store, &token).await;
}

async fn a_dead_token_is_refused_at_every_door(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let second = AddSecret {
        application: org.application,
        secret_id: SecretId::from_bytes([7; 8]),
        secret: a_secret(7),
        label: String::new(),
        terms: Terms::default(),
    };
    operator(&store, org.account, second).await;
    let (first, revoked) = (org.token(&store).await, org.token(&store).await);
    let of_second = issue(&store, org.application, a_secret(7)).await.unwrap();
    let revoke = RevokeToken { token: revoked.clone() };
    store.act(org.client(), org.account, revoke).await.unwrap().unwrap();
    all_refuse(&store, &revoked, Refusal::TokenDead).await;
    all_open(&store, &first).await;
    let retire = RetireSecret { application: org.application, secret: org.secret_id };
    operator(&store, org.account, retire).await;
    all_refuse(&store, &first, Refusal::TokenDead).await;
    all_open(&store, &of_second).await;
    stage.clock.advance(AccessToken::LIFE);
    all_refuse(&store, &of_second, Refusal::TokenDead).await;
    let fresh = issue(&store, org.application, a_secret(7)).await.unwrap();
    all_open(&store, &fresh).await;
    operator(&store, org.account, DeleteApplication { id: org.application }).await;
    all_refuse(&store, &fresh, Refusal::TokenDead).await;
}

async fn another_account_is_not_told_of(stage: &Stage) {
    let store = stage.open().await;
    let (org, other) = (organisation(&store, 1).await, organisation(&store, 2).await);
    let token = org.token(&store).await;
    for account in [Some(other.account), Some(account_id(9)), None] {
        let expected = [(); 4].map(|()| Err(Refusal::AccountMismatch));
        assert_eq!(doors(&store, &token, account).await, expected);
    }
    // Even an account that is not entitled learns only that it is not its own.
    let set = SetAccount { name: None, plan: Some(Plan::Other), provisioning_automated: None };
    operator(&store, org.account, set).await;
    let expected = [(); 4].map(|()| Err(Refusal::AccountMismatch));
    assert_eq!(doors(&store, &token, Some(other.account)).await, expected);
    let found = stored_user(&store, other.account, user_id(3)).await.unwrap();
    assert_eq!(found.epoch, 1, "nobody of the other account was touched");
}

async fn a_restored_account_kills_older_tokens(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    stage.raw("update accounts set epoch = epoch + 1").await;
    all_refuse(&store, &token, Refusal::TokenDead).await;
    all_open(&store, &org.token(&store).await).await;
}
