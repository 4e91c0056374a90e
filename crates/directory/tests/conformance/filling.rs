//! Many people put into an embedded store that has nobody: without indexes until they are all there,
//! by the same rules, and whatever comes in between.

use rollcall_directory::Fault;
use rollcall_directory::acting::{Presented, Refusal};
use rollcall_directory::store::Store;
use rollcall_directory::store::sqlite;
use rollcall_directory::users::{ImportPeople, Named, NewPerson, Person};
use rollcall_directory::world::{AccountId, Moment, UserId};

use crate::organisation::*;
use crate::stage::Stage;

const ACCOUNT: AccountId = AccountId::from_bytes([1; 16]);
const INDEXES: &str = "select sql from sqlite_schema where type in ('index', 'trigger')
                       and sql is not null order by name";

async fn filling(stage: &Stage) -> Store {
    let store = stage.open().await;
    store.begin_filling().await.unwrap();
    operator(&store, ACCOUNT, create_account(1)).await;
    operator(&store, ACCOUNT, ImportPeople { people: (1..=9).map(a_person).collect() }).await;
    store
}

async fn import(
    store: &Store,
    account: AccountId,
    people: Vec<NewPerson>,
) -> Result<usize, Refusal> {
    store.act(Presented::Operator, account, ImportPeople { people }).await.unwrap()
}

#[tokio::test]
async fn a_filled_store_is_like_any_other() {
    let (stage, other) = (Stage::sqlite(), Stage::sqlite());
    let store = filling(&stage).await;
    other.open().await;
    let indexes = other.texts(INDEXES).await;
    assert_eq!(
        stage.texts(INDEXES).await.len() + 7,
        indexes.len(),
        "three indexes and four triggers"
    );
    store.filled().await.unwrap();
    assert_eq!(stage.texts(INDEXES).await, indexes);
    assert!(store.integrity().await.unwrap().is_empty());
    // Once more changes nothing.
    store.filled().await.unwrap();
    assert_eq!(stage.texts(INDEXES).await, indexes);
}

/// One of many: their addresses come in another order than they do themselves.
fn one_of_many(n: u32) -> NewPerson {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&n.to_be_bytes());
    NewPerson {
        id: UserId::from_bytes(id),
        email: format!("somebody.{:08x}@department.example.com", n.reverse_bits()),
        created: Moment::from_seconds(1_700_000_000 + i64::from(n)),
        ..a_person(1)
    }
}

/// So many that an index is sorted in several pieces, and that a statement has more to undo than
/// SQLite writes at once.
#[tokio::test]
async fn a_store_of_many_is_filled_whole() {
    const PEOPLE: u32 = 250_000;
    let stage = Stage::sqlite();
    let store = stage.open().await;
    store.begin_filling().await.unwrap();
    operator(&store, ACCOUNT, create_account(1)).await;
    let mut coming = (0..PEOPLE).map(one_of_many).peekable();
    while coming.peek().is_some() {
        let people = coming.by_ref().take(ImportPeople::PEOPLE_MAX).collect();
        operator(&store, ACCOUNT, ImportPeople { people }).await;
    }
    store.filled().await.unwrap();
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
    let counted = "select cast(sum(people) as text) from stretch_counts";
    assert_eq!(stage.texts(counted).await, [PEOPLE.to_string()]);
    for n in [0, 77_777, PEOPLE - 1] {
        let NewPerson { id, email, .. } = one_of_many(n);
        let who = Named::Email(email);
        let found = store.read(&Person { account: ACCOUNT, who }).await.unwrap();
        assert_eq!(found.map(|user| user.id), Some(id));
    }
}

#[tokio::test]
async fn who_is_there_is_known_while_it_is_filled() {
    let stage = Stage::sqlite();
    let store = filling(&stage).await;
    let same_address = NewPerson { email: a_person(4).email.to_uppercase(), ..a_person(20) };
    let same_id = NewPerson { email: "new@example.com".to_owned(), ..a_person(4) };
    for known in [a_person(3), same_address, same_id] {
        let refused = import(&store, ACCOUNT, vec![a_person(30), known]).await;
        assert_eq!(refused, Err(Refusal::Exists("person")));
    }
    // Nobody of a refused act is; whoever was added later is; and another account's are others.
    assert_eq!(import(&store, ACCOUNT, vec![a_person(30)]).await, Ok(1));
    assert_eq!(import(&store, ACCOUNT, vec![a_person(30)]).await, Err(Refusal::Exists("person")));
    let another = AccountId::from_bytes([2; 16]);
    operator(&store, another, create_account(2)).await;
    assert_eq!(import(&store, another, vec![a_person(30)]).await, Ok(1));
    store.filled().await.unwrap();
    assert_eq!(import(&store, ACCOUNT, vec![a_person(3)]).await, Err(Refusal::Exists("person")));
    let look = Look { users: vec![user_id(3), user_id(30)], ..Look::default() };
    let facts = operator(&store, ACCOUNT, look).await;
    assert!([3, 30].iter().all(|n| facts.user(Some(user_id(*n))).is_some()));
}

#[tokio::test]
async fn nobody_opens_it_beside_before_it_is_filled() {
    let stage = Stage::sqlite();
    let store = filling(&stage).await;
    let beside = || sqlite::open_beside(&stage.place(), &stage.founding(), stage.world());
    let Err(Fault::Busy(why)) = beside() else { panic!("opened without its indexes") };
    assert!(why.contains("are being put into this store"), "{why}");
    store.filled().await.unwrap();
    assert!(beside().is_ok());
}

#[tokio::test]
async fn what_broke_off_is_ended_by_the_next_start() {
    let (stage, other) = (Stage::sqlite(), Stage::sqlite());
    filling(&stage).await.close().await;
    other.open().await;
    let store = stage.open().await;
    assert_eq!(stage.texts(INDEXES).await, other.texts(INDEXES).await);
    // Somebody is there: nothing begins.
    store.begin_filling().await.unwrap();
    assert_eq!(stage.texts(INDEXES).await, other.texts(INDEXES).await);
    assert_eq!(import(&store, ACCOUNT, vec![a_person(3)]).await, Err(Refusal::Exists("person")));
    assert!(store.integrity().await.unwrap().is_empty());
}
