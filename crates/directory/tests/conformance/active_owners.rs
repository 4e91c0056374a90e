//! The count of active owners that follows the acts of a batch is what a fresh load would count:
//! random suspensions, reactivations, groups, newcomers and removals, in one batch here and one by one there,
//! get the same answers and leave the same people.

use std::fmt::Debug;

use rollcall_directory::Fault;
use rollcall_directory::acting::{Facts, Presented, Refusal};
use rollcall_directory::groups::Groups;
use rollcall_directory::store::Store;
use rollcall_directory::users::{ImportPeople, NewPerson, RemoveUser, State, User};
use rollcall_directory::world::{AccountId, Randomness, ReplayedRandomness};

use crate::organisation::*;
use crate::stage::Stage;

on_both!(a_batch_counts_owners_as_a_fresh_load_does);

const SEEDS: u64 = 12;
const ACTS: usize = 40;
const PERSONS: u8 = 6;

#[derive(Clone, Copy, Debug)]
enum Step {
    Suspend(u8),
    Reactivate(u8),
    Groups(u8, Groups),
    Import(u8, bool),
    Remove(u8),
}

fn steps(seed: u64) -> Vec<Step> {
    let chance = ReplayedRandomness::from_seed(seed);
    let step = |n: usize| {
        let mut bytes = [0_u8; 4];
        chance.fill(&mut bytes);
        let [kind, who, owner, _] = bytes;
        let person = who % PERSONS + 1;
        match kind % 9 {
            0..=2 => Step::Suspend(person),
            3 | 4 => Step::Reactivate(person),
            5 | 6 => Step::Groups(
                person,
                Groups { owner: owner % 2 == 0, security: owner % 3 == 0, ..Groups::default() },
            ),
            7 => Step::Remove(person),
            _ => Step::Import(u8::try_from(n).unwrap() + 100, owner % 2 == 0),
        }
    };
    (0..ACTS).map(step).collect()
}

/// The answer as text, so that answers of every kind compare.
type Told = std::pin::Pin<Box<dyn Future<Output = String>>>;

fn told<Done: Debug + 'static>(asked: Asked<Done>) -> Told {
    Box::pin(async move {
        let answer: Result<Result<Done, Refusal>, Fault> = asked.await;
        format!("{answer:?}")
    })
}

fn take(store: &Store, org: &Organisation, step: Step) -> Told {
    let by = Presented::Operator;
    match step {
        Step::Suspend(n) => told(ask(store, by, org.account, org.suspend(n))),
        Step::Reactivate(n) => told(ask(store, by, org.account, org.reactivate(n))),
        Step::Groups(n, groups) => told(ask(store, by, org.account, set_groups(n, groups))),
        Step::Remove(n) => {
            let act = RemoveUser { user: user_id(n), why: None };
            told(ask(store, by, org.account, act))
        }
        Step::Import(n, suspended) => {
            let state = if suspended { State::Suspended } else { State::Active };
            let people = vec![NewPerson { state, ..an_owner(n) }];
            told(ask(store, by, org.account, ImportPeople { people }))
        }
    }
}

fn everybody() -> Look {
    Look { users: (1..=200).map(user_id).collect(), ..Look::default() }
}

fn people(facts: &Facts) -> Vec<User> {
    (1..=200).filter_map(|n| facts.user(Some(user_id(n))).cloned()).collect()
}

/// The count as it is after each step, and every answer, of one batch.
async fn in_one_batch(
    stage: &Stage,
    store: &Store,
    org: &Organisation,
    steps: &[Step],
) -> (Vec<String>, Vec<u64>) {
    let held = stage.hold(org.account).await;
    let asked: Vec<_> = steps
        .iter()
        .map(|step| {
            let told = take(store, org, *step);
            (told, ask(store, Presented::Operator, org.account, everybody()))
        })
        .collect();
    held.let_go().await;
    let (mut answers, mut counts) = (Vec::new(), Vec::new());
    for (told, look) in asked {
        answers.push(told.await);
        let facts = look.await.unwrap().unwrap();
        let active = people(&facts).iter().filter(|user| user.is_active_owner()).count();
        assert_eq!(facts.active_owners(), active as u64, "the sum follows the people");
        counts.push(facts.active_owners());
    }
    (answers, counts)
}

async fn one_by_one(store: &Store, org: &Organisation, steps: &[Step]) -> (Vec<String>, Vec<u64>) {
    let (mut answers, mut counts) = (Vec::new(), Vec::new());
    for step in steps {
        answers.push(take(store, org, *step).await);
        counts.push(operator(store, org.account, Look::default()).await.active_owners());
    }
    (answers, counts)
}

async fn left(store: &Store, account: AccountId) -> Vec<User> {
    people(&operator(store, account, everybody()).await)
}

async fn a_batch_counts_owners_as_a_fresh_load_does(stage: &Stage) {
    let store = stage.open().await;
    for seed in 0..SEEDS {
        let steps = steps(seed);
        let n = u8::try_from(seed).unwrap() * 2 + 1;
        let (here, there) = (organisation(&store, n).await, organisation(&store, n + 1).await);
        let batch = in_one_batch(stage, &store, &here, &steps).await;
        let single = one_by_one(&store, &there, &steps).await;
        assert_eq!(batch, single, "seed {seed}");
        assert_eq!(
            left(&store, here.account).await,
            left(&store, there.account).await,
            "seed {seed}"
        );
        assert!(batch.1.iter().all(|count| *count >= 1), "seed {seed}: an owner remains");
        assert_eq!(
            stage.records(here.account).await,
            stage.records(there.account).await,
            "seed {seed}"
        );
        verify(&store, here.account, None).await.unwrap();
    }
}
