//! Parallel clients suspend, reactivate, get and list few people, and what they are answered must
//! be explained by one act after the other. And the explanation must be refused where an answer
//! was wrong, or it would say nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rollcall_directory::accounts::{CreateAccount, Plan};
use rollcall_directory::acting::{Presented, Refusal};
use rollcall_directory::applications::{ClientSecret, RegisterApplication, Scopes, Terms};
use rollcall_directory::groups::Groups;
use rollcall_directory::tokens::{Claims, IssueToken};
use rollcall_directory::users::{
    GetUser, ImportPeople, ListUsers, NewPerson, Reactivate, State, StateFilter, Suspend, User,
};
use rollcall_directory::world::{
    AccountId, ApplicationId, Moment, Randomness, ReplayedRandomness, SecretId, TokenId, UserId,
};
use rollcall_system_tests::Store;
use rollcall_system_tests::simulation::linear::{
    Call, Event, People, Shown, concerning, is_explained,
};
use rollcall_system_tests::simulation::{Ground, HERE};

const ACCOUNT: AccountId = AccountId::from_bytes([1; 16]);
const PEOPLE: usize = 3;
const FRESH: Shown = Shown { suspended: false, epoch: 1 };

fn id(who: usize) -> UserId {
    UserId::from_bytes([u8::try_from(who).unwrap() + 1; 16])
}

fn shown(user: &User) -> Shown {
    Shown { suspended: user.is_suspended(), epoch: user.epoch }
}

/// People 0 to 2, of the asked kind; if they are no owners there is another who is.
async fn people(ground: &Ground, kind: People) -> Claims {
    let store = &ground.store;
    let account = CreateAccount {
        id: ACCOUNT,
        name: "Parallel".to_owned(),
        plan: Plan::Business,
        provisioning_automated: false,
    };
    store.act(Presented::Operator, ACCOUNT, account).await.unwrap().unwrap();
    let person = |n: usize| NewPerson {
        id: id(n),
        email: format!("person{n}@example.com"),
        display_name: String::new(),
        state: State::Active,
        groups: Groups { owner: kind == People::Owners || n == PEOPLE, ..Groups::default() },
        externally_managed: false,
        created: Moment::from_seconds(1),
    };
    let count = if kind == People::Owners { PEOPLE } else { PEOPLE + 1 };
    let import = ImportPeople { people: (0..count).map(person).collect() };
    store.act(Presented::Operator, ACCOUNT, import).await.unwrap().unwrap();
    let secret = ClientSecret::from_random(&[1; 32]).digest();
    let application = RegisterApplication {
        id: ApplicationId::from_random([1; 16]),
        name: "Parallel".to_owned(),
        description: String::new(),
        redirect_url: "https://soar.example".to_owned(),
        scopes: Scopes::ALL,
        secret_id: SecretId::from_bytes([1; 8]),
        secret,
        terms: Terms::default(),
    };
    let client = application.id;
    store.act(Presented::Operator, ACCOUNT, application).await.unwrap().unwrap();
    let (now, token) = (ground.world.now(), TokenId::from_bytes(ground.world.bytes()));
    store
        .read(&IssueToken { client, secret, from: HERE, now, token })
        .await
        .unwrap()
        .unwrap()
        .claims
}

/// One call of a client, chosen by chance.
async fn call(store: &rollcall_directory::store::Store, token: &Claims, chance: [u8; 2]) -> Call {
    let (account, who) = (Some(ACCOUNT), usize::from(chance[1]) % PEOPLE);
    let (user, now) = (Some(id(who)), store.world().now());
    let by = || Presented::Token { token: token.clone(), from: HERE };
    match chance[0] % 10 {
        0..=2 => {
            let act = Suspend { account, user, why: None };
            let told = match store.act(by(), ACCOUNT, act).await.unwrap() {
                Ok(user) => Some(shown(&user)),
                Err(Refusal::NoOwnerRemains(_)) => None,
                Err(other) => panic!("{other}"),
            };
            Call::Suspended { who, told }
        }
        3..=5 => {
            let act = Reactivate { account, user, why: None, guarded: false };
            let user = store.act(by(), ACCOUNT, act).await.unwrap().unwrap();
            Call::Reactivated { who, told: shown(&user) }
        }
        6 | 7 => {
            let question = GetUser { token: token.clone(), from: HERE, account, user, now };
            Call::Saw { who, told: shown(&store.read(&question).await.unwrap().unwrap()) }
        }
        _ => {
            let question = ListUsers {
                token: token.clone(),
                from: HERE,
                account,
                filter: StateFilter::All,
                after: None,
                page_size: 10,
                now,
            };
            let users = store.read(&question).await.unwrap().unwrap().users;
            let seen = |who: usize| {
                let listed = users.iter().find(|user| user.id == id(who)).unwrap();
                listed.state == State::Suspended
            };
            Call::Listed((0..PEOPLE).map(|who| (who, seen(who))).collect())
        }
    }
}

async fn history(
    ground: &Ground,
    token: &Claims,
    seed: u64,
    clients: u64,
    calls: u64,
) -> Vec<Event> {
    let ticks = Arc::new(AtomicU64::new(0));
    let tasks: Vec<_> = (0..clients)
        .map(|client| {
            let (store, token, ticks) = (ground.store.clone(), token.clone(), ticks.clone());
            let chance = ReplayedRandomness::from_seed(seed << 8 | client);
            tokio::spawn(async move {
                let mut events = Vec::new();
                for _ in 0..calls {
                    let mut bytes = [0; 2];
                    chance.fill(&mut bytes);
                    let asked = ticks.fetch_add(1, Ordering::SeqCst);
                    let call = call(&store, &token, bytes).await;
                    let answered = ticks.fetch_add(1, Ordering::SeqCst);
                    events.push(Event { asked, answered, call });
                }
                events
            })
        })
        .collect();
    let mut events = Vec::new();
    for task in tasks {
        events.extend(task.await.unwrap());
    }
    events
}

