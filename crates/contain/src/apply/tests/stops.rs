//! When a run starts nothing more, and what is under way then.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rollcall_sdk::State;
use tokio::sync::watch;

use super::fake::{Call, Does, Fake, Memory, apply, apply_on, options};
use crate::apply::{End, Event, Halt, Limits, Options};
use crate::journal::{Record, Why};
use crate::plan::Plan;
use crate::plan::tests::to_do;
use crate::progress::Standing;

fn many() -> (Vec<String>, Plan) {
    let names: Vec<String> = (0..100).map(|number| format!("p{number}")).collect();
    let texts: Vec<&str> = names.iter().map(String::as_str).collect();
    let plan = to_do(&texts);
    (names, plan)
}

fn fake(names: &[String]) -> Fake {
    Fake::of(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

fn limits(failures_max: usize, in_a_row_max: usize) -> Options {
    let count = |number| NonZeroUsize::new(number).unwrap();
    let limits = Limits { failures_max: count(failures_max), in_a_row_max: count(in_a_row_max) };
    Options { limits, ..options(1) }
}

#[tokio::test]
async fn somebody_who_stops_it_finds_nothing_half_done_and_it_goes_on() {
    let (names, plan) = many();
    let mut fake = fake(&names);
    fake.pace = Duration::from_millis(1);
    let disk = Memory::default();
    let (stop, halt) = watch::channel(Halt::GoOn);
    let settled = Mutex::new(0);
    let events = |event: Event<'_>| {
        if matches!(event, Event::Settled { .. }) {
            *settled.lock().unwrap() += 1;
            if *settled.lock().unwrap() == 10 {
                stop.send(Halt::StartNoMore).unwrap();
            }
        }
    };
    let end = apply_on(&disk, &plan, &fake, &options(4), halt, &events).await.unwrap();
    assert_eq!(end, End::Stopped(Why::Interrupted));
    assert_eq!(disk.records().last(), Some(&Record::Stopped { why: Why::Interrupted }));
    let done = fake.all(Call::Act);
    assert!((10..20).contains(&done), "{done} done: only calls under way came to their end");
    let progress = disk.progress();
    for (_, person) in plan.to_do() {
        let is_done = fake.state(&person.id) == State::Suspended;
        let expected = if is_done { Standing::Settled } else { Standing::Open };
        assert_eq!(progress.standing(&person.id), expected, "{}", person.id);
    }
    assert_eq!(apply(&disk, &plan, &fake, 4).await.unwrap(), End::Finished);
    assert_eq!(fake.all(Call::Act), 100);
}

#[tokio::test]
async fn a_second_word_ends_it_at_once_and_it_goes_on() {
    let (names, plan) = many();
    let mut fake = fake(&names);
    fake.pace = Duration::from_secs(3600);
    let disk = Memory::default();
    let (stop, halt) = watch::channel(Halt::GoOn);
    let options = options(4);
    let apply_it = apply_on(&disk, &plan, &fake, &options, halt, &|_| {});
    let stop_it = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        stop.send(Halt::StartNoMore).unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        stop.send(Halt::AtOnce).unwrap();
    };
    let both = async { tokio::join!(apply_it, stop_it).0.unwrap() };
    let end = tokio::time::timeout(Duration::from_secs(30), both).await.unwrap();
    assert_eq!(end, End::Stopped(Why::Interrupted));
    fake.pace = Duration::ZERO;
    assert_eq!(apply(&disk, &plan, &fake, 4).await.unwrap(), End::Finished);
    assert!(names.iter().all(|name| fake.state(&name.to_uppercase()) == State::Suspended));
}

#[tokio::test]
async fn a_server_that_is_away_stops_it_after_so_many_in_a_row() {
    let (names, plan) = many();
    let fake = fake(&names).does(|call, person, _| match (call, person) {
        (Call::Act, "P0" | "P1") => Does::Fine,
        (Call::Act, _) => Does::Away,
        _ => Does::Fine,
    });
    let disk = Memory::default();
    let (_stay, halt) = watch::channel(Halt::GoOn);
    let end = apply_on(&disk, &plan, &fake, &limits(50, 4), halt, &|_| {}).await.unwrap();
    assert_eq!(end, End::Stopped(Why::InARow { failed: 4 }));
    assert!(fake.all(Call::Act) <= 9, "{} acts", fake.all(Call::Act));
}

