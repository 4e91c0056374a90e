//! The terms of a secret: kept as they were said, and in force on the next call, for the secret
//! itself and for every token made with it.

use std::net::IpAddr;
use std::time::Duration;

use rollcall_directory::Fault;
use rollcall_directory::acting::{Presented, Refusal};
use rollcall_directory::applications::{
    AddSecret, Application, EditSecret, Networks, RegisterApplication, RetireSecret, Terms,
};
use rollcall_directory::store::Store;
use rollcall_directory::tokens::{AccessToken, Claims, IssueToken, ProveClient, RevokeToken};
use rollcall_directory::users::GetUser;
use rollcall_directory::world::{Moment, SecretId, TokenId};

use crate::organisation::*;
use crate::stage::{NOW, Stage};

on_both!(
    terms_are_found_as_they_were_said,
    flaws_are_refused_and_nothing_is_kept,
    an_ended_secret_is_refused_at_every_door,
    a_token_ends_with_its_secret,
    a_secret_works_from_its_addresses_alone,
    an_edit_keeps_the_secret_and_the_other_one,
    a_list_of_addresses_that_cannot_be_read_lets_nobody_in
);

const ELSEWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 9));

fn networks(list: &[&str]) -> Networks {
    Networks::of(list.iter().map(|text| text.parse().unwrap()))
}

fn here_alone() -> Networks {
    networks(&["192.0.2.0/24", "2001:db8::/32"])
}

/// What each door says to the secret and to its token: trade, proof, revoke, read, act.
async fn doors(
    store: &Store,
    org: &Organisation,
    token: &Claims,
    from: IpAddr,
) -> [Result<(), Refusal>; 5] {
    let (client, secret, now) = (org.application, org.secret, store.world().now());
    let id = TokenId::from_bytes(store.world().bytes());
    let trade = store.read(&IssueToken { client, secret, from, now, token: id }).await.unwrap();
    let proof = store.read(&ProveClient { client, secret, from, now }).await.unwrap();
    let by = Presented::ClientSecret { client, secret, from };
    // Of a token that nobody has, so that it may be asked twice.
    let other = Claims { token: id, ..token.clone() };
    let revoke = store.act(by, org.account, RevokeToken { token: other }).await.unwrap();
    let (account, user) = (Some(org.account), Some(user_id(3)));
    let read = GetUser { token: token.clone(), from, account, user, now };
    let read = store.read(&read).await.unwrap();
    let by = Presented::Token { token: token.clone(), from };
    let act = store.act(by, org.account, org.reactivate(3)).await.unwrap();
    [trade.map(|_| ()), proof, revoke, read.map(|_| ()), act.map(|_| ())]
}

fn all<T: Clone>(one: T) -> [T; 5] {
    std::array::from_fn(|_| one.clone())
}

fn edit(org: &Organisation) -> EditSecret {
    EditSecret {
        application: org.application,
        secret: org.secret_id,
        label: None,
        ends: None,
        networks: None,
    }
}

async fn stored(store: &Store, org: &Organisation) -> Application {
    stored_application(store, org.account, org.application).await.unwrap()
}

