//! Four owners suspended in parallel, by several writers at the same database, a thousand times:
//! exactly one remains each time. The same where they are demoted and removed too. And the same with the account's lock taken away, to see that
//! this test would notice.

use super::super::postgres::Address;
use super::super::{Database, Found, Lock, MadeBy, Store, postgres, sqlite};
use super::a_place::{ACCOUNT, a_database, founding};
use crate::accounts::{CreateAccount, Plan};
use crate::acting::{Presented, Refusal};
use crate::groups::{Group, Groups};
use crate::keys::RootKey;
use crate::users::{
    AddUser, ChangeGroup, ImportPeople, NewPerson, Reactivate, RemoveUser, State, Suspend,
};
use crate::world::{Moment, UserId, World};

const ROUNDS: usize = 1000;
const MIXED_ROUNDS: usize = 200;
const ROUNDS_WITHOUT_LOCK: usize = 50;
const OWNERS: u8 = 4;

fn owner(n: u8) -> UserId {
    UserId::from_bytes([n; 16])
}

async fn people(store: &Store) {
    let name = "Owners".to_owned();
    let account =
        CreateAccount { id: ACCOUNT, name, plan: Plan::Business, provisioning_automated: false };
    store.act(Presented::Operator, ACCOUNT, account).await.unwrap().unwrap();
    let import = ImportPeople { people: (1..=OWNERS).map(person).collect() };
    store.act(Presented::Operator, ACCOUNT, import).await.unwrap().unwrap();
}

fn person(n: u8) -> NewPerson {
    NewPerson {
        id: owner(n),
        email: format!("owner{n}@example.com"),
        display_name: format!("Owner {n}"),
        state: State::Active,
        groups: Groups { owner: true, ..Groups::default() },
        externally_managed: false,
        created: Moment::from_seconds(n.into()),
    }
}

/// How many owners are left when each writer suspends one at the same time.
async fn round(writers: &[Store]) -> usize {
    for n in 1..=OWNERS {
        let back = Reactivate { account: None, user: Some(owner(n)), why: None, guarded: false };
        writers[0].act(Presented::Operator, ACCOUNT, back).await.unwrap().unwrap();
    }
    let acts = (1..=OWNERS).zip(writers.iter().cycle()).map(|(n, writer)| {
        let writer = writer.clone();
        tokio::spawn(async move {
            let act = Suspend { account: None, user: Some(owner(n)), why: None };
            writer.act(Presented::Operator, ACCOUNT, act).await
        })
    });
    let mut left = 0;
    for answer in acts.collect::<Vec<_>>() {
        match answer.await.unwrap().expect("the database is there") {
            Ok(_) => {}
            Err(Refusal::NoOwnerRemains(_)) => left += 1,
            Err(other) => panic!("{other}"),
        }
    }
    left
}

/// Suspended, demoted or removed, each by another writer: how many active owners are left. Whoever
/// is gone comes back first.
async fn mixed_round(writers: &[Store], turn: usize) -> usize {
    for n in 1..=OWNERS {
        let (by, add) = (Presented::Operator, AddUser { person: person(n) });
        if let Err(why) = writers[0].act(by.clone(), ACCOUNT, add).await.unwrap() {
            assert_eq!(why, Refusal::Exists("person"));
            let back =
                Reactivate { account: None, user: Some(owner(n)), why: None, guarded: false };
            writers[0].act(by.clone(), ACCOUNT, back).await.unwrap().unwrap();
            let owns = ChangeGroup { user: owner(n), group: Group::Owners, member: true };
            writers[0].act(by, ACCOUNT, owns).await.unwrap().unwrap();
        }
    }
    let acts = (1..=OWNERS).zip(writers.iter().cycle()).map(|(n, writer)| {
        let (writer, by, user) = (writer.clone(), Presented::Operator, owner(n));
        tokio::spawn(async move {
            match (usize::from(n) + turn) % 3 {
                0 => {
                    let act = Suspend { account: None, user: Some(user), why: None };
                    writer.act(by, ACCOUNT, act).await.map(|answer| answer.map(drop))
                }
                1 => {
                    let act = ChangeGroup { user, group: Group::Owners, member: false };
                    writer.act(by, ACCOUNT, act).await.map(|answer| answer.map(drop))
                }
                _ => {
                    let act = RemoveUser { user, why: None };
                    writer.act(by, ACCOUNT, act).await.map(|answer| answer.map(drop))
                }
            }
        })
    });
    let mut left = 0;
    for answer in acts.collect::<Vec<_>>() {
        match answer.await.unwrap().expect("the database is there") {
            Ok(()) => {}
            Err(Refusal::NoOwnerRemains(_)) => left += 1,
            Err(other) => panic!("{other}"),
        }
    }
    left
}

