//! Small exams by hand: a few scenarios with a few exchanges each.

use std::time::Duration;

use rollcall_directory::users::State;

use super::judge;
use crate::exam::{Ended, Facts, Played, Scenario, Task};
use crate::journal::Exchange;
use crate::report::testing::{ANN, BEN, Say, get, journal, list, suspend, token};
use crate::report::{Check, Report, Verdict};

/// What was played, with the person as the task wants them.
fn played(scenario: Scenario, ended: i32, exchanges: Vec<Exchange>) -> Played {
    let (before, after) = match scenario.task() {
        Task::Reactivate => (State::Suspended, State::Active),
        Task::Suspend { .. } => (State::Active, State::Suspended),
        Task::List => (State::Active, State::Active),
    };
    let people = |state| [(ANN.to_owned(), state), (BEN.to_owned(), State::Active)].into();
    Played {
        scenario,
        ended: Ended::By(ended),
        took: Duration::from_millis(100),
        exchanges: journal(exchanges),
        facts: Facts { target: ANN.to_owned(), before: people(before), after: people(after) },
    }
}

fn undone(mut played: Played) -> Played {
    played.facts.after = played.facts.before.clone();
    played
}

fn wrong(report: &Report) -> Vec<&'static str> {
    report.wrong().map(|(check, _)| check.id()).collect()
}

fn walk() -> Played {
    played(Scenario::Walk, 0, vec![token(1), list().people(&[ANN, BEN], None)])
}

fn plain_suspend() -> Played {
    played(Scenario::Suspend, 0, vec![token(1), suspend(ANN)])
}

fn found() -> Vec<Exchange> {
    vec![token(1), list().people(&[BEN, ANN], None), suspend(ANN)]
}

#[test]
fn a_right_command_has_nothing_wrong_and_passes_by_scenario() {
    let report = judge(&[walk(), plain_suspend(), played(Scenario::FindAndSuspend, 0, found())]);
    assert_eq!(wrong(&report), [] as [&str; 0]);
    let Some(Verdict::Passed { scenarios, .. }) = report.verdict(Check::ResultsRead) else {
        panic!("{report:?}")
    };
    assert_eq!(scenarios, &["find-and-suspend"]);
    assert!(report.words().contains("in walk, suspend, find-and-suspend\n"), "{}", report.words());
}

#[test]
fn who_is_listed_and_not_acted_on_was_not_read() {
    let blind = undone(played(
        Scenario::FindAndSuspend,
        1,
        vec![token(1), list().people(&[BEN, ANN], None)],
    ));
    let report = judge(&[walk(), plain_suspend(), blind.clone()]);
    assert_eq!(wrong(&report), ["results-read"]);
    // A command that acts on nobody at all was never asked in a way that it understands.
    let report = judge(&[walk(), blind]);
    assert_eq!(wrong(&report), [] as [&str; 0]);
    assert!(matches!(report.verdict(Check::ResultsRead), Some(Verdict::Unknown { .. })));
}

#[test]
fn an_end_with_0_says_that_it_was_done() {
    let refused = suspend(ANN).refused(403, "no_owner_remain");
    let last_owner =
        |ended| undone(played(Scenario::LastOwner, ended, vec![token(1), refused.clone()]));
    assert_eq!(wrong(&judge(&[last_owner(0)])), ["refusal-is-not-success"]);
    let report = judge(&[last_owner(1)]);
    assert_eq!(wrong(&report), [] as [&str; 0]);
    let verdict = report.verdict(Check::RefusalIsNotSuccess);
    assert!(matches!(verdict, Some(Verdict::Passed { .. })), "{verdict:?}");
    // Who never tried has told nothing.
    let elsewhere = undone(played(Scenario::LastOwner, 0, vec![token(1), list()]));
    assert_eq!(wrong(&judge(&[elsewhere])), [] as [&str; 0]);
}

#[test]
fn credentials_that_are_refused_are_no_success() {
    let retired = |ended| {
        let refused = token(1).refused(401, "invalid_client");
        played(Scenario::SecretRetired, ended, vec![refused])
    };
    assert_eq!(wrong(&judge(&[walk(), retired(0)])), ["refusal-is-not-success"]);
    assert_eq!(wrong(&judge(&[walk(), retired(1)])), [] as [&str; 0]);
}

