//! The last use of a secret, and the operator's look at applications.

use std::net::IpAddr;
use std::time::Duration;

use rollcall_directory::applications::{
    AddSecret, ApplicationShown, DeleteApplication, EditApplication, FindApplication, LastUse,
    ListApplications, RetireSecret, Scope, Scopes, Terms,
};
use rollcall_directory::store::Store;
use rollcall_directory::tokens::Claims;
use rollcall_directory::world::{ApplicationId, Moment, SecretId};

use crate::organisation::*;
use crate::stage::{NOW, Stage};

on_both!(
    a_last_use_is_written_and_shown,
    an_older_use_does_not_replace_a_newer_one,
    a_change_of_the_application_keeps_it_and_a_retired_secret_takes_it_along,
    what_is_noted_of_a_secret_that_is_gone_is_dropped,
    a_use_is_no_evidence,
    it_is_written_while_the_store_is_open,
    applications_come_in_pages
);

const FOUR: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

async fn find(store: &Store, org: &Organisation) -> ApplicationShown {
    let question = FindApplication { account: org.account, id: org.application };
    store.read(&question).await.unwrap().unwrap()
}

async fn last(store: &Store, org: &Organisation) -> Option<LastUse> {
    find(store, org).await.last_use(org.secret_id).cloned()
}

async fn reopened(stage: &Stage, store: Store) -> Store {
    store.close().await;
    stage.open().await
}

async fn a_last_use_is_written_and_shown(stage: &Stage) {
    let mut store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    assert_eq!(last(&store, &org).await, None);
    for (seconds, from, agent) in
        [(1, "192.0.2.7", "curl/8.5"), (2, "2001:db8::1", ""), (3, "::1", "Łukasz\u{1b}[2J 山田")]
    {
        let at = NOW.plus(Duration::from_secs(seconds));
        stage.clock.set(at);
        let address: IpAddr = from.parse().unwrap();
        store.note_use(&token, address, agent.as_bytes());
        store = reopened(stage, store).await;
        let expected = LastUse { at, address, agent: agent.to_owned() };
        assert_eq!(last(&store, &org).await, Some(expected));
    }
}

async fn an_older_use_does_not_replace_a_newer_one(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    stage.clock.set(NOW.plus(Duration::from_secs(60)));
    store.note_use(&token, FOUR, b"newer");
    let store = reopened(stage, store).await;
    stage.clock.set(NOW);
    store.note_use(&token, FOUR, b"older");
    let store = reopened(stage, store).await;
    assert_eq!(last(&store, &org).await.unwrap().agent, "newer");
}

async fn a_change_of_the_application_keeps_it_and_a_retired_secret_takes_it_along(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let second_id = SecretId::from_bytes([2; 8]);
    let second = AddSecret {
        application: org.application,
        secret_id: second_id,
        secret: a_secret(2),
        label: String::new(),
        terms: Terms::default(),
    };
    operator(&store, org.account, second).await;
    let token = org.token(&store).await;
    store.note_use(&token, FOUR, b"first");
    store.note_use(&Claims { secret: second_id, ..token }, FOUR, b"second");
    let store = reopened(stage, store).await;
    let edit = EditApplication::scopes(org.application, Scopes::of(&[Scope::GetUser]));
    operator(&store, org.account, edit).await;
    let shown = find(&store, &org).await;
    assert_eq!(shown.last_use(org.secret_id).unwrap().agent, "first");
    assert_eq!(shown.last_use(second_id).unwrap().agent, "second");
    let retire = RetireSecret { application: org.application, secret: org.secret_id };
    operator(&store, org.account, retire).await;
    let shown = find(&store, &org).await;
    assert_eq!(shown.last_use(org.secret_id), None);
    assert_eq!(shown.last_use(second_id).unwrap().agent, "second");
    let agents = || stage.texts("select agent from secret_uses");
    assert_eq!(agents().await, ["second"]);
    operator(&store, org.account, DeleteApplication { id: org.application }).await;
    assert!(agents().await.is_empty());
}

async fn what_is_noted_of_a_secret_that_is_gone_is_dropped(stage: &Stage) {
    let store = stage.open().await;
    let (org, other) = (organisation(&store, 1).await, organisation(&store, 2).await);
    let (token, others) = (org.token(&store).await, other.token(&store).await);
    let retire = RetireSecret { application: org.application, secret: org.secret_id };
    operator(&store, org.account, retire).await;
    store.note_use(&token, FOUR, b"gone");
    store.note_use(&others, FOUR, b"there");
    let store = reopened(stage, store).await;
    assert_eq!(stage.texts("select agent from secret_uses").await, ["there"]);
    assert_eq!(last(&store, &other).await.unwrap().agent, "there");
}

async fn a_use_is_no_evidence(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let before = stage.records(org.account).await;
    store.note_use(&org.token(&store).await, FOUR, b"curl");
    let store = reopened(stage, store).await;
    assert!(last(&store, &org).await.is_some());
    assert_eq!(stage.records(org.account).await, before);
}

/// About a second later, by the machine's own clock: that is waited for, not slept through.
async fn it_is_written_while_the_store_is_open(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    store.note_use(&org.token(&store).await, FOUR, b"curl");
    let written = async {
        while last(&store, &org).await.is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), written).await.expect("it is written");
}

async fn applications_come_in_pages(stage: &Stage) {
    let store = stage.open().await;
    let nowhere = ListApplications { account: account_id(9), after: None, limit: 10 };
    assert_eq!(store.read(&nowhere).await.unwrap(), None);
    operator(&store, account_id(1), create_account(1)).await;
    let list = |after: Option<ApplicationId>, limit| {
        let question = ListApplications { account: account_id(1), after, limit };
        let store = &store;
        async move { store.read(&question).await.unwrap().unwrap() }
    };
    assert_eq!(list(None, 10).await, []);
    for n in 1..=5 {
        operator(&store, account_id(1), register(n)).await;
    }
    // Another account's are not seen.
    organisation(&store, 7).await;
    let all = list(None, 10).await;
    assert_eq!(all.len(), 5);
    let (mut paged, mut after) = (Vec::new(), None);
    for _ in 0..4 {
        let page = list(after, 2).await;
        after = page.last().map(|shown| shown.application.id).or(after);
        paged.extend(page);
    }
    assert_eq!(paged, all);
    for shown in &all {
        let id = shown.application.id;
        let stored = stored_application(&store, account_id(1), id).await;
        assert_eq!(Some(&shown.application), stored.as_ref());
        let one = store.read(&FindApplication { account: account_id(1), id }).await.unwrap();
        assert_eq!(one.as_ref(), Some(shown));
        let of_another = FindApplication { account: account_id(7), id };
        assert_eq!(store.read(&of_another).await.unwrap(), None);
    }
    assert!(all.iter().all(|shown| shown.application.created == Moment::from_millis(NOW.millis())));
    // One without a secret is shown all the same.
    let (application, secret) = (register(1).id, SecretId::from_bytes([1; 8]));
    operator(&store, account_id(1), RetireSecret { application, secret }).await;
    assert_eq!(list(None, 10).await.len(), 5);
}
