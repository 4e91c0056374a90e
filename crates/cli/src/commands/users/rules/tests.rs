//! Every outcome, every way to stop, and every way to end.

use rollcall_sdk::{How, Refusal};

use super::super::given::Named;
use super::*;

fn user(state: State) -> User {
    User {
        id: "A1".to_owned(),
        email: "Ann@Example.com".to_owned(),
        display_name: String::new(),
        state,
        create_time: String::new(),
        path: "accounts/A/users/A1".to_owned(),
    }
}

fn refused(status: u16) -> Error {
    Error::Refused(Refusal {
        status,
        code: 7,
        to_caller: status == 401,
        message: "no_owner_remain".to_owned(),
        details: Vec::new(),
        request_id: Some("r1".to_owned()),
        retry_after: None,
    })
}

fn looked(found: Found) -> Looked {
    Looked { named: Named { text: "ann".to_owned(), place: None }, found }
}

#[test]
fn a_protected_person_is_left_alone_by_any_of_their_names() {
    let ann = looked(Found::One(user(State::Active)));
    let outcome = |act, protected: &[&str]| {
        let protected: Vec<String> = protected.iter().map(|one| (*one).to_owned()).collect();
        left_out(&ann, act, &protected).map(|(outcome, _)| outcome)
    };
    for by in ["ann@example.COM", " Ann@Example.com ", "A1", "accounts/A/users/A1"] {
        assert_eq!(outcome(Act::Suspend, &["x@x", by]), Some(Outcome::Protected), "{by}");
        assert_eq!(outcome(Act::Reactivate, &[by]), None, "{by}");
    }
    for by in ["", "ann", "a1", "ann+x@example.com"] {
        assert_eq!(outcome(Act::Suspend, &[by]), None, "{by}");
    }
    // Whoever cannot be seen may be protected.
    let dark = looked(Found::IdAlone("A1".to_owned()));
    let protected = ["x@x".to_owned()];
    assert!(left_out(&dark, Act::Suspend, &protected).is_some());
    assert_eq!(left_out(&dark, Act::Suspend, &[]), None);
    assert_eq!(left_out(&dark, Act::Reactivate, &protected), None);
}

#[test]
fn an_act_went_as_the_answer_and_the_state_before_say() {
    let went = |before: Option<State>, answered: Result<Acted, Error>| {
        outcome(Act::Suspend, before.as_ref(), &answered).0
    };
    let answered = |state| Ok(Acted { user: user(state), how: How::Answered });
    assert_eq!(went(Some(State::Active), answered(State::Suspended)), Outcome::Done);
    assert_eq!(went(None, answered(State::Suspended)), Outcome::Done);
    assert_eq!(went(Some(State::Suspended), answered(State::Suspended)), Outcome::Already);
    assert_eq!(went(Some(State::Active), answered(State::Active)), Outcome::Failed);
    assert_eq!(went(None, Err(refused(404))), Outcome::NotFound);
    assert_eq!(went(None, Err(refused(401))), Outcome::NotAllowed);
    assert_eq!(went(None, Err(refused(500))), Outcome::Failed);
    let why = Box::new(refused(503));
    let unknown = Error::OutcomeUnknown { act: Act::Suspend, user: "A1".to_owned(), why };
    assert_eq!(went(None, Err(unknown)), Outcome::Unknown);
    let (outcome, said) = outcome(Act::Suspend, None, &Err(refused(403)));
    assert!(matches!(outcome, Outcome::Refused | Outcome::NotAllowed), "{outcome:?}");
    assert!(said.unwrap().contains("no_owner_remain"));
}

#[test]
fn it_goes_on_until_the_next_would_fare_no_better() {
    let after = |outcomes: &[Outcome]| {
        let mut course = Course::default();
        outcomes.iter().for_each(|outcome| course.note(*outcome));
        course.stop
    };
    use Outcome::{Done, Failed, NotAllowed, Refused, Unknown};
    assert_eq!(after(&[Done, Refused, Refused, Refused, Refused, Refused, Refused]), None);
    assert_eq!(after(&[Done, NotAllowed]), Some(Stop::Credentials));
    assert_eq!(after(&[Failed, Unknown, Failed, Failed]), None);
    assert_eq!(after(&[Failed, Unknown, Failed, Failed, Failed]), Some(Stop::Network));
    assert_eq!(after(&[Failed, Failed, Failed, Failed, Refused, Failed]), None);
    let mut course = Course::default();
    course.halt(Stop::Interrupted);
    course.note(NotAllowed);
    assert_eq!(course.stop, Some(Stop::Interrupted));
}

#[test]
fn a_run_ends_as_its_worst_says() {
    use Outcome::*;
    for (outcomes, status) in [
        (&[Done, Already][..], ExitStatus::Done),
        (&[], ExitStatus::Done),
        (&[Done, Refused], ExitStatus::InPart),
        (&[Refused], ExitStatus::InPart),
        (&[Done, Protected], ExitStatus::InPart),
        (&[Protected], ExitStatus::InPart),
        (&[Done, NotFound], ExitStatus::InPart),
        (&[NotFound, Ambiguous, NotUnderstood], ExitStatus::NothingMatched),
        (&[NotFound, NotTried], ExitStatus::NothingMatched),
        (&[NotFound, Protected], ExitStatus::InPart),
        (&[Failed, Unknown, NotFound], ExitStatus::Unreached),
        (&[Failed, Done], ExitStatus::InPart),
        (&[Unknown, Refused], ExitStatus::InPart),
        (&[Done, NotAllowed, NotTried], ExitStatus::NotLetIn),
    ] {
        assert_eq!(ends(outcomes, None), status, "{outcomes:?}");
    }
    for (stop, status) in [
        (Stop::Interrupted, ExitStatus::Interrupted),
        (Stop::Credentials, ExitStatus::NotLetIn),
        (Stop::Network, ExitStatus::Unreached),
    ] {
        assert_eq!(ends(&[Done, NotTried], Some(stop)), status);
    }
}

#[test]
fn a_summary_counts_everybody() {
    use Outcome::*;
    assert_eq!(
        summary(Act::Suspend, &[Done, Done, Already, NotFound]),
        "2 suspended, 1 suspended already, 1 not found."
    );
    assert_eq!(summary(Act::Reactivate, &[Already]), "1 active already.");
    assert_eq!(summary(Act::Suspend, &[]), "Nothing was done.");
    let all = summary(Act::Suspend, &Outcome::ALL);
    assert_eq!(all.matches("1 ").count(), Outcome::ALL.len(), "{all}");
}

proptest::proptest! {
    /// 0 is said where all is well and nowhere else.
    #[test]
    fn nothing_is_called_well_that_is_not(picks in proptest::collection::vec(0_usize..11, 0..6)) {
        let outcomes: Vec<Outcome> = picks.iter().map(|at| Outcome::ALL[*at]).collect();
        let is_well = outcomes.iter().all(|one| one.is_well());
        proptest::prop_assert_eq!(ends(&outcomes, None) == ExitStatus::Done, is_well);
    }
}
