//! What the console shows: people with search, there and back, and the log as people read it.

use std::collections::BTreeSet;

use rollcall_directory::acting::Refusal;
use rollcall_directory::audit::activity::{Activity, Told};
use rollcall_directory::groups::{Groups, Right};
use rollcall_directory::paging::{At, Paged};
use rollcall_directory::sessions::SessionDigest;
use rollcall_directory::store::Store;
use rollcall_directory::users::shown::{BrowsePeople, OnePerson};
use rollcall_directory::users::{ImportPeople, NewPerson, RemoveUser, StateFilter};
use rollcall_directory::world::{AccountId, UserId};

use crate::organisation::*;
use crate::signed_in::*;
use crate::stage::Stage;

on_both!(
    people_are_paged_there_and_back,
    a_search_finds_addresses_and_then_names,
    a_page_beside_nobody_is_the_first,
    people_are_shown_to_those_who_may,
    the_log_is_read_backwards_and_narrowed,
    the_log_is_for_those_who_may,
);

/// Sixty people with names and addresses that begin alike, some of them the other way round.
fn crowd() -> Vec<NewPerson> {
    let person = |n: u8, email: String, name: String| NewPerson {
        id: UserId::from_bytes([n; 16]),
        email,
        display_name: name,
        groups: Groups::default(),
        ..a_person(n)
    };
    let mut people = Vec::new();
    for n in 0..20_u8 {
        people.push(person(100 + n, format!("Ana{n:02}@example.com"), format!("Zoe {n:02}")));
        people.push(person(130 + n, format!("x{n:02}@example.com"), format!("ANA Ruiz {}", n % 3)));
        people.push(person(160 + n, format!("ana.b{n:02}@example.com"), format!("Ana B{n:02}")));
    }
    people
}

async fn walk(
    store: &Store,
    account: AccountId,
    session: SessionDigest,
    asked: &BrowsePeople,
) -> Vec<UserId> {
    let ids = |page: &Paged<rollcall_directory::users::shown::PersonShown, UserId>| {
        page.rows.iter().map(|shown| shown.user.id).collect::<Vec<_>>()
    };
    let page = |at| asks(store, account, session, BrowsePeople { at, ..asked.clone() });
    let (mut there, mut at) = (Vec::new(), Some(At::Start));
    let mut previous = None;
    while let Some(here) = at {
        let found = page(here).await.unwrap().answer;
        there.extend(ids(&found));
        previous = found.previous;
        at = found.next;
        assert!(there.len() < 1_000, "it never ends");
    }
    let last = there.len() - (there.len() - 1) % usize::from(asked.size) - 1;
    let mut back = there[last..].to_vec();
    while let Some(here) = previous {
        let found = page(here).await.unwrap().answer;
        back.splice(0..0, ids(&found));
        previous = found.previous;
        assert!(back.len() < 1_000, "it never ends");
    }
    assert_eq!(back, there, "there and back are not the same: {asked:?}");
    there
}

async fn people_are_paged_there_and_back(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    operator(&store, org.account, ImportPeople { people: crowd() }).await;
    operator(&store, org.account, org.suspend(3)).await;
    let gone = operator(&store, org.account, org.suspend(100)).await;
    let session = sign_in(&store, org.account, user_id(1)).await;
    let asked = |state, size| BrowsePeople { state, search: None, at: At::Start, size };
    let all = walk(&store, org.account, session, &asked(StateFilter::All, 7)).await;
    assert_eq!(all.len(), 66);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 66);
    let suspended = walk(&store, org.account, session, &asked(StateFilter::Suspended, 1)).await;
    assert_eq!(suspended, [user_id(3), gone.id]);
    let active = walk(&store, org.account, session, &asked(StateFilter::Active, 25)).await;
    assert_eq!(active.len(), 64);
}

async fn a_search_finds_addresses_and_then_names(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    operator(&store, org.account, ImportPeople { people: crowd() }).await;
    let session = sign_in(&store, org.account, user_id(1)).await;
    let asked = |text: &str, size| BrowsePeople {
        state: StateFilter::All,
        search: Some(text.to_owned()),
        at: At::Start,
        size,
    };
    for (text, found) in [
        ("ana", 60),
        ("ANA", 60),
        (" aNa ", 60),
        ("ana.", 20),
        ("ana r", 20),
        ("ana ruiz 1", 7),
        ("zoe 0", 10),
        ("person", 6),
        ("nobody", 0),
        ("%", 0),
        ("\0", 66),
        ("", 66),
    ] {
        if found == 0 {
            let page = asks(&store, org.account, session, asked(text, 7)).await.unwrap();
            assert!(page.answer.rows.is_empty() && page.answer.next.is_none(), "{text:?}");
            continue;
        }
        for size in [1, 7, 100] {
            let there = walk(&store, org.account, session, &asked(text, size)).await;
            let everybody: BTreeSet<_> = there.iter().collect();
            assert_eq!((there.len(), everybody.len()), (found, found), "{text:?}");
        }
    }
    // Addresses first, in their order; then names, those that are alike by id.
    let there = walk(&store, org.account, session, &asked("ana", 11)).await;
    let first = UserId::from_bytes([160; 16]);
    assert_eq!(there[0], first);
    assert!(there[40..].iter().all(|id| (130..150).contains(&id.as_bytes()[0])));
    // Somebody changed meanwhile, and the filter holds.
    operator(&store, org.account, org.suspend(160)).await;
    let suspended = BrowsePeople { state: StateFilter::Suspended, ..asked("ana", 7) };
    assert_eq!(walk(&store, org.account, session, &suspended).await, [first]);
}

