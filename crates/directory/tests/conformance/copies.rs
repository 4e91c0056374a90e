//! Copies of a store beside it, and going back to one: all of it, also what is only remembered, and
//! whole whatever is done meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use rollcall_directory::acting::{Presented, Refusal};
use rollcall_directory::applications::FindApplication;
use rollcall_directory::audit::HeadOf;
use rollcall_directory::store::{CopyName, Store};
use rollcall_directory::tokens::RevokeToken;
use rollcall_directory::users::State;

use crate::before::version_9;
use crate::organisation::*;
use crate::sealed::{beside, root};
use crate::stage::{Database, NOW, Stage};

on_both!(
    a_store_goes_back_to_what_it_was,
    time_may_go_back_with_it,
    keys_that_came_later_are_gone,
    what_was_gathered_meanwhile_is_forgotten,
    copies_are_replaced_listed_and_dropped,
    it_is_whole_whatever_is_done_meanwhile
);

fn name(text: &str) -> CopyName {
    text.parse().unwrap()
}

async fn back(store: &Store) {
    assert!(store.put_back(&name("one")).await.unwrap(), "the copy is there");
}

async fn a_store_goes_back_to_what_it_was(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    let by = by_token(token.clone());
    assert!(!store.put_back(&name("one")).await.unwrap(), "nothing was kept yet");
    store.keep_copy(&name("one"), "").await.unwrap();
    let head_then = head(&store, org.account).await;

    for _ in 0..2 {
        store.act(by.clone(), org.account, org.suspend(3)).await.unwrap().unwrap();
        let revoke = RevokeToken { token: token.clone() };
        store.act(org.client(), org.account, revoke).await.unwrap().unwrap();
        organisation(&store, 2).await;
        let dead = store.act(by.clone(), org.account, org.suspend(4)).await.unwrap();
        assert_eq!(dead.map(|_| ()), Err(Refusal::TokenDead));

        back(&store).await;
        assert_eq!(head(&store, org.account).await, head_then);
        assert!(verify(&store, org.account, Some(head_then)).await.is_ok());
        assert_eq!(org.get(&store, &token, 3).await.unwrap().state, State::Active);
        let other = store.read(&HeadOf { account: account_id(2) }).await.unwrap();
        assert!(other.is_none(), "the second organisation came later");
    }
    store.act(by, org.account, org.suspend(3)).await.unwrap().unwrap();
    assert!(store.integrity().await.unwrap().is_empty());
}

/// What was issued in a future that is forgotten is no reason to issue nothing now.
async fn time_may_go_back_with_it(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    store.keep_copy(&name("one"), "").await.unwrap();
    stage.clock.advance(Duration::from_secs(3600));
    store.issuer().admit(store.world().now()).unwrap();
    stage.clock.set(NOW);
    assert!(store.issuer().admit(store.world().now()).is_err(), "the clock went back");
    back(&store).await;
    store.issuer().admit(store.world().now()).unwrap();
    org.token(&store).await;
}

async fn keys_that_came_later_are_gone(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    store.keep_copy(&name("one"), "").await.unwrap();
    let keys_then: Vec<_> = store.keys().ids().collect();
    let text = org.token(&store).await.seal(&store.keys());
    beside(stage).await.rotate_keys(&root(), false).await.unwrap();
    store.reload_keys(Vec::new).await.unwrap();
    assert_ne!(store.keys().ids().collect::<Vec<_>>(), keys_then);
    back(&store).await;
    assert_eq!(store.keys().ids().collect::<Vec<_>>(), keys_then);
    let again = org.token(&store).await.seal(&store.keys());
    assert_ne!(again, text, "another token, by the same key");
    assert_eq!(store.mac_keys().await.unwrap().len(), keys_then.len());
}

async fn what_was_gathered_meanwhile_is_forgotten(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    store.keep_copy(&name("one"), "").await.unwrap();
    store.note_use(&token, HERE, b"curl/8.5");
    back(&store).await;
    // What is gathered is written at the end.
    store.close().await;
    let store = stage.open().await;
    let question = FindApplication { account: org.account, id: org.application };
    let shown = store.read(&question).await.unwrap().unwrap();
    assert!(shown.last_use(org.secret_id).is_none(), "it was used in another life");
}

async fn copies_are_replaced_listed_and_dropped(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    assert!(store.copies().await.unwrap().is_empty());
    store.keep_copy(&name("one"), "first").await.unwrap();
    let token = org.token(&store).await;
    store.act(by_token(token.clone()), org.account, org.suspend(3)).await.unwrap().unwrap();
    stage.clock.advance(Duration::from_secs(60));
    store.keep_copy(&name("one"), "second").await.unwrap();
    store.keep_copy(&name("a-2"), "'quoted' \"twice\"").await.unwrap();
    let kept = store.copies().await.unwrap();
    let told: Vec<_> = kept.iter().map(|copy| (copy.name.as_str(), copy.about.as_str())).collect();
    assert_eq!(told, [("a-2", "'quoted' \"twice\""), ("one", "second")]);
    let later = NOW.plus(Duration::from_secs(60));
    assert!(kept.iter().all(|copy| copy.made == later && copy.bytes > 10_000), "{kept:?}");
    store.act(by_token(token.clone()), org.account, org.reactivate(3)).await.unwrap().unwrap();
    back(&store).await;
    assert_eq!(org.get(&store, &token, 3).await.unwrap().state, State::Suspended, "the second");
    assert!(store.drop_copy(&name("one")).await.unwrap());
    assert!(!store.drop_copy(&name("one")).await.unwrap());
    assert!(!store.put_back(&name("one")).await.unwrap());
    assert_eq!(store.copies().await.unwrap().len(), 1);
    // They outlive the process.
    store.close().await;
    let store = stage.open().await;
    assert!(store.put_back(&name("a-2")).await.unwrap());
}

