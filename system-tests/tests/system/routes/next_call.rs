//! What an operator takes away is refused on the next call, and what comes back works on the next
//! call, with the same token, whichever node is asked: no server remembers a fact about who may act.

use std::time::Duration;

use rollcall_directory::accounts::{Plan, SetAccount};
use rollcall_directory::applications::{
    AddSecret, ClientSecret, DeleteApplication, EditApplication, EditSecret, RetireSecret, Scope,
    Scopes, Terms,
};
use rollcall_directory::world::SecretId;
use rollcall_system_tests::{Api, Beside, note_secret};

use super::stage::{Setting, Stage};

on_stores_and_nodes!(
    a_token_is_revoked,
    a_secret_reaches_its_end,
    a_scope_is_taken_away_and_given_back,
    a_secret_is_retired,
    an_application_is_deleted,
    the_plan_changes_and_changes_back,
    provisioning_is_switched_on_and_off,
);

struct Story {
    stage: Stage,
    token: String,
    user: String,
}

async fn begin(setting: Setting) -> Story {
    let stage = Stage::set(setting).await;
    let token = stage.api().token().await;
    let user = stage.somebody(&token).await;
    Story { stage, token, user }
}

impl Story {
    fn beside(&self) -> &Beside {
        &self.stage.beside
    }

    async fn all_calls_work(&self) {
        let Self { token, user, .. } = self;
        for api in &self.stage.apis {
            assert_eq!(api.list(token, "").await.status, 200);
            assert_eq!(api.user(token, user).await.status, 200);
            assert_eq!(api.suspend(token, user).await.status, 200);
            assert_eq!(api.reactivate(token, user).await.status, 200);
        }
    }

    async fn all_calls_are_refused(&self, status: u16, code: i32, word: &str) {
        let Self { token, user, .. } = self;
        // The one that was not told first.
        for api in self.stage.apis.iter().rev() {
            api.list(token, "").await.refuses(status, code, word);
            api.user(token, user).await.refuses(status, code, word);
            api.suspend(token, user).await.refuses(status, code, word);
            api.reactivate(token, user).await.refuses(status, code, word);
        }
    }

    /// Whoever shows the first secret is nobody any more.
    async fn the_client_is_refused(&self) {
        for api in self.stage.apis.iter().rev() {
            api.ask_for_a_token().await.refuses_oauth(401, "invalid_client");
            api.revoke(&self.token).await.refuses_oauth(401, "invalid_client");
        }
    }

    async fn tokens_are_issued_all_the_same(&self) {
        for api in &self.stage.apis {
            assert_eq!(api.ask_for_a_token().await.status, 200);
        }
    }
}

async fn a_token_is_revoked(setting: Setting) {
    let story = begin(setting).await;
    story.all_calls_work().await;
    assert_eq!(story.stage.api().revoke(&story.token).await.status, 200);
    story.all_calls_are_refused(401, 16, "token_invalid").await;
    story.tokens_are_issued_all_the_same().await;
}

/// Its end is moved to a moment that is waited for: what it made ends with it.
async fn a_secret_reaches_its_end(setting: Setting) {
    let story = begin(setting).await;
    let beside = story.beside();
    story.all_calls_work().await;
    let (application, secret) = (beside.application, beside.claims(&story.token).secret);
    let ends = beside.store.world().now().plus(Duration::from_secs(1));
    let end =
        EditSecret { application, secret, label: None, ends: Some(Some(ends)), networks: None };
    beside.act(end).await;
    while beside.store.world().now() < ends {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    story.all_calls_are_refused(401, 16, "token_invalid").await;
    story.the_client_is_refused().await;
}

async fn a_scope_is_taken_away_and_given_back(setting: Setting) {
    let story = begin(setting).await;
    let (beside, token, user) = (story.beside(), &*story.token, &*story.user);
    story.all_calls_work().await;
    for taken in Scope::ALL {
        let left: Vec<Scope> = Scope::ALL.into_iter().filter(|scope| *scope != taken).collect();
        let left = EditApplication::scopes(beside.application, Scopes::of(&left));
        beside.act(left).await;
        let refused = |scope: Scope| if scope == taken { 403 } else { 200 };
        for api in &story.stage.apis {
            assert_eq!(api.list(token, "").await.status, refused(Scope::ListUsers), "{taken}");
            assert_eq!(api.user(token, user).await.status, refused(Scope::GetUser), "{taken}");
            assert_eq!(api.suspend(token, user).await.status, refused(Scope::SuspendUsers));
            assert_eq!(api.reactivate(token, user).await.status, refused(Scope::ReactivateUsers));
        }
    }
    beside.act(EditApplication::scopes(beside.application, Scopes::ALL)).await;
    story.all_calls_work().await;
}

async fn a_secret_is_retired(setting: Setting) {
    let story = begin(setting).await;
    let (beside, token, apis) = (story.beside(), &*story.token, &story.stage.apis);
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
    let by_second = |api: &Api| api.with_client(&api.credentials.client_id, second.expose());
    let token_of_second = by_second(story.stage.api()).token().await;
    story.all_calls_work().await;

    let first_id = beside.claims(token).secret;
    beside.act(RetireSecret { application, secret: first_id }).await;
    story.all_calls_are_refused(401, 16, "token_invalid").await;
    story.the_client_is_refused().await;
    for api in apis {
        let answer = api.list(&token_of_second, "").await;
        assert_eq!(answer.status, 200, "the other secret's still works");
        assert_eq!(by_second(api).ask_for_a_token().await.status, 200);
    }

    beside.act(RetireSecret { application, secret: second_id }).await;
    for api in apis.iter().rev() {
        api.list(&token_of_second, "").await.refuses(401, 16, "token_invalid");
        by_second(api).ask_for_a_token().await.refuses_oauth(401, "invalid_client");
    }
}

async fn an_application_is_deleted(setting: Setting) {
    let story = begin(setting).await;
    let beside = story.beside();
    story.all_calls_work().await;
    beside.act(DeleteApplication { id: beside.application }).await;
    story.all_calls_are_refused(401, 16, "token_invalid").await;
    story.the_client_is_refused().await;
}

async fn the_plan_changes_and_changes_back(setting: Setting) {
    let story = begin(setting).await;
    let plan = |plan| SetAccount { name: None, plan: Some(plan), provisioning_automated: None };
    story.all_calls_work().await;
    story.beside().act(plan(Plan::Other)).await;
    story.all_calls_are_refused(403, 7, "plan_not_entitled").await;
    story.tokens_are_issued_all_the_same().await;
    story.beside().act(plan(Plan::Business)).await;
    story.all_calls_work().await;
}

async fn provisioning_is_switched_on_and_off(setting: Setting) {
    let story = begin(setting).await;
    let automated = |on| SetAccount { name: None, plan: None, provisioning_automated: Some(on) };
    story.all_calls_work().await;
    story.beside().act(automated(true)).await;
    story.all_calls_are_refused(403, 7, "provisioning_automated").await;
    story.tokens_are_issued_all_the_same().await;
    story.beside().act(automated(false)).await;
    story.all_calls_work().await;
}
