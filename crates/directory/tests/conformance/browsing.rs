//! The operator's look-ups: one account, one person by id or address, people by addresses, and the
//! list of people page by page, with a text that they match.

use rollcall_directory::accounts::{FoundAccount, OneAccount};
use rollcall_directory::acting::Refusal;
use rollcall_directory::store::{Accounts, Store};
use rollcall_directory::users::{
    Named, NewPerson, People, PeopleWithEmails, Person, State, StateFilter, User,
};

use crate::organisation::*;
use crate::stage::Stage;

on_both!(
    an_account_is_founded_with_its_owner,
    an_account_with_a_flawed_owner_is_not_there,
    accounts_are_walked_page_by_page,
    one_account_is_found,
    a_person_is_found_by_id_and_by_address,
    people_are_found_by_their_addresses,
    everybody_is_met_once_whatever_the_page,
    people_are_narrowed_by_text_and_state
);

fn founded(n: u8) -> FoundAccount {
    let owner = NewPerson { state: State::Suspended, ..a_person(n) };
    FoundAccount { account: create_account(n), owner, setup: None }
}

async fn an_account_is_founded_with_its_owner(stage: &Stage) {
    let store = stage.open().await;
    let made = operator(&store, account_id(1), founded(1)).await;
    let found = stored_account(&store, account_id(1)).await.unwrap();
    assert_eq!((made.name, found.head.seq), (found.name, 1));
    let owner = stored_user(&store, account_id(1), user_id(1)).await.unwrap();
    assert!(owner.is_active_owner());
    assert_eq!(operator(&store, account_id(1), Look::default()).await.active_owners(), 1);
    assert_eq!(refused(&store, account_id(1), founded(1)).await, Refusal::Exists("account"));
    assert_eq!(stage.records(account_id(1)).await, ["account_created", "refused"]);
    let owners = stage.texts("select user_id from audit where kind = 'account_created'").await;
    assert_eq!(owners, [user_id(1).to_string()]);
    verify(&store, account_id(1), None).await.unwrap();
}

async fn an_account_with_a_flawed_owner_is_not_there(stage: &Stage) {
    let store = stage.open().await;
    let mut owner = founded(1);
    owner.owner.email = "nobody".to_owned();
    let mut name = founded(1);
    name.account.name = " ".to_owned();
    for flawed in [owner, name] {
        let why = refused(&store, account_id(1), flawed).await;
        assert!(matches!(why, Refusal::Invalid(_)), "{why}");
    }
    assert_eq!(stored_account(&store, account_id(1)).await, None);
    assert!(stage.texts("select user_id from users").await.is_empty());
}

async fn accounts_are_walked_page_by_page(stage: &Stage) {
    let store = stage.open().await;
    let made = [40, 1, 230, 120, 208];
    for n in made {
        operator(&store, account_id(n), create_account(n)).await;
    }
    for limit in 1..=6 {
        let (mut after, mut ids) = (None, Vec::new());
        loop {
            let page = store.read(&Accounts { after, limit }).await.unwrap();
            ids.extend(page.iter().map(|account| account.id.to_string()));
            match page.last() {
                Some(last) => after = Some(last.id),
                None => break,
            }
        }
        let mut expected: Vec<String> = made.map(|n| account_id(n).to_string()).to_vec();
        expected.sort();
        assert_eq!(ids, expected, "pages of {limit}");
    }
}

async fn one_account_is_found(stage: &Stage) {
    let store = stage.open().await;
    operator(&store, account_id(1), create_account(1)).await;
    let found = store.read(&OneAccount { account: account_id(1) }).await.unwrap();
    assert_eq!(found, stored_account(&store, account_id(1)).await);
    assert_eq!(store.read(&OneAccount { account: account_id(2) }).await.unwrap(), None);
}

async fn a_person_is_found_by_id_and_by_address(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    organisation(&store, 2).await;
    let who = |who| Person { account: org.account, who };
    let expected = stored_user(&store, org.account, user_id(3)).await;
    for named in [Named::Id(user_id(3)), Named::Email("pERSON3@Example.com".to_owned())] {
        assert_eq!(store.read(&who(named)).await.unwrap(), expected);
    }
    for nobody in [Named::Id(user_id(99)), Named::Email("nobody@example.com".to_owned())] {
        assert_eq!(store.read(&who(nobody)).await.unwrap(), None);
    }
    let elsewhere = Person { account: account_id(99), who: Named::Id(user_id(3)) };
    assert_eq!(store.read(&elsewhere).await.unwrap(), None);
}

async fn people_are_found_by_their_addresses(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    let ask = |keys: &[&str]| PeopleWithEmails {
        account: org.account,
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
    };
    let question = ask(&["person5@example.com", "nobody@example.com", "person1@example.com"]);
    let mut found: Vec<_> =
        store.read(&question).await.unwrap().into_iter().map(|user| user.id).collect();
    found.sort_unstable();
    assert_eq!(found, [user_id(1), user_id(5)]);
    assert!(store.read(&ask(&[])).await.unwrap().is_empty());
}

async fn walk(store: &Store, org: &Organisation, matching: Option<&str>, rows: u16) -> Vec<User> {
    walk_in(store, org, StateFilter::All, matching, rows).await
}

async fn walk_in(
    store: &Store,
    org: &Organisation,
    state: StateFilter,
    matching: Option<&str>,
    rows: u16,
) -> Vec<User> {
    let matching = matching.map(str::to_owned);
    let mut question = People { account: org.account, state, matching, after: None, rows };
    let mut all = Vec::new();
    loop {
        let page = store.read(&question).await.unwrap();
        all.extend(page.people);
        question.after = page.next;
        if question.after.is_none() {
            return all;
        }
    }
}

async fn everybody_is_met_once_whatever_the_page(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    organisation(&store, 2).await;
    for rows in 1..=u16::from(PEOPLE) + 1 {
        let ids: Vec<_> = walk(&store, &org, None, rows).await.iter().map(|user| user.id).collect();
        let expected: Vec<_> = (1..=PEOPLE).map(user_id).collect();
        assert_eq!(ids, expected, "pages of {rows}");
    }
}

async fn people_are_narrowed_by_text_and_state(stage: &Stage) {
    let store = stage.open().await;
    let org = organisation(&store, 1).await;
    operator(&store, org.account, org.suspend(3)).await;
    for rows in [1, 2, 50] {
        let ids = |users: Vec<User>| users.iter().map(|user| user.id).collect::<Vec<_>>();
        assert_eq!(ids(walk(&store, &org, Some("PERSON 4"), rows).await), [user_id(4)]);
        assert_eq!(ids(walk(&store, &org, Some("person5@"), rows).await), [user_id(5)]);
        assert!(walk(&store, &org, Some("nobody"), rows).await.is_empty());
        let suspended = walk_in(&store, &org, StateFilter::Suspended, None, rows).await;
        assert_eq!(ids(suspended), [user_id(3)]);
        let active = walk_in(&store, &org, StateFilter::Active, Some("example.com"), rows).await;
        assert_eq!(ids(active), [1, 2, 4, 5, 6].map(user_id));
    }
}
