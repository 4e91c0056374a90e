//! Crashes. A run is cut off at every byte of its journal, goes on, and ends as if nothing had been:
//! every planned person exactly as planned, nobody else touched, nobody missed, nobody hit twice.

use proptest::prelude::*;
use rollcall_sdk::State;

use super::fake::{Call, Does, Fake, Memory, apply};
use crate::apply::End;
use crate::journal::{Outcome, Record};
use crate::plan::Plan;
use crate::plan::tests::to_do;
use crate::progress::{Progress, Standing};

const NAMES: [&str; 4] = ["ann", "ben", "cy", "dee"];

fn everybody() -> Fake {
    Fake::of(&["ann", "ben", "cy", "dee", "bystander"])
}

/// What must hold of a run that ended, however often it was cut off.
fn is_right(plan: &Plan, fake: &Fake, disk: &Memory, so_before: &[&str]) {
    let progress = disk.progress();
    assert!(progress.is_finished());
    for (_, person) in plan.to_do() {
        assert_eq!(fake.state(&person.id), State::Suspended, "{} was missed", person.id);
        assert_eq!(progress.standing(&person.id), Standing::Settled, "{}", person.id);
        let by_the_run = !so_before.contains(&person.id.as_str());
        let known = progress.of(&person.id).unwrap();
        assert_eq!(known.is_changed(), by_the_run, "{}", person.id);
    }
    assert_eq!(fake.state("BYSTANDER"), State::Active);
    assert_eq!(fake.count(Call::Act, "BYSTANDER") + fake.count(Call::Look, "BYSTANDER"), 0);
}

/// The process dies when the disk has taken so many bytes; the server is as the calls left it.
#[tokio::test]
async fn the_disk_ends_at_every_byte() {
    let plan = to_do(&NAMES);
    for at_once in [1, 3] {
        let whole = Memory::default();
        apply(&whole, &plan, &everybody(), at_once).await.unwrap();
        let length = whole.bytes().len();
        for room in 0..length {
            let fake = everybody();
            fake.set("CY", State::Suspended);
            let disk = Memory { room: Some(room), ..Memory::default() };
            // Where somebody is so already, the journal is shorter, and may fit.
            let first = apply(&disk, &plan, &fake, at_once).await;
            let (journal, disk) = Memory::left(&disk.bytes());
            let known = Progress::fold(&journal.entries);
            for (_, person) in plan.to_do() {
                let acted = fake.count(Call::Act, &person.id) > 0;
                let standing = known.standing(&person.id);
                assert!(!acted || standing != Standing::Open, "{} was called unsaid", person.id);
            }
            let again = apply(&disk, &plan, &fake, at_once).await;
            assert_eq!(again.unwrap(), End::Finished, "room {room}, first {first:?}");
            is_right(&plan, &fake, &disk, &["CY"]);
            assert!(fake.hit_twice.lock().unwrap().is_empty(), "room {room}");
        }
    }
}

/// The process is killed, the journal holds a beginning of what it would have held, and whoever had
/// an intent and no outcome was called or was not: both, for each.
#[tokio::test]
async fn it_is_killed_between_any_two_bytes() {
    let plan = to_do(&NAMES);
    let whole = Memory::default();
    apply(&whole, &plan, &everybody(), 2).await.unwrap();
    let whole = whole.bytes();
    for cut in 0..=whole.len() {
        let (journal, _) = Memory::left(&whole[..cut]);
        let progress = Progress::fold(&journal.entries);
        let may_be: Vec<&str> = plan
            .to_do()
            .map(|(_, person)| person.id.as_str())
            .filter(|id| progress.standing(id) == Standing::MayBeDone)
            .collect();
        for world in 0..1_u32 << may_be.len() {
            let fake = everybody();
            for (_, person) in plan.to_do() {
                if progress.standing(&person.id) == Standing::Settled {
                    fake.set(&person.id, State::Suspended);
                }
            }
            let was_called = |id: &str| {
                may_be.iter().position(|one| *one == id).is_some_and(|bit| world >> bit & 1 == 1)
            };
            may_be.iter().filter(|id| was_called(id)).for_each(|id| fake.set(id, State::Suspended));
            let (_, disk) = Memory::left(&whole[..cut]);
            assert_eq!(apply(&disk, &plan, &fake, 2).await.unwrap(), End::Finished);
            is_right(&plan, &fake, &disk, &[]);
            for (_, person) in plan.to_do() {
                let id = person.id.as_str();
                let calls = match progress.standing(id) {
                    Standing::Settled => (0, 0),
                    _ if was_called(id) => (1, 0),
                    _ => (1, 1),
                };
                let made = (fake.count(Call::Look, id), fake.count(Call::Act, id));
                assert_eq!(made, calls, "{id} after {cut} bytes");
            }
        }
    }
}