async fn terms_are_found_as_they_were_said(stage: &Stage) {
    let store = stage.open().await;
    operator(&store, account_id(1), create_account(1)).await;
    let ends = Some(NOW.plus(Duration::from_millis(86_400_001)));
    for (n, terms) in [
        (1, Terms::default()),
        (2, Terms { ends, networks: Networks::default() }),
        (3, Terms { ends: None, networks: here_alone() }),
        (4, Terms { ends, networks: here_alone() }),
    ] {
        let act = RegisterApplication { terms: terms.clone(), ..register(n) };
        operator(&store, account_id(1), act).await;
        let found = stored_application(&store, account_id(1), register(n).id).await.unwrap();
        assert_eq!(found.secrets[0].terms, terms);
    }
    assert!(stage.records(account_id(1)).await[1..].iter().all(|r| r == "application_registered"));
    let bodies = stage.texts("select body from audit order by seq").await;
    assert!(!bodies[1].contains("secret_ends") && !bodies[1].contains("secret_networks"));
    assert!(
        bodies[4].contains(r#""secret_ends":1800086400001,"secret_networks":["192.0.2.0/24","#)
    );
}

async fn flaws_are_refused_and_nothing_is_kept(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let before = stored(&store, &org).await;
    let ended = Terms { ends: Some(NOW), ..Terms::default() };
    let add = AddSecret {
        application: org.application,
        secret_id: SecretId::from_bytes([2; 8]),
        secret: a_secret(2),
        label: String::new(),
        terms: ended.clone(),
    };
    let new = RegisterApplication { terms: ended, ..register(2) };
    let many = Networks::of((0..33).map(|n| format!("10.0.0.{n}/32").parse().unwrap()));
    let invalid = |why: Refusal| assert!(matches!(why, Refusal::Invalid(_)), "{why}");
    invalid(refused(&store, org.account, add).await);
    invalid(refused(&store, org.account, new).await);
    for act in [
        EditSecret { ends: Some(Some(NOW)), ..edit(&org) },
        EditSecret { networks: Some(many), ..edit(&org) },
        EditSecret { label: Some("é".repeat(101)), ..edit(&org) },
        EditSecret { label: Some("\0".to_owned()), ..edit(&org) },
    ] {
        invalid(refused(&store, org.account, act).await);
    }
    let nobody = EditSecret { secret: SecretId::from_bytes([9; 8]), ..edit(&org) };
    assert_eq!(refused(&store, org.account, nobody).await, Refusal::NoSuchSecret);
    let nothing = EditSecret { application: register(9).id, ..edit(&org) };
    assert_eq!(refused(&store, org.account, nothing).await, Refusal::NoSuchApplication);
    assert_eq!(stored(&store, &org).await, before);
}

async fn an_ended_secret_is_refused_at_every_door(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    let end = NOW.plus(Duration::from_secs(60));
    operator(&store, org.account, EditSecret { ends: Some(Some(end)), ..edit(&org) }).await;
    stage.clock.set(Moment::from_millis(end.millis() - 1000));
    assert_eq!(doors(&store, &org, &token, HERE).await, all(Ok(())));
    let records = stage.records(org.account).await.len();
    stage.clock.set(end);
    assert_eq!(doors(&store, &org, &token, HERE).await, all(Err(Refusal::SecretEnded)));
    // A stranger's refusal is no evidence.
    assert_eq!(stage.records(org.account).await.len(), records);
    operator(&store, org.account, EditSecret { ends: Some(None), ..edit(&org) }).await;
    assert_eq!(doors(&store, &org, &token, HERE).await, all(Ok(())));
}

async fn a_token_ends_with_its_secret(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let whole = org.token(&store).await;
    assert_eq!(whole.ends, NOW.plus(AccessToken::LIFE));
    let end = NOW.plus(Duration::from_millis(60_700));
    operator(&store, org.account, EditSecret { ends: Some(Some(end)), ..edit(&org) }).await;
    let short = org.token(&store).await;
    assert_eq!(short.ends, NOW.plus(Duration::from_secs(60)));
    // Extended afterwards it does not live longer than it was told.
    operator(&store, org.account, EditSecret { ends: Some(None), ..edit(&org) }).await;
    stage.clock.set(short.ends);
    assert_eq!(org.get(&store, &short, 3).await, Err(Refusal::TokenDead));
    assert!(org.get(&store, &whole, 3).await.is_ok());
}

async fn a_secret_works_from_its_addresses_alone(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    let only = EditSecret { networks: Some(here_alone()), ..edit(&org) };
    operator(&store, org.account, only).await;
    let no = Refusal::AddressNotAllowed;
    assert_eq!(doors(&store, &org, &token, HERE).await, all(Ok(())));
    assert_eq!(doors(&store, &org, &token, ELSEWHERE).await, all(Err(no.clone())));
    for (from, expected) in [
        ("::ffff:192.0.2.200", Ok(())),
        ("2001:db8::1", Ok(())),
        ("::ffff:198.51.100.9", Err(no.clone())),
        ("2001:db9::1", Err(no)),
    ] {
        let said = doors(&store, &org, &token, from.parse().unwrap()).await;
        assert_eq!(said, all(expected), "{from}");
    }
    let again = EditSecret { networks: Some(Networks::default()), ..edit(&org) };
    operator(&store, org.account, again).await;
    assert_eq!(doors(&store, &org, &token, ELSEWHERE).await, all(Ok(())));
}

async fn an_edit_keeps_the_secret_and_the_other_one(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let second = AddSecret {
        application: org.application,
        secret_id: SecretId::from_bytes([2; 8]),
        secret: a_secret(2),
        label: "second".to_owned(),
        terms: Terms { ends: None, networks: here_alone() },
    };
    operator(&store, org.account, second).await;
    let before = stored(&store, &org).await;
    let ends = NOW.plus(Duration::from_secs(3600));
    let act = EditSecret {
        label: Some("old".to_owned()),
        ends: Some(Some(ends)),
        networks: Some(networks(&["0.0.0.0/0"])),
        ..edit(&org)
    };
    let answered = operator(&store, org.account, act.clone()).await;
    let after = stored(&store, &org).await;
    assert_eq!(answered, after);
    let first = |app: &Application| app.secret(org.secret_id).unwrap().clone();
    assert_eq!(first(&after).label, "old");
    assert_eq!(first(&after).terms.ends, Some(ends));
    assert_eq!(first(&after).terms.networks, networks(&["0.0.0.0/0"]));
    assert_eq!(first(&after).digest, first(&before).digest);
    assert_eq!(first(&after).created, first(&before).created);
    let other = SecretId::from_bytes([2; 8]);
    assert_eq!(after.secret(other), before.secret(other));
    assert_eq!(after.version, before.version + 1);
    // The same again is nothing; an end that was may stay while the label changes.
    assert_eq!(operator(&store, org.account, act).await, after);
    stage.clock.set(ends);
    let relabel = EditSecret { label: Some("ended".to_owned()), ..edit(&org) };
    assert_eq!(first(&operator(&store, org.account, relabel).await).label, "ended");
    let retire = RetireSecret { application: org.application, secret: org.secret_id };
    operator(&store, org.account, retire).await;
    let records = stage.records(org.account).await;
    let expected = ["secret_added", "secret_edited", "secret_edited", "secret_retired"];
    assert_eq!(records[records.len() - 4..], expected);
}

async fn a_list_of_addresses_that_cannot_be_read_lets_nobody_in(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    stage.raw("update secrets set addresses = 'everywhere'").await;
    let (client, secret, from, now) = (org.application, org.secret, HERE, NOW);
    let proof = store.read(&ProveClient { client, secret, from, now }).await;
    assert!(matches!(proof, Err(Fault::Inconsistent { .. })), "{proof:?}");
    let (account, user) = (Some(org.account), Some(user_id(3)));
    let read = store.read(&GetUser { token: token.clone(), from, account, user, now }).await;
    assert!(matches!(read, Err(Fault::Inconsistent { .. })), "{read:?}");
    let act = store.act(by_token(token), org.account, org.suspend(3)).await;
    assert!(matches!(act, Err(Fault::Inconsistent { .. })), "{act:?}");
}
