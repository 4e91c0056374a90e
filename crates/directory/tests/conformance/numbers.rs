//! People under their account's number: on SQLite alone, and nobody may notice.

use rollcall_directory::Fault;
use rollcall_directory::health::ContentsOf;
use rollcall_directory::store::Inspector;
use rollcall_directory::users::{GetUser, ImportPeople, Named, NewPerson, Person, State};

use crate::before::version_9;
use crate::lists::walk;
use crate::organisation::*;
use crate::stage::{Database, Stage};

on_both!(
    a_number_that_another_account_has_now_is_not_believed,
    rows_that_nobody_could_read_are_told_of,
    a_log_whose_account_is_gone_is_told_of
);

const PEOPLE_AS_SHOWN: &str =
    "select concat_ws(' ', account_id, created, user_id, email, email_key,
                                      display_name, state, owner, administrator, security,
                                      externally_managed, epoch, suspensions)
                               from users order by account_id, created, user_id";

/// One address is looked up as it is written, the others are not.
fn a_plain_one() -> ImportPeople {
    let email = "plain@example.com".to_owned();
    ImportPeople { people: vec![NewPerson { email, state: State::Suspended, ..a_person(50) }] }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_of_before_are_brought_over_as_they_were() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let (one, two) = (organisation(&store, 2).await, organisation(&store, 1).await);
    operator(&store, one.account, a_plain_one()).await;
    operator(&store, two.account, two.suspend(3)).await;
    let people = stage.texts(PEOPLE_AS_SHOWN).await;
    assert_eq!(people.len(), 2 * usize::from(PEOPLE) + 1);
    store.close().await;
    drop(store);

    stage.raw(&version_9()).await;
    assert_eq!(stage.texts(PEOPLE_AS_SHOWN).await, people);
    let looked = Inspector::sqlite_of_today(&stage.place()).err().expect("it is of before");
    assert!(looked.to_string().contains("older than this program"), "{looked}");
    let store = stage.open().await;
    assert_eq!(stage.texts(PEOPLE_AS_SHOWN).await, people);
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
    for email in ["PLAIN@example.com", "person4@EXAMPLE.com"] {
        let who = Person { account: one.account, who: Named::Email(email.to_owned()) };
        assert!(store.read(&who).await.unwrap().is_some(), "{email}");
    }
    let again = refused(&store, one.account, a_plain_one()).await;
    assert_eq!(again.as_str(), "exists");
    // What a program of before would write.
    let db = rusqlite::Connection::open(stage.file()).unwrap();
    assert!(db.execute("update users set state = 2", []).is_err());
    // Whoever comes now gets a number too.
    let three = organisation(&store, 3).await;
    operator(&store, three.account, three.suspend(3)).await;
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_without_an_account_are_kept_and_told_of() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    store.close().await;
    drop(store);
    let stray = format!(
        "insert into users select '{}', created, user_id, email, email_key, display_name, state, owner,
                administrator, security, externally_managed, epoch, suspensions
         from users where owner = 0",
        account_id(9)
    );
    stage.raw(&format!("{}; {stray}", version_9())).await;
    let store = stage.open().await;
    let found = store.integrity().await.unwrap();
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found.iter().all(|line| line.starts_with("user without an account: ")), "{found:?}");
    // The account that they were of is made after all.
    operator(&store, account_id(9), create_account(9)).await;
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
    assert!(stored_user(&store, account_id(9), user_id(3)).await.is_some());

    stage.raw("update people set account = 77 where account = 1 and owner = 0").await;
    let found = store.integrity().await.unwrap();
    assert!(found.contains(&"people of no account: number 77".to_owned()), "{found:?}");
    assert!(stored_user(&store, org.account, user_id(3)).await.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_has_lost_its_number_is_not_taken_for_an_empty_one() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let token = org.token(&store).await;
    let nobody = organisation(&store, 2).await;
    stage.raw("delete from account_numbers where number = 1").await;
    let lost = |fault: Fault| assert!(fault.to_string().contains("account_numbers"), "{fault}");
    lost(store.read(&org.list(&store, &token, 2)).await.unwrap_err());
    let now = store.world().now();
    let (account, user) = (Some(org.account), Some(user_id(3)));
    let get = GetUser { token, from: HERE, account, user, now };
    lost(store.read(&get).await.unwrap_err());
    let who = Named::Email(a_person(3).email);
    lost(store.read(&Person { account: org.account, who }).await.unwrap_err());
    let found = store.integrity().await.unwrap();
    assert!(found.contains(&format!("account without a number: {}", org.account)), "{found:?}");
    assert!(found.contains(&"people of no account: number 1".to_owned()), "{found:?}");
    assert!(found.contains(&"records of no account: number 1".to_owned()), "{found:?}");
    let place = stage.place();
    let counted = Inspector::sqlite(&place).unwrap().ask(&ContentsOf).await.unwrap_err();
    assert!(counted.to_string().contains("admin integrity"), "{counted}");
    assert!(stored_user(&store, nobody.account, user_id(3)).await.is_some());
}