async fn members(store: Store, seeds: u64) {
    for seed in 0..seeds {
        let ground = Ground::fresh(store, seed).await;
        let token = people(&ground, People::Members).await;
        let history = history(&ground, &token, seed, 8, 40).await;
        for who in 0..PEOPLE {
            let of_one = concerning(who, &history);
            let explained = is_explained(&[FRESH], People::Members, &of_one);
            assert!(explained, "seed {seed} on {store:?}, person {who}: {of_one:#?}");
        }
        ground.store.close().await;
    }
}

async fn owners(store: Store, seeds: u64) {
    for seed in 0..seeds {
        let ground = Ground::fresh(store, seed).await;
        let token = people(&ground, People::Owners).await;
        let history = history(&ground, &token, seed, 6, 25).await;
        let explained = is_explained(&[FRESH; PEOPLE], People::Owners, &history);
        assert!(explained, "seed {seed} on {store:?}: {history:#?}");
        ground.store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_parallel_clients_see_of_members_is_explained_on_sqlite() {
    members(Store::Sqlite, 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_parallel_clients_see_of_members_is_explained_on_postgres() {
    members(Store::Postgres, 8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_parallel_clients_see_of_owners_is_explained_on_sqlite() {
    owners(Store::Sqlite, 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_parallel_clients_see_of_owners_is_explained_on_postgres() {
    owners(Store::Postgres, 8).await;
}

/// A real history, in which one answer is changed to what nobody could have been told.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_real_history_with_one_answer_changed_is_not_explained() {
    let ground = Ground::fresh(Store::Sqlite, 1).await;
    let token = people(&ground, People::Members).await;
    let history = concerning(0, &history(&ground, &token, 1, 8, 40).await);
    assert!(is_explained(&[FRESH], People::Members, &history));
    for at in (0..history.len()).step_by(7) {
        let mut wrong = history.clone();
        match &mut wrong[at].call {
            Call::Suspended { told, .. } => told.as_mut().unwrap().epoch += 100,
            Call::Reactivated { told, .. } => told.suspended = true,
            Call::Saw { told, .. } => told.suspended ^= true,
            // Another state may have been theirs a moment ago: at one moment nobody has both.
            Call::Listed(shown) => {
                let (who, suspended) = shown[0];
                shown.push((who, !suspended));
            }
        }
        assert!(!is_explained(&[FRESH], People::Members, &wrong), "{:?}", wrong[at]);
    }
}

const OUT: Shown = Shown { suspended: true, epoch: 2 };

fn event(asked: u64, answered: u64, call: Call) -> Event {
    Event { asked, answered, call }
}

fn suspended(who: usize, told: Option<Shown>) -> Call {
    Call::Suspended { who, told }
}

#[test]
fn a_stale_look_after_the_answer_is_not_explained() {
    let one = |told| Call::Saw { who: 0, told };
    let list = |told: Shown| Call::Listed(vec![(0, told.suspended)]);
    let suspend = event(0, 3, suspended(0, Some(OUT)));
    // While it is asked for, either is right; once it is answered, only one.
    for (asked, answered, told, explained) in [
        (1, 2, FRESH, true),
        (1, 2, OUT, true),
        (2, 5, FRESH, true),
        (4, 5, OUT, true),
        (4, 5, FRESH, false),
    ] {
        for look in [one(told), list(told)] {
            let history = [suspend.clone(), event(asked, answered, look)];
            let is_so = is_explained(&[FRESH], People::Members, &history);
            assert_eq!(is_so, explained, "{history:?}");
        }
    }
    // New, then old, is wrong even while it is asked for.
    let suspend = event(0, 9, suspended(0, Some(OUT)));
    for (new, old) in [(one(OUT), one(FRESH)), (list(OUT), list(FRESH)), (one(OUT), list(FRESH))] {
        let history = [suspend.clone(), event(1, 2, new), event(3, 4, old)];
        assert!(!is_explained(&[FRESH], People::Members, &history));
    }
}

#[test]
fn two_who_both_made_the_same_change_are_not_explained() {
    let reactivated = |told| Call::Reactivated { who: 0, told };
    let back = Shown { suspended: false, epoch: 3 };
    let twice = [
        event(0, 1, suspended(0, Some(OUT))),
        event(2, 6, reactivated(back)),
        event(3, 7, suspended(0, Some(OUT))),
        event(4, 8, suspended(0, Some(Shown { epoch: 4, ..OUT }))),
    ];
    assert!(is_explained(&[FRESH], People::Members, &twice));
    let lost = [
        event(0, 1, suspended(0, Some(OUT))),
        event(2, 6, reactivated(back)),
        event(7, 9, suspended(0, Some(OUT))),
    ];
    assert!(!is_explained(&[FRESH], People::Members, &lost));
}

#[test]
fn owners_who_suspend_each_other_are_not_explained() {
    let both = [event(0, 2, suspended(0, Some(OUT))), event(1, 3, suspended(1, Some(OUT)))];
    assert!(is_explained(&[FRESH; 2], People::Members, &both));
    assert!(!is_explained(&[FRESH; 2], People::Owners, &both));
    let one = [event(0, 2, suspended(0, Some(OUT))), event(1, 3, suspended(1, None))];
    assert!(is_explained(&[FRESH; 2], People::Owners, &one));
    let needless = [event(0, 2, suspended(0, None))];
    assert!(!is_explained(&[FRESH; 2], People::Owners, &needless));
}
