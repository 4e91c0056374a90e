//! A server whose commits no longer return is not believed, though it answers every question: as a
//! primary that was paused while its successor took over. And the same without the fence, to see
//! that this test would notice.

use super::super::{Accounts, Database, Store, postgres};
use super::a_place::{a_database, founding};
use crate::Fault;
use crate::world::World;

const QUESTION: Accounts = Accounts { after: None, limit: 1 };

/// Beats wait for the row of this node as they would for a standby that does not answer.
async fn whose_commits_do_not_return() -> (Store, tokio_postgres::Client) {
    let address = a_database().await;
    let store = postgres::open(&address, &founding(), World::system()).await.unwrap();
    store.read(&QUESTION).await.unwrap();
    let (holder, connection) = address.config().connect(tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    holder.batch_execute("begin; select name from nodes for update").await.unwrap();
    (store, holder)
}

fn of_postgres(store: &Store) -> &postgres::Postgres {
    match store.core.database() {
        Database::Postgres(postgres) => postgres,
        Database::Sqlite(_) => unreachable!("it was opened on PostgreSQL"),
    }
}

/// Asked until the last proof is too old; what was answered until then may have been.
async fn stops_to_answer(store: &Store) -> bool {
    for _ in 0..60 {
        match store.read(&QUESTION).await {
            Ok(_) => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
            Err(Fault::Unavailable(why)) => {
                assert!(why.contains("primary"), "{why}");
                return true;
            }
            Err(other) => panic!("{other}"),
        }
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_answered_without_a_proof_and_it_is_again_with_one() {
    let (store, holder) = whose_commits_do_not_return().await;
    assert!(stops_to_answer(&store).await);
    for _ in 0..3 {
        assert!(matches!(store.read(&QUESTION).await, Err(Fault::Unavailable(_))));
        assert!(matches!(store.read_long(QUESTION).await, Err(Fault::Unavailable(_))));
    }
    holder.batch_execute("rollback").await.unwrap();
    let mut answered = false;
    for _ in 0..30 {
        answered = answered || store.read(&QUESTION).await.is_ok();
    }
    assert!(answered, "the proof came back and nobody believes it");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_fence_this_test_fails() {
    let (store, holder) = whose_commits_do_not_return().await;
    of_postgres(&store).take_the_fence_down();
    assert!(!stops_to_answer(&store).await, "the fence is down and nobody noticed");
    drop(holder);
}
