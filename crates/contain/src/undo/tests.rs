//! Whom an undo takes back, and whom it leaves.

use rollcall_sdk::User;

use super::*;
use crate::journal::{Entry, Issue, Kind, Record};
use crate::plan::tests::to_do;

fn at() -> Timestamp {
    "2026-11-26T04:00:00Z".parse().unwrap()
}

fn intent(person: &str, found: Option<State>) -> Record {
    Record::Intent { person: person.to_owned(), found }
}

fn outcome(person: &str, outcome: Outcome) -> Record {
    Record::Outcome { person: person.to_owned(), outcome }
}

const DONE: Outcome = Outcome::Done { sure: Sure::Answered };

fn issue() -> Issue {
    Issue {
        kind: Kind::Refused,
        status: Some(403),
        code: Some(7),
        message: "no_owner_remain".to_owned(),
        request_id: None,
    }
}

fn folded(records: Vec<Record>) -> Progress {
    let entries: Vec<Entry> =
        (1..).zip(records).map(|(n, record)| Entry { n, at: at(), record }).collect();
    Progress::fold(&entries)
}

fn taken_back(run: &Plan, progress: &Progress, now: &[(&str, State)], protected: &[&str]) -> Undo {
    let mut lookup = wanted(run);
    for (id, state) in now {
        lookup.see(&User {
            id: (*id).to_owned(),
            email: format!("{}@example.com", id.to_lowercase()),
            display_name: String::new(),
            state: state.clone(),
            create_time: String::new(),
            path: String::new(),
        });
    }
    let protected: Vec<String> = protected.iter().map(|text| (*text).to_owned()).collect();
    let asked = Asked { at: at(), reason: "All clear", ticket: None, protected: &protected };
    undo(run, progress, &lookup, &asked)
}

fn finding<'a>(undo: &'a Undo, id: &str) -> &'a Finding {
    &undo.plan.lines.iter().find(|line| line.given == id).unwrap().finding
}

#[test]
fn only_whom_the_run_changed_and_nobody_changed_since_is_taken_back() {
    let names = ["ann", "ben", "cy", "dee", "eve", "fay", "gus", "hal", "ida", "jo", "kim", "lou"];
    let run = to_do(&names);
    let active = || Some(State::Active);
    let odd = || State::Other("TRANSFER_STARTED".to_owned());
    let progress = folded(vec![
        intent("ANN", active()),
        outcome("ANN", DONE),
        outcome("BEN", Outcome::Already),
        intent("CY", active()),
        outcome("CY", Outcome::Refused { issue: issue() }),
        intent("DEE", active()),
        intent("EVE", active()),
        outcome("EVE", DONE),
        intent("FAY", active()),
        outcome("FAY", DONE),
        intent("GUS", active()),
        outcome("GUS", DONE),
        intent("HAL", Some(odd())),
        outcome("HAL", DONE),
        // Ida was not come to. Of the others it is less sure.
        intent("JO", None),
        outcome("JO", DONE),
        intent("KIM", active()),
        outcome("KIM", Outcome::Done { sure: Sure::FoundOnResume }),
        intent("LOU", active()),
        outcome("LOU", Outcome::Unknown { issue: issue() }),
    ]);
    let now: Vec<(&str, State)> = [
        ("ANN", State::Suspended),
        ("BEN", State::Suspended),
        ("CY", State::Suspended),
        ("DEE", State::Suspended),
        ("EVE", State::Active),
        ("FAY", odd()),
        // Gus is gone.
        ("HAL", State::Suspended),
        ("IDA", State::Suspended),
        ("JO", State::Suspended),
        ("KIM", State::Suspended),
        ("LOU", State::Suspended),
    ]
    .into();
    let undo = taken_back(&run, &progress, &now, &["ann@example.com"]);

    let back: Vec<&str> = undo.plan.to_do().map(|(_, person)| person.id.as_str()).collect();
    assert_eq!(back, ["ANN", "JO", "KIM"], "break-glass people may come back");
    let left = |id| match finding(&undo, id) {
        Finding::LeftAlone { why, .. } => why.clone(),
        other => panic!("{id}: {other:?}"),
    };
    assert_eq!(left("BEN"), LeftAlone::NotByTheRun);
    assert_eq!(left("CY"), LeftAlone::NotDone);
    assert_eq!(left("DEE"), LeftAlone::NotKnown);
    assert!(matches!(finding(&undo, "EVE"), Finding::Already { .. }));
    assert_eq!(left("FAY"), LeftAlone::ChangedSince);
    assert_eq!(finding(&undo, "GUS"), &Finding::Unknown);
    assert_eq!(left("HAL"), LeftAlone::NoWayBack { before: odd() });
    assert_eq!(left("IDA"), LeftAlone::NotDone);
    assert_eq!(left("LOU"), LeftAlone::NotKnown);
    let unsure: Vec<(&str, UnsureWhy)> =
        undo.unsure.iter().map(|one| (one.person.id.as_str(), one.why)).collect();
    assert_eq!(unsure, [("JO", UnsureWhy::NotRead), ("KIM", UnsureWhy::FoundOnResume)]);

    assert_eq!(undo.plan.act, Act::Reactivate);
    assert_eq!(undo.plan.undoes.as_deref(), Some(run.run.as_str()));
    assert!(undo.plan.run.contains("-undo-"), "{}", undo.plan.run);
    assert_eq!(Plan::from_file(&undo.plan.to_file()).unwrap(), undo.plan);
}

/// A run that reactivated is taken back by suspending, and there protection counts.
#[test]
fn an_undo_suspends_nobody_who_is_protected() {
    let mut run = to_do(&["ann", "ben"]);
    run.act = Act::Reactivate;
    let progress = folded(vec![
        intent("ANN", Some(State::Suspended)),
        outcome("ANN", DONE),
        intent("BEN", Some(State::Suspended)),
        outcome("BEN", DONE),
    ]);
    let now = [("ANN", State::Active), ("BEN", State::Active)];
    let undo = taken_back(&run, &progress, &now, &["Ann@example.com"]);
    assert!(matches!(finding(&undo, "ANN"), Finding::Protected { .. }));
    assert!(matches!(finding(&undo, "BEN"), Finding::ToDo { .. }));
    assert_eq!(undo.plan.act, Act::Suspend);
}
