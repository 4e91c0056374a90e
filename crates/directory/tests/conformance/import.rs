//! Adding people: found as they were given, and all or none of them.

use rollcall_directory::acting::Refusal;
use rollcall_directory::groups::Groups;
use rollcall_directory::store::Store;
use rollcall_directory::users::{ImportPeople, NewPerson, State, User};
use rollcall_directory::world::{AccountId, Moment, UserId};

use crate::organisation::*;
use crate::stage::Stage;

on_both!(
    people_are_found_as_they_were_given,
    whatever_is_refused_adds_nobody,
    who_is_there_already_is_refused_and_nobody_is_added,
    an_account_of_another_may_have_the_same_people,
    more_people_than_one_statement_takes_are_added_at_once,
    one_flaw_among_many_adds_nobody,
    nobody_is_nothing
);

const ACCOUNT: AccountId = AccountId::from_bytes([1; 16]);

async fn founded(stage: &Stage) -> Store {
    let store = stage.open().await;
    operator(&store, ACCOUNT, create_account(1)).await;
    store
}

fn variants() -> Vec<NewPerson> {
    let mut people = Vec::new();
    for n in 0..32_u8 {
        people.push(NewPerson {
            state: if n & 1 == 0 { State::Active } else { State::Suspended },
            groups: Groups { owner: n & 2 != 0, administrator: n & 4 != 0, security: n & 8 != 0 },
            externally_managed: n & 16 != 0,
            created: Moment::from_millis(-5_000 + i64::from(n)),
            ..a_person(n)
        });
    }
    people
}

async fn people_are_found_as_they_were_given(stage: &Stage) {
    let store = founded(stage).await;
    assert_eq!(operator(&store, ACCOUNT, ImportPeople { people: variants() }).await, 32);
    let look = Look { users: (0..32).map(user_id).collect(), ..Look::default() };
    let facts = operator(&store, ACCOUNT, look).await;
    for person in variants() {
        let expected = User {
            id: person.id,
            email: person.email,
            display_name: person.display_name,
            state: person.state,
            groups: person.groups,
            externally_managed: person.externally_managed,
            created: person.created,
            epoch: 1,
            suspensions: 0,
        };
        assert_eq!(facts.user(Some(person.id)), Some(&expected));
    }
    let owners = variants().iter().filter(|p| p.groups.owner && p.state == State::Active).count();
    assert_eq!(facts.active_owners(), owners as u64);
    assert_eq!(stage.records(ACCOUNT).await, ["account_created", "people_imported"]);
}

async fn whatever_is_refused_adds_nobody(stage: &Stage) {
    let store = founded(stage).await;
    let with = |change: fn(&mut NewPerson)| {
        let mut people: Vec<_> = (1..=5).map(a_person).collect();
        change(&mut people[3]);
        people
    };
    let flawed = [
        with(|p| p.email = "nobody".to_owned()),
        with(|p| p.email = format!("{}@example.com", "x".repeat(243))),
        with(|p| p.display_name = "é".repeat(201)),
        with(|p| p.email = "PERSON1@EXAMPLE.COM".to_owned()),
        with(|p| p.id = user_id(1)),
        (0..=ImportPeople::PEOPLE_MAX).map(|_| a_person(1)).collect(),
    ];
    for people in flawed {
        let why = refused(&store, ACCOUNT, ImportPeople { people }).await;
        assert!(matches!(why, Refusal::Invalid(_)), "{why}");
    }
    assert!(stage.texts("select user_id from users").await.is_empty());
    let people = (1..=5).map(a_person).collect();
    let nowhere = refused(&store, account_id(9), ImportPeople { people }).await;
    assert_eq!(nowhere, Refusal::NoSuchAccount);
}

async fn who_is_there_already_is_refused_and_nobody_is_added(stage: &Stage) {
    let store = founded(stage).await;
    operator(&store, ACCOUNT, ImportPeople { people: vec![a_person(1)] }).await;
    let same_id = NewPerson { email: "other@example.com".to_owned(), ..a_person(1) };
    let same_address = NewPerson { email: "pErSoN1@example.com".to_owned(), ..a_person(9) };
    for known in [same_id, same_address] {
        let people = vec![a_person(2), known, a_person(3)];
        let why = refused(&store, ACCOUNT, ImportPeople { people }).await;
        assert_eq!(why, Refusal::Exists("person"));
    }
    let there = stage.texts("select email from users").await;
    assert_eq!(there, ["Person1@example.com"]);
}

async fn an_account_of_another_may_have_the_same_people(stage: &Stage) {
    let store = founded(stage).await;
    let other = account_id(2);
    operator(&store, other, create_account(2)).await;
    for account in [ACCOUNT, other] {
        operator(&store, account, ImportPeople { people: vec![an_owner(1)] }).await;
    }
    assert_eq!(operator(&store, other, Look::default()).await.active_owners(), 1);
}

/// More than two statements on PostgreSQL.
const MANY: usize = 25_000;

fn many() -> Vec<NewPerson> {
    let person = |n: usize| {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&(n as u64).to_le_bytes());
        let email = format!("person{n}@example.com");
        NewPerson { id: UserId::from_bytes(id), email, ..a_person(1) }
    };
    (0..MANY).map(person).collect()
}

async fn more_people_than_one_statement_takes_are_added_at_once(stage: &Stage) {
    let store = founded(stage).await;
    assert_eq!(operator(&store, ACCOUNT, ImportPeople { people: many() }).await, MANY);
    let counted = stage.texts("select cast(count(*) as text) from users").await;
    assert_eq!(counted, [MANY.to_string()]);
    assert_eq!(stage.records(ACCOUNT).await, ["account_created", "people_imported"]);
}

/// In the first statement and in the last one.
async fn one_flaw_among_many_adds_nobody(stage: &Stage) {
    let store = founded(stage).await;
    let known = many().pop().unwrap();
    operator(&store, ACCOUNT, ImportPeople { people: vec![known.clone()] }).await;
    let mut people = many();
    people.swap(0, MANY - 1);
    for people in [many(), people] {
        let why = refused(&store, ACCOUNT, ImportPeople { people }).await;
        assert_eq!(why, Refusal::Exists("person"));
    }
    assert_eq!(stage.texts("select email from users").await, [known.email]);
}

async fn nobody_is_nothing(stage: &Stage) {
    let store = founded(stage).await;
    assert_eq!(operator(&store, ACCOUNT, ImportPeople { people: Vec::new() }).await, 0);
    assert_eq!(stage.records(ACCOUNT).await, ["account_created"]);
}