async fn a_log_whose_account_is_gone_is_told_of(stage: &Stage) {
    let store = stage.open().await;
    organisation(&store, 1).await;
    let two = organisation(&store, 2).await;
    operator(&store, account_id(3), create_account(3)).await;
    for gone in [account_id(3), two.account] {
        stage.raw(&format!("delete from accounts where account_id = '{gone}'")).await;
    }
    let found = store.integrity().await.unwrap();
    for gone in [account_id(3), two.account] {
        let line = format!("records of an account that is not there: {gone}");
        assert!(found.contains(&line), "{found:?}");
    }
    let logs = found.iter().filter(|line| line.starts_with("records"));
    assert_eq!(logs.count(), 2, "{found:?}");
}

async fn rows_that_nobody_could_read_are_told_of(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
    let key = match &stage.database {
        Database::Sqlite(_) => "update people set email_key = 'other@example.com'",
        Database::Postgres(_) => "update users set email_key = 'other@example.com'",
    };
    stage.raw(&format!("{key} where user_id = '{}'", user_id(3))).await;
    let people = if matches!(stage.database, Database::Sqlite(_)) { "people" } else { "users" };
    for (n, set) in [(4, "epoch = -5"), (5, "suspensions = -1")] {
        stage.raw(&format!("update {people} set {set} where user_id = '{}'", user_id(n))).await;
    }
    let found = store.integrity().await.unwrap();
    assert_eq!(found.len(), 3, "{found:?}");
    let of = |n: u8, words: &str| {
        found.iter().any(|line| line.contains(words) && line.contains(&user_id(n).to_string()))
    };
    assert!(of(3, "looked up under another address"), "{found:?}");
    assert!(of(4, "cannot be read") && of(5, "cannot be read"), "{found:?}");
    assert!(stored_user(&store, org.account, user_id(1)).await.is_some());
}

/// A copy that is put back takes numbers back with it, and gives them to whoever comes next.
async fn a_number_that_another_account_has_now_is_not_believed(stage: &Stage) {
    let store = stage.open().await;
    organisation(&store, 1).await;
    let name = "one".parse().unwrap();
    store.keep_copy(&name, "").await.unwrap();
    let two = organisation(&store, 2).await;
    let token = two.token(&store).await;
    let listed = walk(&store, two.list(&store, &token, 2)).await;
    two.get(&store, &token, 3).await.unwrap();
    assert!(store.put_back(&name).await.unwrap());

    let other = organisation(&store, 3).await;
    for n in 1..PEOPLE - 1 {
        operator(&store, other.account, other.suspend(n + 1)).await;
    }
    let two = organisation(&store, 2).await;
    let token = two.token(&store).await;
    // The list first on one side, the person on the other: the number is looked up by either.
    assert_eq!(walk(&store, two.list(&store, &token, 2)).await, listed);
    assert!(two.get(&store, &token, 3).await.unwrap().is_active());
    assert!(store.put_back(&name).await.unwrap());
    organisation(&store, 3).await;
    let other = organisation(&store, 4).await;
    operator(&store, other.account, other.suspend(3)).await;
    let two = organisation(&store, 2).await;
    let token = two.token(&store).await;
    assert!(two.get(&store, &token, 3).await.unwrap().is_active());
    assert_eq!(walk(&store, two.list(&store, &token, 2)).await, listed);
    store.act(by_token(token), two.account, two.suspend(4)).await.unwrap().unwrap();
    assert!(store.integrity().await.unwrap().is_empty());
}
