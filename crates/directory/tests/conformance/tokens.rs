//! Tokens: issued without a row, proved by the secret, revoked durably and once.

use std::time::Duration;

use rollcall_directory::acting::{Presented, Refusal};
use rollcall_directory::tokens::{AccessToken, Claims, ProveClient, RevokeToken};
use rollcall_directory::world::ApplicationId;

use crate::organisation::*;
use crate::stage::{NOW, Stage};

on_both!(
    a_token_says_who_it_was_made_for,
    issuing_writes_no_row,
    a_wrong_secret_or_client_is_unknown,
    a_client_is_proved_by_each_live_secret,
    a_revoked_token_is_dead_and_twice_is_once,
    only_its_own_application_revokes_a_token,
    an_ended_token_needs_no_row
);

async fn a_token_says_who_it_was_made_for(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    assert_eq!((token.account, token.application), (org.account, org.application));
    assert_eq!((token.secret, token.epoch), (org.secret_id, 1));
    assert_eq!((token.issued, token.ends), (NOW, NOW.plus(AccessToken::LIFE)));
    let text = token.seal(&store.keys());
    assert_eq!(Claims::open(text.expose(), &store.keys()).unwrap(), token);
}

async fn issuing_writes_no_row(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let before = head(&store, org.account).await;
    for _ in 0..20 {
        org.token(&store).await;
    }
    assert_eq!(head(&store, org.account).await, before);
    assert!(stage.texts("select token_id from revocations").await.is_empty());
}

async fn a_wrong_secret_or_client_is_unknown(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    organisation(&store, 2).await;
    let unknown = ApplicationId::from_random([99; 16]);
    for (client, secret) in [
        (org.application, a_secret(9)),
        // Another client's secret is no better than a wrong one.
        (org.application, a_secret(2)),
        (unknown, org.secret),
    ] {
        assert_eq!(issue(&store, client, secret).await, Err(Refusal::ClientUnknown));
        let proof =
            store.read(&ProveClient { client, secret, from: HERE, now: NOW }).await.unwrap();
        assert_eq!(proof, Err(Refusal::ClientUnknown));
    }
}

async fn a_client_is_proved_by_each_live_secret(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let second = rollcall_directory::applications::AddSecret {
        application: org.application,
        secret_id: rollcall_directory::world::SecretId::from_bytes([7; 8]),
        secret: a_secret(7),
        label: String::new(),
        terms: rollcall_directory::applications::Terms::default(),
    };
    let second_id = second.secret_id;
    operator(&store, org.account, second).await;
    for (secret, id) in [(org.secret, org.secret_id), (a_secret(7), second_id)] {
        let proof = ProveClient { client: org.application, secret, from: HERE, now: NOW };
        assert_eq!(store.read(&proof).await.unwrap(), Ok(()));
        assert_eq!(issue(&store, org.application, secret).await.unwrap().secret, id);
    }
}

async fn a_revoked_token_is_dead_and_twice_is_once(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let (token, other) = (org.token(&store).await, org.token(&store).await);
    for _ in 0..2 {
        let revoke = RevokeToken { token: token.clone() };
        let answer = store.act(org.client(), org.account, revoke).await.unwrap();
        assert_eq!(answer, Ok(()));
    }
    let look = Look { tokens: vec![token.token, other.token], ..Look::default() };
    let facts = operator(&store, org.account, look).await;
    assert!(facts.is_revoked(token.token) && !facts.is_revoked(other.token));
    assert_eq!(org.get(&store, &token, 3).await, Err(Refusal::TokenDead));
    assert!(org.get(&store, &other, 3).await.is_ok());
    let ends = stage.texts("select cast(ends as text) from revocations").await;
    assert_eq!(ends, [token.ends.millis().to_string()]);
    assert_eq!(stage.records(org.account).await[3..], ["token_revoked"]);
}

async fn only_its_own_application_revokes_a_token(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    operator(&store, org.account, register(5)).await;
    let token = org.token(&store).await;
    let revoke = || RevokeToken { token: token.clone() };
    let other = Presented::ClientSecret { client: register(5).id, secret: a_secret(5), from: HERE };
    assert_eq!(store.act(other, org.account, revoke()).await.unwrap(), Ok(()));
    let wrong =
        Presented::ClientSecret { client: org.application, secret: a_secret(9), from: HERE };
    let answer = store.act(wrong, org.account, revoke()).await.unwrap();
    assert_eq!(answer, Err(Refusal::ClientUnknown));
    // A token is no way to revoke one.
    let answer = store.act(by_token(token.clone()), org.account, revoke()).await.unwrap();
    assert_eq!(answer, Err(Refusal::OperatorOnly));
    assert!(org.get(&store, &token, 3).await.is_ok());
}

async fn an_ended_token_needs_no_row(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    stage.clock.advance(AccessToken::LIFE - Duration::from_millis(1));
    assert!(org.get(&store, &token, 3).await.is_ok());
    stage.clock.advance(Duration::from_millis(1));
    assert_eq!(org.get(&store, &token, 3).await, Err(Refusal::TokenDead));
    let revoke = RevokeToken { token };
    assert_eq!(store.act(org.client(), org.account, revoke).await.unwrap(), Ok(()));
    assert!(stage.texts("select token_id from revocations").await.is_empty());
}