/// Acts and reads of eight callers, while the store goes back again and again.
async fn it_is_whole_whatever_is_done_meanwhile(stage: &Stage) {
    let rounds = match stage.database {
        Database::Sqlite(_) => 50,
        Database::Postgres(_) => 10,
    };
    let store = stage.open().await;
    let org = Arc::new(organisation(&store, 1).await);
    let token = org.token(&store).await;
    store.keep_copy(&name("one"), "").await.unwrap();
    let head_then = head(&store, org.account).await;
    let (over, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let callers: Vec<_> = (0..8_u8)
        .map(|n| {
            let (store, org, token) = (store.clone(), Arc::clone(&org), token.clone());
            let (over, done) = (Arc::clone(&over), Arc::clone(&done));
            tokio::spawn(async move {
                let by = by_token(token.clone());
                while !over.load(Ordering::Relaxed) {
                    let (suspend, reactivate) = (org.suspend(3 + n % 3), org.reactivate(3 + n % 3));
                    store.act(by.clone(), org.account, suspend).await.unwrap().unwrap();
                    store.act(by.clone(), org.account, reactivate).await.unwrap().unwrap();
                    org.get(&store, &token, 3).await.unwrap();
                    store.note_use(&token, HERE, b"curl/8.5");
                    done.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for _ in 0..rounds {
        let so_far = done.load(Ordering::Relaxed);
        while done.load(Ordering::Relaxed) < so_far + 8 {
            assert!(callers.iter().all(|caller| !caller.is_finished()), "somebody was refused");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        back(&store).await;
        assert!(verify(&store, org.account, Some(head_then)).await.is_ok());
    }
    over.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.await.unwrap();
    }
    assert!(store.integrity().await.unwrap().is_empty());
    assert!(head(&store, org.account).await.seq >= head_then.seq);
    back(&store).await;
    assert_eq!(head(&store, org.account).await, head_then);
    assert!(store.integrity().await.unwrap().is_empty());
    store.close().await;
    let store = stage.open().await;
    assert!(verify(&store, org.account, Some(head_then)).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn acts_that_were_submitted_before_are_undone_and_later_ones_stay() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let (one, two) = (organisation(&store, 1).await, organisation(&store, 2).await);
    store.keep_copy(&name("one"), "").await.unwrap();
    for _ in 0..20 {
        // Not waited for: they are in the queue, of two accounts, when the copy is asked for.
        let before: Vec<_> = [&one, &two, &one, &two]
            .into_iter()
            .zip([3, 3, 4, 4])
            .map(|(org, n)| store.submit(Presented::Operator, org.account, org.suspend(n)))
            .collect();
        back(&store).await;
        let later = store.act(Presented::Operator, two.account, two.suspend(5));
        later.await.unwrap().unwrap();
        for before in before {
            before.await.unwrap().unwrap();
        }
        for (org, n) in [(&one, 3), (&one, 4), (&two, 3), (&two, 4)] {
            let user = stored_user(&store, org.account, user_id(n)).await.unwrap();
            assert_eq!(user.state, State::Active, "it was submitted before");
        }
        let user = stored_user(&store, two.account, user_id(5)).await.unwrap();
        assert_eq!(user.state, State::Suspended, "it came later");
    }
}

/// Brought up to date before anybody sees it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_an_older_program_kept_is_put_back_as_one_of_today() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    operator(&store, org.account, org.suspend(3)).await;
    store.keep_copy(&name("one"), "").await.unwrap();
    let kept = stage.place().folder().join("copies").join("one.sqlite");
    rusqlite::Connection::open(&kept).unwrap().execute_batch(&version_9()).unwrap();
    operator(&store, org.account, org.reactivate(3)).await;
    for _ in 0..2 {
        back(&store).await;
        assert!(stored_user(&store, org.account, user_id(3)).await.unwrap().is_suspended());
        assert!(store.integrity().await.unwrap().is_empty());
        let db = rusqlite::Connection::open(&kept).unwrap();
        let last = "select max(version) >= 10 from rollcall_migrations";
        assert!(db.query_row(last, [], |row| row.get::<_, bool>(0)).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_broken_off_is_no_copy() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    store.keep_copy(&name("one"), "").await.unwrap();
    let folder = stage.place().folder().join("copies");
    // The words come last: without them, or before the pages, it is not there.
    std::fs::remove_file(folder.join("one.json")).unwrap();
    std::fs::write(folder.join("two.unfinished"), "half").unwrap();
    assert!(store.copies().await.unwrap().is_empty());
    assert!(!store.put_back(&name("one")).await.unwrap());
    operator(&store, org.account, set_groups(3, owners())).await;
    let by = Presented::Operator;
    store.act(by, org.account, org.suspend(3)).await.unwrap().unwrap();
}

#[test]
fn a_name_is_a_part_of_a_file_or_a_schema() {
    for good in ["a", "0-9", "seed", &"x".repeat(48)] {
        assert!(good.parse::<CopyName>().is_ok(), "{good}");
    }
    for bad in ["", "A", "a b", "../a", "a.b", "ä", "a\"", "a'", &"x".repeat(49)] {
        assert!(bad.parse::<CopyName>().is_err(), "{bad}");
    }
}
