//! Lists: in the order people were made, by id where that is equal; every filter and page size;
//! and a walk during which people are added, suspended and reactivated.

use std::collections::BTreeSet;

use rollcall_directory::store::Store;
use rollcall_directory::tokens::Claims;
use rollcall_directory::users::{
    After, ImportPeople, ListUsers, Listed, NewPerson, State, StateFilter,
};
use rollcall_directory::world::{Moment, UserId};

use crate::organisation::*;
use crate::stage::Stage;

on_both!(
    pages_of_every_size_give_the_same_order,
    each_filter_shows_whom_it_says,
    the_last_page_says_that_there_is_no_more,
    a_page_begins_behind_a_key_that_is_gone,
    a_walk_shows_everybody_who_was_there_throughout_once
);

const FILTERS: [StateFilter; 3] = [StateFilter::All, StateFilter::Active, StateFilter::Suspended];

/// Of all beginnings, and in another order than the numbers.
pub(crate) fn scattered_id(n: u16) -> UserId {
    let [high, low] = n.wrapping_mul(40_503).to_be_bytes();
    let mut id = [low; 16];
    id[0] = high;
    UserId::from_bytes(id)
}

/// 1,200 people made at only seven moments, every third suspended; ids of all beginnings.
fn crowd() -> Vec<NewPerson> {
    let person = |n: u16| NewPerson {
        id: scattered_id(n),
        email: format!("crowd{n}@example.com"),
        state: if n.is_multiple_of(3) { State::Suspended } else { State::Active },
        created: Moment::from_millis(i64::from(n % 7) - 3),
        ..a_person(9)
    };
    (0..1200).map(person).collect()
}

async fn crowded(stage: &Stage) -> (Store, Organisation, Claims) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    operator(&store, org.account, ImportPeople { people: crowd() }).await;
    let token = org.token(&store).await;
    (store, org, token)
}

fn shown(filter: StateFilter, user: &Listed) -> bool {
    match filter {
        StateFilter::All => true,
        StateFilter::Active => user.state == State::Active,
        StateFilter::Suspended => user.state == State::Suspended,
    }
}

pub(crate) async fn walk(store: &Store, first: ListUsers) -> Vec<Listed> {
    let (mut users, mut question) = (Vec::new(), first);
    loop {
        let page = store.read(&question).await.unwrap().unwrap();
        assert!(page.users.len() <= usize::from(question.page_size));
        users.extend(page.users);
        match page.next {
            Some(after) => question.after = Some(after),
            None => return users,
        }
    }
}

fn in_order(users: &[Listed]) -> bool {
    users.is_sorted_by_key(|user| (user.created, user.id.to_string()))
}

async fn pages_of_every_size_give_the_same_order(stage: &Stage) {
    let (store, org, token) = crowded(stage).await;
    let whole = walk(&store, org.list(&store, &token, 1000)).await;
    assert_eq!(whole.len(), 1200 + usize::from(PEOPLE));
    assert!(in_order(&whole));
    assert_eq!(walk(&store, org.list(&store, &token, 7)).await, whole);
    assert_eq!(walk(&store, org.list(&store, &token, 1)).await, whole);
}

async fn each_filter_shows_whom_it_says(stage: &Stage) {
    let (store, org, token) = crowded(stage).await;
    let whole = walk(&store, org.list(&store, &token, 1000)).await;
    for filter in FILTERS {
        let expected: Vec<Listed> =
            whole.iter().filter(|user| shown(filter, user)).cloned().collect();
        for page_size in [1000, 400, 11] {
            let question = ListUsers { filter, ..org.list(&store, &token, page_size) };
            assert_eq!(walk(&store, question).await, expected);
        }
    }
}

async fn the_last_page_says_that_there_is_no_more(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    for (page_size, more) in [(5, true), (6, false), (7, false), (0, false)] {
        let page = store.read(&org.list(&store, &token, page_size)).await.unwrap().unwrap();
        assert_eq!(page.next.is_some(), more, "a page of {page_size}");
    }
    let none = ListUsers { filter: StateFilter::Suspended, ..org.list(&store, &token, 5) };
    let page = store.read(&none).await.unwrap().unwrap();
    assert!(page.users.is_empty() && page.next.is_none());
}

async fn a_page_begins_behind_a_key_that_is_gone(stage: &Stage) {
    let (store, org, token) = crowded(stage).await;
    let whole = walk(&store, org.list(&store, &token, 1000)).await;
    // The smallest id and the largest: of one moment all come behind the first, none behind the last.
    let moment = Moment::from_millis(0);
    let smallest = After { created: moment, id: UserId::from_bytes([0; 16]) };
    // `7` is the last character of an id's alphabet but the first digits come before its letters.
    let largest = After { created: moment, id: "ZZZZZZZZZZZZZZZZZZZZZZZZZY".parse().unwrap() };
    for after in [smallest, largest] {
        let question = ListUsers { after: Some(after), ..org.list(&store, &token, 1000) };
        let key = (after.created, after.id.to_string());
        let behind = whole.iter().filter(|user| (user.created, user.id.to_string()) > key);
        let expected: Vec<Listed> = behind.take(1000).cloned().collect();
        assert_eq!(store.read(&question).await.unwrap().unwrap().users, expected);
    }
}

async fn a_walk_shows_everybody_who_was_there_throughout_once(stage: &Stage) {
    let (store, org, token) = crowded(stage).await;
    for filter in FILTERS {
        let first = ListUsers { filter, ..org.list(&store, &token, 150) };
        let mut throughout: BTreeSet<UserId> =
            walk(&store, first.clone()).await.iter().map(|user| user.id).collect();
        let (mut seen, mut question) = (Vec::new(), first);
        for turn in 0.. {
            let page = store.read(&question).await.unwrap().unwrap();
            let changed: Vec<Listed> = page.users.iter().step_by(20).cloned().collect();
            seen.extend(page.users.iter().map(|user| user.id));
            for user in changed {
                turn_over(&store, &org, &user).await;
                throughout.remove(&user.id);
            }
            let late = NewPerson {
                created: Moment::from_millis(i64::from(turn % 7) - 3),
                id: UserId::from_bytes(store.world().bytes()),
                email: format!("late{turn}{filter:?}@example.com"),
                ..a_person(9)
            };
            operator(&store, org.account, ImportPeople { people: vec![late] }).await;
            match page.next {
                Some(after) => question.after = Some(after),
                None => break,
            }
        }
        let once: BTreeSet<UserId> = seen.iter().copied().collect();
        assert_eq!(once.len(), seen.len(), "nobody is shown twice");
        assert!(once.is_superset(&throughout), "everybody is shown who was there throughout");
    }
}

async fn turn_over(store: &Store, org: &Organisation, user: &Listed) {
    let (account, why, id) = (Some(org.account), None, Some(user.id));
    let by = rollcall_directory::acting::Presented::Operator;
    // Who may not be suspended stays; then it is only not counted among those who stayed.
    if user.state == State::Active {
        let act = rollcall_directory::users::Suspend { account, user: id, why };
        let _ = store.act(by, org.account, act).await.unwrap();
    } else {
        let act = rollcall_directory::users::Reactivate { account, user: id, why, guarded: false };
        let _ = store.act(by, org.account, act).await.unwrap();
    }
}
