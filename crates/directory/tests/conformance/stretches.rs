//! Who is suspended, on the embedded store, is found by counts of stretches of the list: however
//! people come and go, whatever has no counts yet, and what a check says of wrong ones.

use rollcall_directory::store::{CopyName, Inspector, Integrity, Store};
use rollcall_directory::users::{
    ImportPeople, ListUsers, NewPerson, RemoveUser, State, StateFilter,
};
use rollcall_directory::world::{Moment, UserId};

use crate::before::{version_6, version_7};
use crate::lists::{scattered_id, walk};
use crate::organisation::*;
use crate::stage::Stage;

const STRETCHES: &str = "select concat_ws(' ', account, created, user_id, people, suspended)
                         from people_stretches s join stretch_counts c on c.stretch = s.stretch
                         order by account, created, user_id";
const LONGEST: &str = "select cast(max(people) as text) from stretch_counts";
const MANY: u16 = 6_000;

/// Ids in another order than their numbers, made at three moments.
fn person(n: u16, made: i64) -> NewPerson {
    NewPerson {
        id: scattered_id(n),
        email: format!("one{n}-{made}@example.com"),
        state: if n % 100 == 1 { State::Suspended } else { State::Active },
        created: Moment::from_millis(made + i64::from(n % 3)),
        ..a_person(9)
    }
}

struct Crowd {
    stage: Stage,
    store: Store,
    org: Organisation,
}

impl Crowd {
    async fn of(many: u16) -> Self {
        let stage = Stage::sqlite();
        let store = stage.open().await;
        let org = organisation(&store, 1).await;
        let people = (0..many).map(|n| person(n, 0)).collect();
        operator(&store, org.account, ImportPeople { people }).await;
        Self { stage, store, org }
    }

    async fn reopen(&mut self) {
        self.store.close().await;
        self.store = self.stage.open().await;
    }

    async fn listed(&self, filter: StateFilter, page_size: u16) -> Vec<UserId> {
        let token = self.org.token(&self.store).await;
        let first = self.org.list(&self.store, &token, page_size);
        let mut found = walk(&self.store, ListUsers { filter, ..first }).await;
        if filter == StateFilter::All {
            found.retain(|user| user.state == State::Suspended);
        }
        found.into_iter().map(|user| user.id).collect()
    }

    /// By the filter as by a look at everybody, and the check finds nothing.
    async fn suspended_are_found(&self, when: &str) -> usize {
        let all = self.listed(StateFilter::All, 1000).await;
        for size in [3, 1000] {
            assert_eq!(self.listed(StateFilter::Suspended, size).await, all, "{when}");
        }
        assert_eq!(self.store.integrity().await.unwrap(), Vec::<String>::new(), "{when}");
        all.len()
    }

