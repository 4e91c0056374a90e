//! Random rounds: a run of forty people is killed up to three times at random moments, resumed each
//! time, and held against what was promised. `cargo xtask contain-crash --rounds 100` is the long
//! form; `--seed` repeats one.

use std::collections::BTreeMap;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use rollcall_directory::world::World;

use super::super::stand_in::Moment;
use super::ground::{End, Ground};
use super::moments::Kill;

const PEOPLE: usize = 40;
const ROUNDS: usize = 5;
const KILLS_MAX: u64 = 3;

fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

#[tokio::test]
async fn runs_killed_at_random_and_resumed_do_what_was_planned() {
    let rounds = setting("ROLLCALL_CONTAIN_CRASH_ROUNDS").map_or(ROUNDS, |n| n as usize);
    let seed = setting("ROLLCALL_CONTAIN_CRASH_SEED")
        .unwrap_or_else(|| u64::from_le_bytes(World::system().bytes()) % 1_000_000_000);
    println!("seed {seed}: `cargo xtask contain-crash --rounds {rounds} --seed {seed}` repeats it");
    let mut chance = ChaCha20Rng::seed_from_u64(seed);
    let mut ground = Ground::open(PEOPLE).await;
    let before = ground.suspended_before().await;
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    let (mut resumed, mut unharmed, mut violations) = (0, 0, Vec::new());
    for round in 1..=rounds {
        ground.begin_a_round().await;
        let kills = 1 + chance.next_u64() % KILLS_MAX;
        let mut words = Vec::new();
        for _ in 0..kills {
            let at_once = [1, 4, 16][(chance.next_u64() % 3) as usize];
            let kill = any(&mut chance);
            let end = ground.apply_and_kill(at_once, kill).await;
            words.push(format!("{kill}, {at_once} at once: {end:?}"));
            if end == End::Killed {
                *met.entry(kill.series()).or_default() += 1;
                resumed += 1;
            } else {
                assert_eq!(end, End::Exited(5), "round {round}: {words:?}");
                unharmed += 1;
                break;
            }
        }
        let words = format!("round {round} of seed {seed}: {words:?}");
        // A run that ended unharmed says so once more, and does nothing.
        ground.resume(8, &words).await;
        let found = ground.evidence().await.violations(&ground, &before);
        violations.extend(found.into_iter().map(|what| format!("{words}: {what}")));
    }
    let kills: usize = met.values().sum();
    println!("{rounds} rounds of {PEOPLE} people: {kills} kills, {resumed} resumed");
    println!("{unharmed} runs ended before their moment came");
    for (series, times) in &met {
        println!("  {times:4} {series}");
    }
    println!("violations: {}", violations.len());
    assert!(violations.is_empty(), "{violations:#?}");
    assert!(kills > 0, "no kill came in the middle of anything");
}

fn any(chance: &mut ChaCha20Rng) -> Kill {
    let mut below = |limit: u64| chance.next_u64() % limit;
    let at = 1 + below(2 * PEOPLE as u64) as usize;
    match below(7) {
        0 => Kill::Journal("write", 1 + at / 2),
        1 => Kill::Journal("fdatasync", 1 + at / 2),
        2 => Kill::Call(Moment::Arrived, at),
        3 => Kill::Call(Moment::Done, at),
        4 => Kill::Call(Moment::Answered, at),
        _ => Kill::After(below(600)),
    }
}