#[test]
fn somebody_else_is_not_touched() {
    let mut wrong_one = undone(played(
        Scenario::FindAndSuspend,
        0,
        vec![token(1), list().people(&[BEN, ANN], None), suspend(BEN)],
    ));
    wrong_one.facts.after.insert(BEN.to_owned(), State::Suspended);
    let report = judge(&[walk(), plain_suspend(), wrong_one]);
    assert_eq!(wrong(&report), ["nobody-else-touched"]);
    let (_, findings) = report.wrong().next().unwrap();
    assert_eq!((findings[0].exchanges.as_slice(), findings.len()), (&[3][..], 1));
}

#[test]
fn a_list_that_failed_is_not_the_end() {
    let failed = || vec![token(1), list().refused(500, "internal")];
    let report = judge(&[walk(), played(Scenario::ServerError, 0, failed())]);
    assert_eq!(wrong(&report), ["error-is-not-the-end"]);
    assert_eq!(
        wrong(&judge(&[walk(), played(Scenario::ServerError, 1, failed())])),
        [] as [&str; 0]
    );
    let again = [failed(), vec![list().people(&[ANN], None)]].concat();
    assert_eq!(wrong(&judge(&[walk(), played(Scenario::ServerError, 0, again)])), [] as [&str; 0]);
}

#[test]
fn a_bad_day_is_held_against_a_plain_one() {
    let listed = || vec![token(1), list().people(&[ANN], None)];
    for (scenario, id) in [
        (Scenario::UnknownField, "unknown-fields-survived"),
        (Scenario::Slow, "slow-answers-survived"),
        (Scenario::Trickle, "slow-answers-survived"),
        (Scenario::VanishingPerson, "gone-person-survived"),
    ] {
        let fails = || played(scenario, 1, listed());
        assert_eq!(wrong(&judge(&[walk(), fails()])), [id]);
        assert_eq!(wrong(&judge(&[fails()])), [] as [&str; 0], "there was no plain day");
        assert_eq!(wrong(&judge(&[walk(), played(scenario, 0, listed())])), [] as [&str; 0]);
    }
}

#[test]
fn awkward_names_are_held_against_plain_ones() {
    let plain = played(Scenario::FindAndSuspend, 0, found());
    let listed = vec![token(1), list().people(&[BEN, ANN], None)];
    let awkward = undone(played(Scenario::AwkwardNames, 1, listed));
    assert_eq!(wrong(&judge(&[plain, awkward.clone()])), ["awkward-names-survived"]);
    assert_eq!(wrong(&judge(&[awkward])), [] as [&str; 0]);
}

#[test]
fn falling_over_on_a_bad_day_is_not_stopping_early() {
    let half = || vec![token(1), list().people(&[ANN], Some("t1"))];
    let fell = undone(played(Scenario::AwkwardNames, 1, half()));
    let plain = played(Scenario::FindAndSuspend, 0, found());
    assert_eq!(wrong(&judge(&[plain, fell])), ["awkward-names-survived"]);
    assert_eq!(wrong(&judge(&[played(Scenario::Walk, 1, half())])), ["paged-to-the-end"]);
    assert_eq!(wrong(&judge(&[played(Scenario::EmptyPage, 0, half())])), ["paged-to-the-end"]);
}

#[test]
fn a_command_that_does_not_end_is_told_of() {
    let endless = Played { ended: Ended::TimeLimit, ..walk() };
    assert_eq!(wrong(&judge(&[endless])), ["ends-in-time"]);
    let in_the_middle = vec![token(1), list().people(&[ANN], Some("t1"))];
    let ended = Played { ended: Ended::TimeLimit, ..played(Scenario::Slow, 0, in_the_middle) };
    assert_eq!(wrong(&judge(&[walk(), ended])), ["ends-in-time"]);
}

#[test]
fn the_same_everywhere_is_told_three_times_and_counted() {
    let agent = |call: Exchange| call.header("user-agent", "curl/8");
    let bare = |scenario| {
        let calls = vec![token(1), agent(get(ANN)), agent(suspend(ANN))];
        played(scenario, 0, calls)
    };
    let scenarios = [
        Scenario::Suspend,
        Scenario::Silence,
        Scenario::BadGateway,
        Scenario::CutAfterAct,
        Scenario::RateLimited,
    ];
    let report = judge(&scenarios.map(bare));
    assert_eq!(wrong(&report), ["user-agent-sent"]);
    let (_, findings) = report.wrong().next().unwrap();
    assert_eq!(findings.len(), 3);
    assert!(findings[2].words.ends_with("; and 2 more like it"), "{}", findings[2].words);
}
