//! What an operator takes away is refused on the next call, and what comes back works on the next
//! call, with the same token: the server remembers no fact about who may act.

use rollcall_directory::accounts::{Plan, SetAccount};
use rollcall_directory::applications::{
    AddSecret, ClientSecret, DeleteApplication, EditApplication, RetireSecret, Scope, Scopes, Terms,
};
use rollcall_directory::world::SecretId;
use rollcall_system_tests::{Api, Beside, RunningServer, Store, note_secret};
use rollcall_wire::route::Family;

on_both_stores!(
    a_scope_is_taken_away_and_given_back,
    a_secret_is_retired,
    an_application_is_deleted,
    the_plan_changes_and_changes_back,
    provisioning_is_switched_on_and_off,
);

struct Story {
    _server: RunningServer,
    beside: Beside,
    api: Api,
    token: String,
    user: String,
}

async fn begin(store: Store) -> Story {
    let server = RunningServer::start(store).await;
    let (beside, api) = (server.beside().await, server.api(Family::V1));
    let token = api.token().await;
    let (people, _) = api.list(&token, "filter=user.isActive()").await.page();
    let user = people.last().unwrap()["id"].as_str().unwrap().to_owned();
    Story { _server: server, beside, api, token, user }
}

impl Story {
    async fn all_calls_work(&self) {
        let Self { api, token, user, .. } = self;
        assert_eq!(api.list(token, "").await.status, 200);
        assert_eq!(api.user(token, user).await.status, 200);
        assert_eq!(api.suspend(token, user).await.status, 200);
        assert_eq!(api.reactivate(token, user).await.status, 200);
    }

    async fn all_calls_are_refused(&self, status: u16, code: i32, word: &str) {
        let Self { api, token, user, .. } = self;
        api.list(token, "").await.refuses(status, code, word);
        api.user(token, user).await.refuses(status, code, word);
        api.suspend(token, user).await.refuses(status, code, word);
        api.reactivate(token, user).await.refuses(status, code, word);
    }
}

async fn a_scope_is_taken_away_and_given_back(store: Store) {
    let story = begin(store).await;
    let Story { beside, api, token, user, .. } = &story;
    story.all_calls_work().await;
    for taken in Scope::ALL {
        let left: Vec<Scope> = Scope::ALL.into_iter().filter(|scope| *scope != taken).collect();
        let left = EditApplication::scopes(beside.application, Scopes::of(&left));
        beside.act(left).await;
        let refused = |scope: Scope| if scope == taken { 403 } else { 200 };
        assert_eq!(api.list(token, "").await.status, refused(Scope::ListUsers), "{taken}");
        assert_eq!(api.user(token, user).await.status, refused(Scope::GetUser), "{taken}");
        assert_eq!(api.suspend(token, user).await.status, refused(Scope::SuspendUsers));
        assert_eq!(api.reactivate(token, user).await.status, refused(Scope::ReactivateUsers));
    }
    beside.act(EditApplication::scopes(beside.application, Scopes::ALL)).await;
    story.all_calls_work().await;
}

async fn a_secret_is_retired(store: Store) {
    let story = begin(store).await;
    let Story { beside, api, token, .. } = &story;
    story.all_calls_work().await;
    let (second, second_id) =
        (ClientSecret::from_random(&[0x5a; 32]), SecretId::from_bytes([9; 8]));
    note_secret(second.expose());
    let application = beside.application;
    let (secret, label) = (second.digest(), "second".to_owned());
    beside
        .act(AddSecret {
            application,
            secret_id: second_id,
            secret,
            label,
            terms: Terms::default(),
        })
        .await;
    let by_second = api.with_client(&api.credentials.client_id, second.expose());
    let token_of_second = by_second.token().await;
    story.all_calls_work().await;

    let first_id = beside.claims(token).secret;
    beside.act(RetireSecret { application, secret: first_id }).await;
    story.all_calls_are_refused(401, 16, "token_invalid").await;
    api.ask_for_a_token().await.refuses_oauth(401, "invalid_client");
    api.revoke(token).await.refuses_oauth(401, "invalid_client");
    assert_eq!(api.list(&token_of_second, "").await.status, 200, "the other secret's still works");
    assert_eq!(by_second.ask_for_a_token().await.status, 200);

    beside.act(RetireSecret { application, secret: second_id }).await;
    api.list(&token_of_second, "").await.refuses(401, 16, "token_invalid");
    by_second.ask_for_a_token().await.refuses_oauth(401, "invalid_client");
}

async fn an_application_is_deleted(store: Store) {
    let story = begin(store).await;
    let Story { beside, api, token, .. } = &story;
    story.all_calls_work().await;
    beside.act(DeleteApplication { id: beside.application }).await;
    story.all_calls_are_refused(401, 16, "token_invalid").await;
    api.ask_for_a_token().await.refuses_oauth(401, "invalid_client");
    api.revoke(token).await.refuses_oauth(401, "invalid_client");
}

async fn the_plan_changes_and_changes_back(store: Store) {
    let story = begin(store).await;
    let plan = |plan| SetAccount { name: None, plan: Some(plan), provisioning_automated: None };
    story.all_calls_work().await;
    story.beside.act(plan(Plan::Other)).await;
    story.all_calls_are_refused(403, 7, "plan_not_entitled").await;
    assert_eq!(story.api.ask_for_a_token().await.status, 200, "tokens are issued all the same");
    story.beside.act(plan(Plan::Business)).await;
    story.all_calls_work().await;
}

async fn provisioning_is_switched_on_and_off(store: Store) {
    let story = begin(store).await;
    let automated = |on| SetAccount { name: None, plan: None, provisioning_automated: Some(on) };
    story.all_calls_work().await;
    story.beside.act(automated(true)).await;
    story.all_calls_are_refused(403, 7, "provisioning_automated").await;
    assert_eq!(story.api.ask_for_a_token().await.status, 200, "tokens are issued all the same");
    story.beside.act(automated(false)).await;
    story.all_calls_work().await;
}
