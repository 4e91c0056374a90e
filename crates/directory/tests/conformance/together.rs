//! Many questions at once, which share connections and statements: each is answered as it would be
//! alone, whoever asks beside it, and whoever goes away.

use futures_util::future::{join_all, select_all};
use rollcall_directory::acting::Refusal;
use rollcall_directory::store::Store;
use rollcall_directory::tokens::{Claims, RevokeToken};
use rollcall_directory::users::{GetUser, ImportPeople, ListUsers, Listed, NewPerson, StateFilter};
use rollcall_directory::world::{Moment, UserId};

use crate::organisation::*;
use crate::stage::Stage;

on_both!(
    many_at_once_are_answered_as_one_by_one,
    who_goes_away_takes_nobody_with_them,
    a_revocation_holds_for_all_who_ask_after_it,
    a_row_that_cannot_be_read_fails_its_own_question_alone
);

const FILTERS: [StateFilter; 3] = [StateFilter::All, StateFilter::Active, StateFilter::Suspended];

async fn crowded(store: &Store, n: u8) -> Organisation {
    let org = organisation(store, n).await;
    let person = |m: u8| NewPerson {
        id: UserId::from_bytes([[m.wrapping_mul(101), 77]; 8].concat().try_into().unwrap()),
        email: format!("crowd{m}@example.com"),
        created: Moment::from_millis(i64::from(m % 5)),
        ..a_person(9)
    };
    operator(store, org.account, ImportPeople { people: (20..200).map(person).collect() }).await;
    for m in 3..=4 {
        operator(store, org.account, org.suspend(m)).await;
    }
    org
}

/// Two organisations; of the first two tokens, the second of them revoked; of the other one.
async fn two(stage: &Stage) -> (Store, Vec<(Organisation, Claims)>) {
    let store = stage.open().await;
    let (one, other) = (crowded(&store, 1).await, crowded(&store, 2).await);
    let (kept, revoked) = (one.token(&store).await, one.token(&store).await);
    let revoke = RevokeToken { token: revoked.clone() };
    store.act(one.client(), one.account, revoke).await.unwrap().unwrap();
    let others = other.token(&store).await;
    (store, vec![(one.clone(), kept), (one, revoked), (other, others)])
}

type People = Result<Vec<Listed>, Refusal>;

async fn page(store: &Store, question: &ListUsers) -> (People, bool) {
    match store.read(question).await.unwrap() {
        Ok(page) => (Ok(page.users), page.next.is_some()),
        Err(why) => (Err(why), false),
    }
}

async fn many_at_once_are_answered_as_one_by_one(stage: &Stage) {
    let (store, askers) = two(stage).await;
    let (mut pages, mut people) = (Vec::new(), Vec::new());
    for n in 0..60_usize {
        for (org, token) in &askers {
            let filter = FILTERS[n % 3];
            let first = ListUsers { filter, ..org.list(&store, token, 1 + n as u16 % 31) };
            let after = match store.read(&first).await.unwrap() {
                Ok(page) if n.is_multiple_of(2) => page.next,
                _ => None,
            };
            pages.push(ListUsers { after, ..first });
            let user = (n > 0).then(|| user_id(n as u8 % 9));
            let (token, account) = (token.clone(), Some(org.account));
            people.push(GetUser { token, from: HERE, account, user, now: store.world().now() });
        }
    }
    let mut alone = (Vec::new(), Vec::new());
    for (list, get) in pages.iter().zip(&people) {
        alone.0.push(page(&store, list).await);
        alone.1.push(store.read(get).await.unwrap());
    }
    assert!(alone.0.iter().any(|(people, more)| people.is_ok() && *more));
    assert!(alone.0.iter().any(|(people, _)| *people == Err(Refusal::TokenDead)));
    assert!(alone.1.iter().any(Result::is_ok));
    assert!(alone.1.contains(&Err(Refusal::NoSuchUser)));
    for _ in 0..5 {
        let lists = join_all(pages.iter().map(|question| page(&store, question)));
        let gets = join_all(people.iter().map(|question| store.read(question)));
        let (lists, gets) = futures_util::future::join(lists, gets).await;
        assert_eq!(lists, alone.0);
        assert_eq!(gets.into_iter().map(Result::unwrap).collect::<Vec<_>>(), alone.1);
    }
}

async fn who_goes_away_takes_nobody_with_them(stage: &Stage) {
    let (store, askers) = two(stage).await;
    let (org, token) = &askers[0];
    let question = org.list(&store, token, 25);
    let expected = page(&store, &question).await;
    for _ in 0..50 {
        // Twelve ask, and when the first of them has its answer it leaves with the four before it.
        let asked = (0..12).map(|_| Box::pin(page(&store, &question)));
        let (answer, _, mut others) = select_all(asked).await;
        assert_eq!(answer, expected);
        others.drain(..4);
        for answer in join_all(others).await {
            assert_eq!(answer, expected);
        }
    }
}

async fn a_revocation_holds_for_all_who_ask_after_it(stage: &Stage) {
    let (store, askers) = two(stage).await;
    let org = &askers[0].0;
    for _ in 0..20 {
        let token = org.token(&store).await;
        let question = org.list(&store, &token, 25);
        let before: Vec<_> = (0..16)
            .map(|_| {
                let (store, question) = (store.clone(), question.clone());
                tokio::spawn(async move { page(&store, &question).await })
            })
            .collect();
        let revoke = RevokeToken { token: token.clone() };
        store.act(org.client(), org.account, revoke).await.unwrap().unwrap();
        let after = join_all((0..16).map(|_| page(&store, &question))).await;
        assert!(after.iter().all(|(people, _)| *people == Err(Refusal::TokenDead)));
        for asked in before {
            let (people, _) = asked.await.unwrap();
            assert!(people.is_ok() || people == Err(Refusal::TokenDead), "{people:?}");
        }
    }
}

async fn a_row_that_cannot_be_read_fails_its_own_question_alone(stage: &Stage) {
    let (store, askers) = two(stage).await;
    let (org, token) = &askers[0];
    stage.raw(&format!("update users set state = 9 where user_id = '{}'", user_id(5))).await;
    let (account, now) = (Some(org.account), store.world().now());
    let get =
        |n| GetUser { token: token.clone(), from: HERE, account, user: Some(user_id(n)), now };
    let questions: Vec<GetUser> = (0..40).map(|n| get(3 + n % 3)).collect();
    let answers = join_all(questions.iter().map(|question| store.read(question))).await;
    for (question, answer) in questions.iter().zip(answers) {
        let is_unreadable = question.user == Some(user_id(5));
        assert_eq!(answer.is_err(), is_unreadable, "{answer:?}");
    }
}
