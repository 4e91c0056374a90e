//! Each step once: the first, the second, the third … of a kind, until a run ends unharmed.

use std::collections::BTreeMap;

use super::super::stand_in::Moment;
use super::ground::{End, Ground};
use super::moments::Kill;

const PEOPLE: usize = 4;
/// No run of so few people has as many steps of one kind.
const STEPS_MAX: usize = 200;

/// How often each kind of step was met.
async fn kill_at_each(at_once: usize, kinds: &[fn(usize) -> Kill]) -> BTreeMap<String, usize> {
    let mut ground = Ground::open(PEOPLE).await;
    let before = ground.suspended_before().await;
    let mut met = BTreeMap::new();
    for kind in kinds {
        for at in 1.. {
            let kill = kind(at);
            assert!(at < STEPS_MAX, "there is no end of steps: {kill}");
            ground.begin_a_round().await;
            let end = ground.apply_and_kill(at_once, kill).await;
            let words = format!("killed {kill}, {at_once} at once");
            if end == End::Killed {
                *met.entry(kill.series()).or_default() += 1;
                ground.resume(at_once, &words).await;
            } else {
                assert_eq!(end, End::Exited(5), "not {words}");
            }
            let violations = ground.evidence().await.violations(&ground, &before);
            assert!(violations.is_empty(), "{words}: {violations:#?}");
            if end != End::Killed {
                break;
            }
        }
    }
    println!("{at_once} at once: {met:?}");
    met
}

const JOURNAL: &[fn(usize) -> Kill] =
    &[|at| Kill::Journal("write", at), |at| Kill::Journal("fdatasync", at)];

const CALLS: &[fn(usize) -> Kill] = &[
    |at| Kill::Call(Moment::Arrived, at),
    |at| Kill::Call(Moment::Done, at),
    |at| Kill::Call(Moment::Answered, at),
];

#[tokio::test]
async fn one_at_a_time_before_each_write_and_sync_of_the_journal() {
    let met = kill_at_each(1, JOURNAL).await;
    // An intent and an outcome for each person and the refused one.
    for (series, times) in met {
        assert!(times >= 2 * (PEOPLE + 1), "{series}: {times}");
    }
}

#[tokio::test]
async fn four_at_a_time_before_each_write_and_sync_of_the_journal() {
    let met = kill_at_each(4, JOURNAL).await;
    // Records that wait together are written together.
    assert!(met.values().all(|times| *times >= 4), "{met:?}");
}

#[tokio::test]
async fn one_at_a_time_before_each_step_that_makes_the_folder() {
    let kinds: &[fn(usize) -> Kill] = &[
        |at| Kill::Folder("mkdir", at),
        |at| Kill::Folder("fsync", at),
        |at| Kill::Folder("rename", at),
    ];
    let met = kill_at_each(1, kinds).await;
    // The folder of runs, the run's, its plan and its journal.
    assert!(met.len() == 3 && met.values().sum::<usize>() >= 6, "{met:?}");
}

#[tokio::test]
async fn one_at_a_time_when_each_call_arrives_is_done_and_is_answered() {
    let met = kill_at_each(1, CALLS).await;
    // A token, and a look and an act for each person.
    assert!(met.values().all(|times| *times > 2 * PEOPLE), "{met:?}");
}

#[tokio::test]
async fn four_at_a_time_when_each_call_arrives_is_done_and_is_answered() {
    let met = kill_at_each(4, CALLS).await;
    assert!(met.values().all(|times| *times > 2 * PEOPLE), "{met:?}");
}