async fn a_page_beside_nobody_is_the_first(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let session = sign_in(&store, org.account, user_id(1)).await;
    operator(&store, org.account, RemoveUser { user: user_id(3), why: None }).await;
    for at in [At::After(user_id(3)), At::Before(user_id(3)), At::Before(user_id(99))] {
        for search in [None, Some("person".to_owned())] {
            let asked = BrowsePeople { state: StateFilter::All, search, at, size: 2 };
            let page = asks(&store, org.account, session, asked).await.unwrap().answer;
            let ids: Vec<_> = page.rows.iter().map(|shown| shown.user.id).collect();
            assert_eq!(ids, [user_id(1), user_id(2)]);
            assert_eq!(page.previous, None);
        }
    }
}

async fn people_are_shown_to_those_who_may(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let session = sign_in(&store, org.account, user_id(3)).await;
    let asked = BrowsePeople { state: StateFilter::All, search: None, at: At::Start, size: 2 };
    let missing = Err(Refusal::RightMissing(Right::SeePeople));
    assert_eq!(asks(&store, org.account, session, asked).await.map(|_| ()), missing);
    let one = OnePerson { user: user_id(1) };
    assert_eq!(asks(&store, org.account, session, one).await.map(|_| ()), missing);
    let owner = sign_in(&store, org.account, user_id(1)).await;
    let shown = asks(&store, org.account, owner, OnePerson { user: user_id(3) }).await.unwrap();
    assert_eq!((shown.answer.has_password, shown.answer.sessions), (true, 1));
    let nobody = asks(&store, org.account, owner, OnePerson { user: user_id(99) }).await;
    assert_eq!(nobody.map(|_| ()), Err(Refusal::NoSuchUser));
}

fn activity() -> Activity {
    Activity { person: None, application: None, kind: None, at: At::Start, size: 3 }
}

async fn read(
    store: &Store,
    account: AccountId,
    session: SessionDigest,
    asked: &Activity,
) -> Vec<Told> {
    let page = |at| asks(store, account, session, Activity { at, ..asked.clone() });
    let (mut told, mut at) = (Vec::<Told>::new(), Some(At::Start));
    let mut previous = None;
    while let Some(here) = at {
        let found = page(here).await.unwrap().answer;
        told.extend(found.rows);
        previous = found.previous;
        at = found.next;
    }
    assert!(told.is_sorted_by(|a, b| a.record.seq > b.record.seq), "the newest first, each once");
    let mut back = 0;
    while let Some(here) = previous {
        let found = page(here).await.unwrap().answer;
        back += found.rows.len();
        previous = found.previous;
    }
    let last = (told.len() + 2) % 3 + 1;
    assert_eq!(back + last.min(told.len()), told.len());
    told
}

async fn the_log_is_read_backwards_and_narrowed(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let session = sign_in(&store, org.account, user_id(1)).await;
    let token = org.token(&store).await;
    store.act(by_token(token.clone()), org.account, org.suspend(3)).await.unwrap().unwrap();
    store.act(by_token(token), org.account, org.suspend(6)).await.unwrap().unwrap_err();
    by(&store, org.account, session, org.suspend(4)).await.unwrap();
    by(&store, org.account, session, register(7)).await.unwrap();
    let all = read(&store, org.account, session, &activity()).await;
    assert_eq!(all.len() as u64, head(&store, org.account).await.seq);
    let kinds = |told: &[Told]| -> Vec<String> {
        told.iter().map(|told| told.record.kind.clone()).collect()
    };
    let of_person = |n| Activity { person: Some(user_id(n)), ..activity() };
    let three = read(&store, org.account, session, &of_person(3)).await;
    assert_eq!(kinds(&three), ["user_suspended"]);
    assert_eq!(three[0].by_name.as_deref(), Some("Application 1"));
    assert_eq!(three[0].user_name.as_deref(), Some("Person 3"));
    let one = read(&store, org.account, session, &of_person(1)).await;
    let expected = ["application_registered", "user_suspended", "signed_in", "password_set"];
    assert_eq!(kinds(&one), expected, "what they did, and what was done to them");
    assert_eq!(one[0].application_name.as_deref(), Some("Application 7"));
    assert_eq!(one[1].by_name.as_deref(), Some("Person 1"));
    let of_application = Activity { application: Some(org.application), ..activity() };
    let application = read(&store, org.account, session, &of_application).await;
    assert_eq!(kinds(&application), ["refused", "user_suspended", "application_registered"]);
    let kind = Activity { kind: Some("user_suspended".to_owned()), ..activity() };
    assert_eq!(read(&store, org.account, session, &kind).await.len(), 2);
    let both = Activity { person: Some(user_id(1)), ..kind.clone() };
    let both = read(&store, org.account, session, &both).await;
    assert_eq!((both.len(), both[0].record.user), (1, Some(user_id(4))));
    let by_one = Activity { application: Some(org.application), ..kind };
    assert_eq!(read(&store, org.account, session, &by_one).await.len(), 1);
    for odd in ["", "no such kind", "a\0b"] {
        let none = Activity { kind: Some(odd.to_owned()), ..activity() };
        let page = asks(&store, org.account, session, none).await.unwrap();
        assert!(page.answer.rows.is_empty());
    }
}

async fn the_log_is_for_those_who_may(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let session = sign_in(&store, org.account, user_id(3)).await;
    let refused = asks(&store, org.account, session, activity()).await.map(|_| ());
    assert_eq!(refused, Err(Refusal::RightMissing(Right::ReadActivity)));
}