    async fn longest(&self) -> u64 {
        self.stage.texts(LONGEST).await[0].parse().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_and_goes_is_counted() {
    let crowd = Crowd::of(MANY).await;
    assert_eq!(crowd.suspended_are_found("added").await, 60);
    assert_eq!(crowd.stage.texts(STRETCHES).await.len(), 12);
    // Behind everybody, before everybody, and among them, a few at a time.
    for (made, at_once) in [(1_000, 500), (-1_000, 500), (0, 7), (0, 3_000)] {
        for first in (0..3_000).step_by(at_once).take(6) {
            let numbers = first..first + u16::try_from(at_once).unwrap();
            let people = numbers.map(|n| {
                let mut person = person(n + MANY, made);
                let mut id = *person.id.as_bytes();
                id[15] = u8::try_from(at_once % 251).unwrap();
                id[14] = if made < 0 { 1 } else { 2 };
                person.id = UserId::from_bytes(id);
                person.email = format!("{at_once}{}", person.email);
                person
            });
            let people = people.collect();
            operator(&crowd.store, crowd.org.account, ImportPeople { people }).await;
        }
        crowd.suspended_are_found(&format!("{at_once} at {made}")).await;
        assert!(crowd.longest().await <= 1_024);
    }
    let before = crowd.suspended_are_found("before they go").await;
    for id in crowd.listed(StateFilter::Suspended, 1000).await.into_iter().step_by(9) {
        operator(&crowd.store, crowd.org.account, RemoveUser { user: id, why: None }).await;
    }
    let left = crowd.suspended_are_found("removed").await;
    assert_eq!(left, before - before.div_ceil(9));
    operator(&crowd.store, crowd.org.account, crowd.org.suspend(3)).await;
    assert_eq!(crowd.suspended_are_found("suspended").await, left + 1);
    operator(&crowd.store, crowd.org.account, crowd.org.reactivate(3)).await;
    assert_eq!(crowd.suspended_are_found("reactivated").await, left);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_without_counts_is_read_as_a_whole_until_it_has_them() {
    let mut crowd = Crowd::of(MANY).await;
    let made = crowd.stage.texts(STRETCHES).await;
    crowd.stage.raw("delete from people_stretches").await;
    assert_eq!(crowd.suspended_are_found("without").await, 60);
    // Whom an act changes meanwhile is not all that is counted.
    operator(&crowd.store, crowd.org.account, crowd.org.suspend(3)).await;
    assert_eq!(crowd.suspended_are_found("changed").await, 61);
    operator(&crowd.store, crowd.org.account, crowd.org.reactivate(3)).await;
    assert_eq!(crowd.stage.texts(STRETCHES).await, Vec::<String>::new());
    crowd.reopen().await;
    assert_eq!(crowd.stage.texts(STRETCHES).await, made);
    // Or when somebody is added.
    crowd.stage.raw("delete from people_stretches").await;
    let late = ImportPeople { people: vec![person(MANY, 5_000)] };
    operator(&crowd.store, crowd.org.account, late).await;
    assert_eq!(crowd.suspended_are_found("made again").await, 60);
    assert_eq!(crowd.stage.texts(STRETCHES).await.len(), made.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_or_a_copy_of_before_is_counted_when_it_is_opened() {
    let mut crowd = Crowd::of(MANY).await;
    let made = crowd.stage.texts(STRETCHES).await;
    for before in [version_7(), version_6()] {
        crowd.store.close().await;
        crowd.stage.raw(&before).await;
        crowd.store = crowd.stage.open().await;
        assert_eq!(crowd.stage.texts(STRETCHES).await, made);
        assert_eq!(crowd.suspended_are_found("migrated").await, 60);
    }
    crowd.stage.raw(&version_6()).await;
    let name: CopyName = "before".parse().unwrap();
    crowd.store.keep_copy(&name, "").await.unwrap();
    crowd.reopen().await;
    operator(&crowd.store, crowd.org.account, crowd.org.suspend(3)).await;
    assert!(crowd.store.put_back(&name).await.unwrap());
    assert_eq!(crowd.stage.texts(STRETCHES).await, made);
    assert_eq!(crowd.suspended_are_found("put back").await, 60);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_filled_in_is_counted_at_the_end() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    // Somebody was there and went.
    let org = organisation(&store, 1).await;
    stage.raw("delete from users").await;
    assert_eq!(stage.texts(STRETCHES).await.len(), 1);
    store.begin_filling().await.unwrap();
    let people = (0..3_000).map(|n| person(n, 0)).collect();
    operator(&store, org.account, ImportPeople { people }).await;
    assert_eq!(stage.texts(STRETCHES).await, Vec::<String>::new());
    store.filled().await.unwrap();
    assert_eq!(stage.texts(STRETCHES).await.len(), 6);
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counts_that_are_wrong_are_told_of() {
    let crowd = Crowd::of(MANY).await;
    let told = || async {
        Inspector::sqlite(&crowd.stage.place()).unwrap().ask(&Integrity).await.unwrap()
    };
    assert_eq!(told().await, Vec::<String>::new());
    let keep = "create table kept_stretches as select * from people_stretches;
                create table kept_counts as select * from stretch_counts";
    crowd.stage.raw(keep).await;
    let one = "where stretch = (select stretch from people_stretches
               order by created, user_id limit 1 offset 1)";
    for (wrong, lines) in [
        (format!("update stretch_counts set suspended = suspended - 1 {one}"), 1),
        (format!("update stretch_counts set people = people + 1 {one}"), 1),
        (format!("delete from stretch_counts {one}"), 1),
        (format!("delete from people_stretches {one}"), 1),
        ("delete from people_stretches where created < -1000".to_owned(), 1),
    ] {
        crowd.stage.raw(&wrong).await;
        let found = told().await;
        assert_eq!(found.len(), lines, "{wrong}: {found:?}");
        assert!(found[0].contains(&crowd.org.account.to_string()), "{found:?}");
        let again = "delete from people_stretches; delete from stretch_counts;
                     insert into people_stretches select * from kept_stretches;
                     insert into stretch_counts select * from kept_counts";
        crowd.stage.raw(again).await;
    }
    assert_eq!(told().await, Vec::<String>::new());
}