/// Every byte of a folder's journal, on a real disk, for what reads and cuts the file.
#[tokio::test]
async fn a_folder_goes_on_from_any_cut() {
    use crate::apply::{Halt, Surroundings};
    use crate::run_folder::Runs;
    let plan = to_do(&["ann"]);
    let whole = Memory::default();
    apply(&whole, &plan, &everybody(), 1).await.unwrap();
    let whole = whole.bytes();
    let place = tempfile::tempdir().unwrap();
    let folder = Runs::new(place.path()).make(&plan).unwrap();
    for cut in (0..=whole.len()).step_by(7) {
        std::fs::write(folder.path().join("journal.jsonl"), &whole[..cut]).unwrap();
        let torn = !(cut == 0 || whole[cut - 1] == b'\n');
        let (_stay, halt) = tokio::sync::watch::channel(Halt::GoOn);
        let around = Surroundings { clock: super::fake::clock(), halt, events: &|_| {} };
        let options = super::fake::options(1);
        let end = crate::apply::apply(&folder, &plan, &everybody(), &options, around).await;
        assert_eq!(end.unwrap(), End::Finished);
        let journal = folder.journal(&plan).unwrap();
        let cuts = journal.entries.iter().filter(
            |entry| matches!(entry.record, Record::Started { cut_bytes, .. } if cut_bytes > 0),
        );
        assert_eq!(cuts.count(), usize::from(torn), "a torn end is noted, cut {cut}");
        assert!(folder.progress(&plan).unwrap().is_finished());
    }
}

#[derive(Clone, Debug)]
struct Life {
    /// Bytes after which the process dies.
    room: usize,
    at_once: usize,
}

fn a_life() -> impl Strategy<Value = Life> {
    (0..900_usize, 1..4_usize).prop_map(|(room, at_once)| Life { room, at_once })
}

/// What the server does on the call of this number to this person.
fn does(seed: u64, call: Call, person: &str, before: usize) -> Does {
    let key = person.bytes().fold(seed ^ before as u64, |key, byte| {
        (key ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    match (call, key >> 7 & 7) {
        (_, 0) => Does::Away,
        (Call::Act, 1) => Does::LosesAnswer,
        (Call::Act, 2) => Does::ReadBack,
        (Call::Look, 3) => Does::Says(403, "scope_missing"),
        _ => Does::Fine,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    /// Several crashes, a server with bad moments, and then a quiet end.
    #[test]
    fn many_crashes_and_bad_moments_end_well(
        lives in prop::collection::vec(a_life(), 0..5),
        seed in any::<u64>(),
    ) {
        let plan = to_do(&NAMES);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let mut bytes = Vec::new();
        let mut people = everybody();
        for life in &lives {
            let fake = everybody().does(move |call, person, before| does(seed, call, person, before));
            *fake.people.lock().unwrap() = people.people.lock().unwrap().clone();
            let (_, mut disk) = Memory::left(&bytes);
            disk.room = Some(disk.bytes().len() + life.room);
            let _ = runtime.block_on(apply(&disk, &plan, &fake, life.at_once));
            bytes = disk.bytes();
            people = fake;
        }
        let quiet = everybody();
        *quiet.people.lock().unwrap() = people.people.lock().unwrap().clone();
        let (journal, disk) = Memory::left(&bytes);
        let before = Progress::fold(&journal.entries);
        prop_assert_eq!(runtime.block_on(apply(&disk, &plan, &quiet, 2)).unwrap(), End::Finished);
        is_right(&plan, &quiet, &disk, &[]);
        for (_, person) in plan.to_do() {
            if before.standing(&person.id) == Standing::Settled {
                prop_assert_eq!(quiet.count(Call::Act, &person.id), 0);
            }
        }
    }

    /// Whatever a journal says, in whatever order, a person is settled, or the run comes to them.
    #[test]
    fn nobody_is_lost_in_a_fold(records in prop::collection::vec(a_record(), 0..20)) {
        let mut progress = Progress::default();
        for (n, record) in (1..).zip(records) {
            let at = super::fake::clock()();
            progress.see(&crate::journal::Entry { n, at, record: record.clone() });
            let standing = progress.standing("ANN");
            let is_known = matches!(
                &record,
                Record::Outcome {
                    outcome: Outcome::Done { .. } | Outcome::Already | Outcome::Refused { .. },
                    ..
                }
            );
            // As before the intent, whatever that was.
            if matches!(record, Record::Withdrawn { .. }) {
                continue;
            }
            let comes_again = standing.is_due(false);
            prop_assert_eq!(comes_again, !is_known, "{:?} after {:?}", standing, record);
        }
    }
}

fn a_record() -> impl Strategy<Value = Record> {
    use crate::journal::{Issue, Kind, Sure};
    let issue = Issue {
        kind: Kind::Network,
        status: None,
        code: None,
        message: "away".to_owned(),
        request_id: None,
    };
    let outcome = |outcome| Record::Outcome { person: "ANN".to_owned(), outcome };
    let intent = |found| Record::Intent { person: "ANN".to_owned(), found };
    prop::sample::select(vec![
        intent(None),
        intent(Some(State::Active)),
        Record::Withdrawn { person: "ANN".to_owned() },
        outcome(Outcome::Done { sure: Sure::Answered }),
        outcome(Outcome::Already),
        outcome(Outcome::Refused { issue: issue.clone() }),
        outcome(Outcome::NotDone { issue: issue.clone() }),
        outcome(Outcome::Unknown { issue }),
    ])
}