async fn one_is_left_each_time(writers: &[Store]) {
    people(&writers[0]).await;
    for turn in 0..MIXED_ROUNDS {
        assert_eq!(mixed_round(writers, turn).await, 1, "turn {turn}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_remains_of_those_suspended_demoted_and_removed_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    one_is_left_each_time(&on_sqlite(folder.path(), Lock::Account)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_remains_of_those_suspended_demoted_and_removed_on_postgres() {
    one_is_left_each_time(&on_postgres(Lock::Account).await).await;
}

async fn rounds_that_left_one(writers: &[Store], rounds: usize) -> usize {
    let mut good = 0;
    for _ in 0..rounds {
        good += usize::from(round(writers).await == 1);
    }
    good
}

fn on_sqlite(folder: &std::path::Path, lock: Lock) -> Vec<Store> {
    let place = sqlite::Place::new(folder);
    let world = World::system();
    let mut stores = vec![sqlite::open(&place, &founding(), world.clone()).unwrap()];
    if lock == Lock::Nothing {
        stores.clear();
    }
    while stores.len() < usize::from(OWNERS) {
        stores.push(sqlite::open_beside_with(&place, &founding(), world.clone(), lock).unwrap());
    }
    stores
}

async fn on_postgres(lock: Lock) -> Vec<Store> {
    on_database(&a_database().await, lock).await
}

async fn on_database(address: &Address, lock: Lock) -> Vec<Store> {
    let mut stores = Vec::new();
    for _ in 0..OWNERS {
        let opened = postgres::open(address, &founding(), World::system()).await.unwrap();
        drop(opened);
        let database = Database::Postgres(Box::new(postgres::Postgres::start(
            address,
            World::system(),
            lock,
            postgres::Node::serving(),
        )));
        let found = Found {
            root: RootKey::from_bytes([1; 32]),
            keys: crate::acting::stories::a_key_ring(),
            made_by: MadeBy::Serve,
        };
        stores.push(Store::of(database, World::system(), found));
    }
    stores
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_one_owner_remains_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let writers = on_sqlite(folder.path(), Lock::Account);
    people(&writers[0]).await;
    assert_eq!(rounds_that_left_one(&writers, ROUNDS).await, ROUNDS);
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_one_owner_remains_on_postgres() {
    let writers = on_postgres(Lock::Account).await;
    people(&writers[0]).await;
    assert_eq!(rounds_that_left_one(&writers, ROUNDS).await, ROUNDS);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_lock_this_test_fails_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    drop(on_sqlite(folder.path(), Lock::Account));
    let writers = on_sqlite(folder.path(), Lock::Nothing);
    people(&writers[0]).await;
    assert!(seen_to_fail(&writers).await, "the lock is gone and nobody noticed");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_lock_this_test_fails_on_postgres() {
    let config = a_database().await;
    let writers = on_database(&config, Lock::Nothing).await;
    // The audit chain's key is a second lock: who comes second collides there and runs again.
    let (client, connection) = config.config().connect(tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("alter table audit drop constraint audit_pkey").await.unwrap();
    people(&writers[0]).await;
    assert!(seen_to_fail(&writers).await, "the lock is gone and nobody noticed");
}

/// No owner left, or two who collided in the audit chain: either is a failure of what is promised.
async fn seen_to_fail(writers: &[Store]) -> bool {
    for _ in 0..ROUNDS_WITHOUT_LOCK {
        let writers = writers.to_vec();
        match tokio::spawn(async move { round(&writers).await }).await {
            Ok(1) => {}
            Ok(_) | Err(_) => return true,
        }
    }
    false
}
