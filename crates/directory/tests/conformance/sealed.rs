//! What is kept sealed: MAC keys are added, learnt of by others, replaced and sealed anew while
//! stores are open; what the server keeps for all its processes; work that one does at a time.

use std::str::FromStr;
use std::time::Duration;

use rollcall_directory::Fault;
use rollcall_directory::keys::{KeyId, KeyRing, RootKey};
use rollcall_directory::store::postgres::Address;
use rollcall_directory::store::{
    Administration, Founding, KeysFault, MadeBy, Store, postgres, sqlite,
};
use rollcall_directory::tokens::Claims;

use crate::organisation::*;
use crate::stage::{Database, NOW, Stage};

on_both!(
    an_added_key_signs_when_all_know_it_and_the_older_one_goes_on,
    a_third_key_waits_for_the_first_or_ends_what_it_signed,
    replaced_keys_end_all_that_was_signed_before,
    of_several_root_keys_the_one_that_opens_is_used,
    under_another_root_key_everything_goes_on,
    the_wrong_root_key_changes_nothing,
    a_key_is_added_once_it_is_due,
    a_key_from_the_future_stops_issuing_until_it_is_replaced,
    what_is_kept_comes_back_to_every_process,
    one_holder_at_a_time
);

const ROOT: [u8; 32] = [1; 32];

pub(crate) fn root() -> RootKey {
    RootKey::from_bytes(ROOT)
}

fn another_root() -> RootKey {
    RootKey::from_bytes([2; 32])
}

pub(crate) async fn beside(stage: &Stage) -> Administration {
    match &stage.database {
        Database::Sqlite(_) => Administration::sqlite(&stage.place(), stage.world()).unwrap(),
        Database::Postgres(database) => {
            let address = Address::from_str(&database.address()).unwrap();
            Administration::postgres(&address, stage.world()).await.unwrap()
        }
    }
}

pub(crate) async fn a_second_process(stage: &Stage) -> Store {
    match &stage.database {
        Database::Sqlite(_) => {
            sqlite::open_beside(&stage.place(), &stage.founding(), stage.world()).unwrap()
        }
        Database::Postgres(database) => {
            let address = Address::from_str(&database.address()).unwrap();
            postgres::open(&address, &stage.founding(), stage.world()).await.unwrap()
        }
    }
}

async fn a_token_text(org: &Organisation, store: &Store) -> String {
    org.token(store).await.seal(&store.keys()).expose().to_owned()
}

fn opens(store: &Store, token: &str) -> bool {
    Claims::open(token, &store.keys()).is_ok()
}

async fn look_again(stage: &Stage, stores: &[&Store], after: Duration) {
    stage.clock.set(stage.world().now().plus(after));
    for store in stores {
        store.reload_keys(|| vec![root(), another_root()]).await.unwrap();
    }
}

async fn an_added_key_signs_when_all_know_it_and_the_older_one_goes_on(stage: &Stage) {
    let (one, two) = (stage.open().await, a_second_process(stage).await);
    let org = organisation(&one, 1).await;
    let before = a_token_text(&org, &one).await;
    beside(stage).await.rotate_keys(&root(), false).await.unwrap();
    look_again(stage, &[&one], Duration::from_secs(1)).await;
    // The other process does not know it yet, and nothing is signed that it could not read.
    let meanwhile = a_token_text(&org, &one).await;
    assert!(opens(&two, &meanwhile));
    look_again(stage, &[&one, &two], KeyRing::SETTLES_IN).await;
    assert_eq!(one.keys().signing().0, KeyId(2));
    let after = a_token_text(&org, &one).await;
    for token in [&before, &meanwhile, &after] {
        assert!(opens(&one, token) && opens(&two, token));
    }
}

async fn a_third_key_waits_for_the_first_or_ends_what_it_signed(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let by_the_first = a_token_text(&org, &store).await;
    let admin = beside(stage).await;
    admin.rotate_keys(&root(), false).await.unwrap();
    let too_soon = admin.rotate_keys(&root(), false).await;
    assert!(matches!(too_soon, Err(KeysFault::MayNotRotate(_))));
    assert!(opens(&store, &by_the_first));
    admin.rotate_keys(&root(), true).await.unwrap();
    look_again(stage, &[&store], Duration::from_secs(1)).await;
    assert!(!opens(&store, &by_the_first));
    let facts = store.mac_keys().await.unwrap();
    assert_eq!(facts.iter().map(|key| key.id).collect::<Vec<_>>(), [KeyId(2), KeyId(3)]);
}

async fn replaced_keys_end_all_that_was_signed_before(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let admin = beside(stage).await;
    admin.rotate_keys(&root(), false).await.unwrap();
    look_again(stage, &[&store], KeyRing::SETTLES_IN).await;
    let before = a_token_text(&org, &store).await;
    assert!(matches!(admin.replace_keys(&another_root()).await, Err(KeysFault::RootKey(_))));
    assert!(opens(&store, &before));
    admin.replace_keys(&root()).await.unwrap();
    look_again(stage, &[&store], Duration::from_secs(1)).await;
    assert!(!opens(&store, &before));
    let after = a_token_text(&org, &store).await;
    assert!(opens(&store, &after));
    let facts = store.mac_keys().await.unwrap();
    assert_eq!(facts.iter().map(|key| key.id).collect::<Vec<_>>(), [KeyId(3)]);
}