#[tokio::test]
async fn failures_are_counted_and_refusals_are_not() {
    let (names, plan) = many();
    let fake = fake(&names).does(|call, person, _| match (call, person.as_bytes().last()) {
        (Call::Act, Some(b'0')) => Does::Away,
        (Call::Act, Some(b'1')) => Does::Says(403, "user_externally_managed"),
        (Call::Act, Some(b'2')) => Does::Says(404, "user_not_found"),
        _ => Does::Fine,
    });
    let disk = Memory::default();
    let (_stay, halt) = watch::channel(Halt::GoOn);
    let end = apply_on(&disk, &plan, &fake, &limits(3, 2), halt, &|_| {}).await.unwrap();
    assert_eq!(end, End::Stopped(Why::Failures { failed: 3 }));
    let (_stay, halt) = watch::channel(Halt::GoOn);
    let end = apply_on(&disk, &plan, &fake, &limits(11, 5), halt, &|_| {}).await.unwrap();
    assert_eq!(end, End::Stopped(Why::LeftOver { people: 10 }));
}

#[tokio::test]
async fn credentials_that_do_not_work_stop_it_at_once() {
    let (names, plan) = many();
    for call_that_fails in [Call::Look, Call::Act] {
        let fake = fake(&names).does(move |call, _, _| {
            if call == call_that_fails { Does::Says(401, "token_invalid") } else { Does::Fine }
        });
        let disk = Memory::default();
        let end = apply(&disk, &plan, &fake, 1).await.unwrap();
        assert!(matches!(end, End::Stopped(Why::NotAllowed { .. })), "{end:?}");
        assert_eq!(fake.all(call_that_fails), 1);
        let progress = disk.progress();
        for (_, person) in plan.to_do() {
            assert_eq!(progress.standing(&person.id), Standing::Open);
        }
    }
}

#[tokio::test]
async fn a_no_that_is_not_about_people_stops_it() {
    let (names, plan) = many();
    for (word, acts_max) in [("scope_missing", 1), ("not_for_you", 9)] {
        let fake = fake(&names).does(move |call, _, _| match call {
            Call::Act => Does::Says(403, word),
            Call::Look => Does::Fine,
        });
        let end = apply(&Memory::default(), &plan, &fake, 1).await.unwrap();
        assert!(matches!(end, End::Stopped(Why::NotAllowed { .. })), "{word}: {end:?}");
        assert!(fake.all(Call::Act) <= acts_max, "{word}: {} acts", fake.all(Call::Act));
    }
    // A word that is known to be about a person stops nobody, nor does one that some do not hear.
    for (spared, word) in [("nobody", "user_externally_managed"), ("P0", "not_for_you")] {
        let fake = self::fake(&names).does(move |call, person, _| match call {
            Call::Act if person != spared => Does::Says(403, word),
            Call::Act | Call::Look => Does::Fine,
        });
        let end = apply(&Memory::default(), &plan, &fake, 1).await.unwrap();
        assert_eq!((end, fake.all(Call::Act)), (End::Finished, 100), "{word}");
    }
}

/// Who waits for a place behind a server that is away is not held there: the intent is withdrawn.
#[tokio::test]
async fn whoever_was_next_when_it_stopped_is_not_called() {
    let (names, plan) = many();
    let is_away = Arc::new(AtomicBool::new(true));
    let away = is_away.clone();
    let mut fake = fake(&names).does(move |call, _, _| match call {
        Call::Act if away.load(Ordering::SeqCst) => Does::Away,
        Call::Act | Call::Look => Does::Fine,
    });
    fake.pace = Duration::from_millis(5);
    let disk = Memory::default();
    let (_stay, halt) = watch::channel(Halt::GoOn);
    let end = apply_on(&disk, &plan, &fake, &limits(2, 2), halt, &|_| {}).await.unwrap();
    assert_eq!(end, End::Stopped(Why::InARow { failed: 2 }));
    let records = disk.records();
    let count = |is: fn(&Record) -> bool| records.iter().filter(|record| is(record)).count();
    let intents = count(|record| matches!(record, Record::Intent { .. }));
    let withdrawn = count(|record| matches!(record, Record::Withdrawn { .. }));
    assert!(withdrawn > 0, "{records:?}");
    assert_eq!(fake.all(Call::Act), intents - withdrawn);
    let progress = disk.progress();
    for (_, person) in plan.to_do() {
        assert_eq!(progress.standing(&person.id), Standing::Open);
        let tries = progress.of(&person.id).map_or(0, |known| known.tries as usize);
        assert_eq!(tries, fake.count(Call::Act, &person.id), "{}", person.id);
    }
    is_away.store(false, Ordering::SeqCst);
    assert_eq!(apply(&disk, &plan, &fake, 4).await.unwrap(), End::Finished);
    assert!(fake.hit_twice.lock().unwrap().is_empty());
}
