//! A PostgreSQL database that came back from its own backup, made safe: what was issued before does
//! not work on it, and each account's log says so.

use rollcall_directory::acting::Refusal;
use rollcall_directory::keys::RootKey;
use rollcall_directory::store::KeysFault;
use rollcall_directory::store::postgres::Address;
use rollcall_directory::store::postgres::recovered::made_safe;
use rollcall_directory::tokens::Claims;

use crate::organisation::*;
use crate::signed_in::*;
use crate::stage::{Database, Stage};

const ROOT: RootKey = RootKey::from_bytes([1; 32]);

fn address(stage: &Stage) -> Address {
    match &stage.database {
        Database::Postgres(fresh) => fresh.address().parse().unwrap(),
        Database::Sqlite(_) => panic!("not of SQLite"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_issued_before_works_on_it() {
    let stage = Stage::postgres().await;
    let store = stage.open().await;
    let (org, other) = (organisation(&store, 1).await, organisation(&store, 2).await);
    let session = sign_in(&store, org.account, user_id(3)).await;
    let token = org.token(&store).await;
    let text = token.seal(&store.keys());
    let before = head(&store, org.account).await;
    store.close().await;
    stage.raw("delete from nodes").await;

    let roots = [RootKey::from_bytes([9; 32]), ROOT];
    let safe = made_safe(&address(&stage), &roots, &stage.world()).await.unwrap();
    assert_eq!((safe.accounts, safe.people), (2, 2 * u64::from(PEOPLE)));
    assert!(safe.state.starts_with("postgresql timeline 1 at "), "{}", safe.state);

    let store = stage.open().await;
    for account in [org.account, other.account] {
        assert_eq!(stage.records(account).await.last().unwrap(), "restored");
    }
    verify(&store, org.account, Some(before)).await.unwrap();
    assert!(Claims::open(text.expose(), &store.keys()).is_err(), "its key is gone");
    // Its epoch is of the past too: a token that some key still opened would not work.
    assert_eq!(org.get(&store, &token, 4).await, Err(Refusal::TokenDead));
    assert_eq!(who(&store, org.account, session).await.map(|_| ()), Err(Refusal::SessionDead));
    let fresh = org.token(&store).await;
    assert!(org.get(&store, &fresh, 4).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_refused_while_a_node_serves_and_with_another_root_key() {
    let stage = Stage::postgres().await;
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let before = head(&store, org.account).await;
    stage
        .raw("insert into nodes (name, version, beats, started, seen) values ('a node', '1', 1, now(), now())")
        .await;
    let served = made_safe(&address(&stage), &[ROOT], &stage.world()).await.unwrap_err();
    assert!(served.to_string().contains("serve this database"), "{served}");
    store.close().await;
    stage.raw("delete from nodes").await;
    let wrong = made_safe(&address(&stage), &[RootKey::from_bytes([9; 32])], &stage.world()).await;
    assert!(matches!(wrong, Err(KeysFault::RootKey(_))), "{wrong:?}");
    let store = stage.open().await;
    assert_eq!(head(&store, org.account).await, before);
}
