//! What comes of each person, and that it is on disk before anybody relies on it.

use std::sync::Mutex;

use rollcall_sdk::State;
use tokio::sync::watch;

use super::fake::{Call, Does, Fake, Memory, apply, apply_on, options, words};
use crate::apply::{End, Event, Halt, Options};
use crate::journal::{Outcome, Record, Sure, Why};
use crate::plan::tests::to_do;

#[tokio::test]
async fn everybody_is_done_once_and_nobody_else() {
    let names: Vec<String> = (0..50).map(|number| format!("p{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let plan = to_do(&names);
    let disk = Memory::default();
    let mut everybody = names.clone();
    everybody.push("bystander");
    let fake = Fake::of(&everybody).watching(&disk);
    assert_eq!(apply(&disk, &plan, &fake, 8).await.unwrap(), End::Finished);
    for name in &names {
        let id = name.to_uppercase();
        assert_eq!(fake.state(&id), State::Suspended);
        assert_eq!(fake.count(Call::Act, &id), 1);
        assert_eq!(fake.count(Call::Look, &id), 1);
    }
    assert_eq!(fake.state("BYSTANDER"), State::Active);
    assert!(fake.most_at_once() <= 8, "{} at once", fake.most_at_once());
    assert_eq!(disk.records().last(), Some(&Record::Finished));

    // The same apply again says so, calls nobody and writes nothing.
    let (before, calls) = (disk.bytes(), fake.all(Call::Look));
    assert_eq!(apply(&disk, &plan, &fake, 8).await.unwrap(), End::Finished);
    assert_eq!((disk.bytes(), fake.all(Call::Look)), (before, calls));
}

#[tokio::test]
async fn a_slow_disk_takes_no_call_its_place_and_no_more_are_made_than_may() {
    let names: Vec<String> = (0..40).map(|number| format!("p{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut fake = Fake::of(&names);
    fake.pace = std::time::Duration::from_millis(2);
    apply(&Memory::default(), &to_do(&names), &fake, 4).await.unwrap();
    assert_eq!(fake.most_at_once(), 4);
}

#[tokio::test]
async fn only_what_is_synced_is_told() {
    let plan = to_do(&["ann", "ben", "cy"]);
    let disk = Memory::default();
    let fake = Fake::of(&["ann", "ben", "cy"]);
    let told = Mutex::new(Vec::new());
    let events = |event: Event<'_>| match event {
        Event::Begins { people, settled_before } => assert_eq!((people, settled_before), (3, 0)),
        Event::Settled { person, outcome } => {
            let line = format!("\"person\":\"{}\",\"outcome\":\"{}\"", person.id, outcome.as_str());
            assert!(disk.has_synced(&line), "{line}");
            told.lock().unwrap().push(person.id.clone());
        }
        Event::Blind | Event::Stopping { .. } => panic!("{event:?}"),
    };
    let (_stay, halt) = watch::channel(Halt::GoOn);
    apply_on(&disk, &plan, &fake, &options(2), halt, &events).await.unwrap();
    told.lock().unwrap().sort();
    assert_eq!(*told.lock().unwrap(), ["ANN", "BEN", "CY"]);
}

#[tokio::test]
async fn who_was_so_already_is_not_touched_and_who_is_refused_is_told() {
    let plan = to_do(&["ann", "ben", "cy", "gone", "dee"]);
    let fake =
        Fake::of(&["ann", "ben", "cy", "dee"]).does(|call, person, _| match (call, person) {
            (Call::Act, "CY") => Does::Says(403, "no_owner_remain"),
            (Call::Act, "DEE") => Does::ReadBack,
            _ => Does::Fine,
        });
    fake.set("BEN", State::Suspended);
    let disk = Memory::default();
    assert_eq!(apply(&disk, &plan, &fake, 1).await.unwrap(), End::Finished);
    let words = words(&disk, &plan);
    assert_eq!(words["ANN"], "done");
    assert_eq!((words["BEN"], fake.count(Call::Act, "BEN")), ("already", 0));
    assert_eq!((words["CY"], words["GONE"]), ("refused", "refused"));
    assert_eq!(fake.count(Call::Act, "GONE"), 0);
    let progress = disk.progress();
    let (cy, _) = progress.of("CY").unwrap().outcome.clone().unwrap();
    let issue = cy.issue().unwrap();
    assert_eq!((issue.status, issue.code), (Some(403), Some(7)));
    assert_eq!(
        (issue.message.as_str(), issue.request_id.as_deref()),
        ("no_owner_remain", Some("req-1"))
    );
    let (dee, _) = progress.of("DEE").unwrap().outcome.clone().unwrap();
    assert_eq!(dee, Outcome::Done { sure: Sure::ReadBack });

    // Refused people are tried again when somebody says so, and only they.
    let acts = fake.all(Call::Act);
    assert_eq!(apply(&disk, &plan, &fake, 1).await.unwrap(), End::Finished);
    assert_eq!(fake.all(Call::Act), acts);
    let again = Options { retry_refused: true, ..options(1) };
    let (_stay, halt) = watch::channel(Halt::GoOn);
    apply_on(&disk, &plan, &fake, &again, halt, &|_| {}).await.unwrap();
    assert_eq!(fake.count(Call::Act, "CY"), 2);
    assert_eq!(fake.all(Call::Act), acts + 1);
}

#[tokio::test]
async fn an_answer_that_was_lost_is_looked_up_when_the_run_goes_on() {
    let plan = to_do(&["ann", "ben"]);
    let fake =
        Fake::of(&["ann", "ben"]).does(|call, person, before| match (call, person, before) {
            (Call::Act, "ANN", 0) => Does::LosesAnswer,
            (Call::Act, "BEN", 0) => Does::Away,
            _ => Does::Fine,
        });
    let disk = Memory::default();
    let end = apply(&disk, &plan, &fake, 1).await.unwrap();
    assert_eq!(end, End::Stopped(Why::LeftOver { people: 2 }));
    let first = words(&disk, &plan);
    assert_eq!((first["ANN"], first["BEN"]), ("unknown", "not_done"));

    assert_eq!(apply(&disk, &plan, &fake, 1).await.unwrap(), End::Finished);
    let progress = disk.progress();
    let outcome = |person: &str| progress.of(person).unwrap().outcome.clone().unwrap().0;
    assert_eq!(outcome("ANN"), Outcome::Done { sure: Sure::FoundOnResume });
    assert_eq!(outcome("BEN"), Outcome::Done { sure: Sure::Answered });
    assert_eq!(fake.count(Call::Act, "ANN"), 1, "an act that holds is not made again");
}

/// Not done is not done: what somebody else did in between is theirs, and no undo takes it back.
#[tokio::test]
async fn what_never_reached_the_server_is_nobodys_act() {
    let plan = to_do(&["ann"]);
    let fake = Fake::of(&["ann"]).does(|call, _, before| match (call, before) {
        (Call::Act, 0) => Does::Away,
        _ => Does::Fine,
    });
    let disk = Memory::default();
    apply(&disk, &plan, &fake, 1).await.unwrap();
    fake.set("ANN", State::Suspended);
    assert_eq!(apply(&disk, &plan, &fake, 1).await.unwrap(), End::Finished);
    assert_eq!(words(&disk, &plan)["ANN"], "already");
}

#[tokio::test]
async fn an_application_that_may_not_read_goes_by_the_plan_and_says_so() {
    let names: Vec<String> = (0..10).map(|number| format!("p{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let plan = to_do(&names);
    let fake = Fake::of(&names).does(|call, _, _| match call {
        Call::Look => Does::Says(403, "scope_missing"),
        Call::Act => Does::Fine,
    });
    let disk = Memory::default();
    let blind = Mutex::new(0);
    let events = |event: Event<'_>| {
        if event == Event::Blind {
            *blind.lock().unwrap() += 1;
        }
    };
    let (_stay, halt) = watch::channel(Halt::GoOn);
    let end = apply_on(&disk, &plan, &fake, &options(1), halt, &events).await.unwrap();
    assert_eq!((end, *blind.lock().unwrap()), (End::Finished, 1));
    assert!(fake.all(Call::Look) < 8, "{} looks", fake.all(Call::Look));
    let progress = disk.progress();
    assert!(plan.to_do().all(|(_, person)| {
        let known = progress.of(&person.id).unwrap();
        known.is_changed() && known.found.is_none()
    }));
}