/// While one replaces the other, either may be what the store is sealed under.
async fn of_several_root_keys_the_one_that_opens_is_used(stage: &Stage) {
    stage.open().await.close().await;
    let both = |first: RootKey, other: RootKey| {
        let mut founding = Founding::fresh(first, MadeBy::Serve, &stage.world());
        founding.others = vec![other];
        founding
    };
    let store = stage.try_open(&both(another_root(), root())).await.unwrap();
    assert_eq!(store.root_key_id(), root().id());
    store.close().await;
    drop(store);
    let neither = both(another_root(), RootKey::from_bytes([77; 32]));
    assert!(stage.try_open(&neither).await.is_err());
}

async fn under_another_root_key_everything_goes_on(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    store.keep("certificate", b"a certificate and its key").await.unwrap();
    let before = a_token_text(&org, &store).await;
    let admin = beside(stage).await;
    admin.rotate_root(&root(), &another_root()).await.unwrap();
    // It serves on what it holds until it finds the new root key.
    assert!(opens(&store, &before));
    assert!(store.reload_keys(|| vec![root()]).await.is_err());
    assert!(opens(&store, &before));
    store.reload_keys(|| vec![root(), another_root()]).await.unwrap();
    assert!(opens(&store, &before));
    let kept = store.kept("certificate").await.unwrap().unwrap();
    assert_eq!(kept.as_slice(), b"a certificate and its key");
    assert!(admin.opens_with(&another_root()).await.is_ok());
    assert!(admin.opens_with(&root()).await.is_err());
    store.close().await;
    drop(store);
    assert!(stage.try_open(&stage.founding()).await.is_err());
}

async fn the_wrong_root_key_changes_nothing(stage: &Stage) {
    let store = stage.open().await;
    let admin = beside(stage).await;
    assert!(matches!(admin.rotate_keys(&another_root(), true).await, Err(KeysFault::RootKey(_))));
    let wrong = admin.rotate_root(&another_root(), &RootKey::from_bytes([3; 32])).await;
    assert!(matches!(wrong, Err(KeysFault::RootKey(_))));
    assert_eq!(store.mac_keys().await.unwrap().len(), 1);
    store.reload_keys(Vec::new).await.unwrap();
}

async fn a_key_is_added_once_it_is_due(stage: &Stage) {
    let (one, two) = (stage.open().await, a_second_process(stage).await);
    let every = Some(Duration::from_secs(30 * 24 * 3600));
    one.look_after_keys(every, Vec::new).await.unwrap();
    assert_eq!(one.mac_keys().await.unwrap().len(), 1);
    stage.clock.set(NOW.plus(Duration::from_secs(30 * 24 * 3600)));
    for store in [&one, &two, &one] {
        store.look_after_keys(every, Vec::new).await.unwrap();
    }
    let facts = one.mac_keys().await.unwrap();
    assert_eq!(facts.iter().map(|key| key.id).collect::<Vec<_>>(), [KeyId(1), KeyId(2)]);
}

/// A machine that started with its clock ahead: as soon as the key of that time has given way.
async fn a_key_from_the_future_stops_issuing_until_it_is_replaced(stage: &Stage) {
    let store = stage.open().await;
    let every = Some(Duration::from_secs(30 * 24 * 3600));
    stage.clock.set(NOW.plus(Duration::from_secs(35 * 24 * 3600)));
    for _ in 0..2 {
        store.look_after_keys(every, Vec::new).await.unwrap();
    }
    let may_issue = || store.issuer().admit(stage.world().now());
    may_issue().unwrap();
    stage.clock.set(NOW);
    assert!(matches!(may_issue(), Err(Fault::ClockWentBack(_))));
    beside(stage).await.rotate_keys(&root(), true).await.unwrap();
    look_again(stage, &[&store], Duration::from_secs(1)).await;
    may_issue().unwrap();
}

async fn what_is_kept_comes_back_to_every_process(stage: &Stage) {
    let (one, two) = (stage.open().await, a_second_process(stage).await);
    assert_eq!(one.kept("account").await.unwrap(), None);
    one.keep("account", b"first").await.unwrap();
    two.keep("account", b"second").await.unwrap();
    assert_eq!(one.kept("account").await.unwrap().unwrap().as_slice(), b"second");
    // Sealed for its own name: moved under another one it does not open.
    stage.raw("update kept set name = 'other'").await;
    assert!(one.kept("other").await.is_err());
}

async fn one_holder_at_a_time(stage: &Stage) {
    let (one, two) = (stage.open().await, a_second_process(stage).await);
    let minute = Duration::from_secs(60);
    assert!(one.lease("renewal", "one", minute).await.unwrap());
    assert!(!two.lease("renewal", "two", minute).await.unwrap());
    assert!(two.lease("another", "two", minute).await.unwrap());
    stage.clock.set(NOW.plus(Duration::from_secs(30)));
    assert!(one.lease("renewal", "one", minute).await.unwrap());
    stage.clock.set(NOW.plus(Duration::from_secs(89)));
    assert!(!two.lease("renewal", "two", minute).await.unwrap());
    stage.clock.set(NOW.plus(Duration::from_secs(90)));
    assert!(two.lease("renewal", "two", minute).await.unwrap());
    assert!(!one.lease("renewal", "one", minute).await.unwrap());
}
