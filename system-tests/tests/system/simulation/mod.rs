//! The store against the reference model: random plans from seeds, with the clock moved and the
//! store restarted in between, and histories of parallel clients.
//!
//! A failure prints its seed; `ROLLCALL_SIM_SEED` plays that one alone, on both stores.
//! `ROLLCALL_SIM_ROUNDS` plays so many plans of seeds that nobody chose: the long form.

mod histories;

use rollcall_directory::world::World;
use rollcall_system_tests::Store;
use rollcall_system_tests::simulation::{Plan, Transcript, play, shortest};

const STEPS: usize = 150;
const SEEDS_ON_SQLITE: u64 = 60;
const SEEDS_ON_POSTGRES: u64 = 15;

/// The seeds to play, and how many steps of each.
fn plans(count: u64) -> Vec<Plan> {
    let number = |name: &str| {
        let text = std::env::var(name).ok()?;
        Some(text.parse::<u64>().unwrap_or_else(|_| panic!("{name} is a number, not {text:?}")))
    };
    let seeds: Vec<u64> = match (number("ROLLCALL_SIM_SEED"), number("ROLLCALL_SIM_ROUNDS")) {
        (Some(seed), _) => vec![seed],
        (None, Some(rounds)) => {
            let first = u64::from_be_bytes(World::system().bytes());
            (0..rounds).map(|n| first.wrapping_add(n)).collect()
        }
        (None, None) => (1..=count).collect(),
    };
    seeds.into_iter().map(|seed| Plan::from_seed(seed, STEPS)).collect()
}

/// Plays it; where it fails, tells the shortest plan that fails too.
async fn played(plan: &Plan, store: Store) -> Transcript {
    match play(plan, store).await {
        Ok(transcript) => transcript,
        Err(failure) => {
            let seed = plan.seed;
            println!("seed {seed} fails on {store:?}: {}", failure.what);
            let (plan, failure) = shortest(plan, failure, store).await;
            let steps: Vec<String> = plan.steps.iter().map(|step| format!("  {step:?}")).collect();
            panic!(
                "seed {seed} fails on {store:?}; play it again by ROLLCALL_SIM_SEED={seed}\n\
                 the shortest plan that fails:\n{}\n\n{}",
                steps.join("\n"),
                failure.what
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_agrees_with_the_model_on_sqlite() {
    for plan in plans(SEEDS_ON_SQLITE) {
        played(&plan, Store::Sqlite).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_agrees_with_the_model_on_postgres() {
    for plan in plans(SEEDS_ON_POSTGRES) {
        played(&plan, Store::Postgres).await;
    }
}

/// Down to the hashes of the audit log: so a seed is enough to see a failure again, and both
/// databases keep the same history.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_is_the_same_history_on_both_stores() {
    for plan in plans(3) {
        let first = played(&plan, Store::Sqlite).await;
        assert_eq!(first, played(&plan, Store::Sqlite).await, "seed {}", plan.seed);
        assert_eq!(first, played(&plan, Store::Postgres).await, "seed {}", plan.seed);
    }
}

/// A plan that hits only dead tokens would agree with anything: so what the plans reach is counted.
#[tokio::test(flavor = "multi_thread")]
async fn the_plans_reach_every_answer() {
    let mut text = String::new();
    for plan in (1..=12).map(|seed| Plan::from_seed(seed, STEPS)) {
        text.push_str(&played(&plan, Store::Sqlite).await.join("\n"));
    }
    for answer in [
        "token_invalid",
        "invalid_client",
        "account_mismatch",
        "plan_not_entitled",
        "provisioning_automated",
        "scope_missing",
        "user_not_found",
        "user_externally_managed",
        "no_owner_remain",
        "no_such_application",
        "refused: exists",
        "refused: invalid\n",
        "the clock went back",
        "not this list's page token",
        "and more",
        "and no more",
        "a token until",
        "restarted",
        "account_changed",
        "groups_changed",
        "application_edited",
        "application_deleted",
        "secret_added",
        "secret_retired",
        "token_revoked",
        "refusals_counted",
    ] {
        assert!(text.contains(answer), "no plan reaches {answer:?}");
    }
}
