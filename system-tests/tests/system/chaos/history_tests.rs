//! The checker itself: histories that are right, and one step from them.

use super::history::Call::{Reactivate, RefusedAsLast, Saw, SawOne, Suspend};
use super::history::{Call, Event, NEVER, People, unexplained};

fn of(calls: &[(u64, u64, Call)]) -> Vec<Event> {
    let event = |&(asked, answered, call)| Event {
        asked,
        answered,
        node: 0,
        client: 0,
        gave_up: None,
        call,
    };
    calls.iter().map(event).collect()
}

fn holds(calls: &[(u64, u64, Call)]) -> bool {
    unexplained(People::Member, 0, &of(calls)).is_none()
}

#[test]
fn what_was_answered_is_seen_from_then_on() {
    assert!(holds(&[
        (0, 10, Suspend(0)),
        (11, 12, Saw(1)),
        (13, 14, Reactivate(0)),
        (15, 16, Saw(0))
    ]));
    assert!(!holds(&[(0, 10, Suspend(0)), (11, 12, Saw(0))]));
    // Under way, it may be seen or not; but not first seen and then no longer.
    assert!(holds(&[(0, 10, Suspend(0)), (1, 2, Saw(0)), (3, 4, Saw(1))]));
    assert!(!holds(&[(0, 10, Suspend(0)), (1, 2, Saw(1)), (3, 4, Saw(0))]));
}

#[test]
fn two_at_once_have_either_order_and_keep_it() {
    let both = [(0, 10, Suspend(0)), (0, 10, Reactivate(0))];
    for seen in [0, 1] {
        assert!(holds(
            &[&both[..], &[(11, 12, Saw(seen)), (13, 14, SawOne(0, seen == 1))]].concat()
        ));
        assert!(!holds(&[&both[..], &[(11, 12, Saw(seen)), (13, 14, Saw(1 - seen))]].concat()));
    }
}

#[test]
fn what_was_never_answered_happens_once_at_any_time_or_never() {
    let lost = (0, NEVER, Suspend(0));
    assert!(holds(&[lost, (5, 6, Saw(0)), (50, 60, Saw(0))]));
    assert!(holds(&[lost, (5, 6, Saw(0)), (50, 60, Saw(1))]));
    assert!(holds(&[lost, (5, 6, Saw(1)), (7, 8, Reactivate(0)), (9, 10, Saw(0))]));
    assert!(!holds(&[
        lost,
        (5, 6, Saw(1)),
        (7, 8, Reactivate(0)),
        (9, 10, Saw(0)),
        (11, 12, Saw(1))
    ]));
    // Not before it was asked.
    assert!(!holds(&[(0, 1, Saw(1)), (5, NEVER, Suspend(0))]));
    // A question without an answer says nothing.
    assert!(holds(&[(0, NEVER, Saw(1)), (5, 6, Saw(0))]));
}

#[test]
fn an_owner_remains() {
    let owners = |calls: &[(u64, u64, Call)]| unexplained(People::Owners, 0, &of(calls)).is_none();
    assert!(owners(&[(0, 9, Suspend(0)), (0, 9, RefusedAsLast(1)), (10, 11, Saw(1))]));
    assert!(!owners(&[(0, 9, Suspend(0)), (0, 9, Suspend(1))]));
    assert!(!owners(&[(0, 1, RefusedAsLast(1))]));
    assert!(owners(&[
        (0, 1, Suspend(0)),
        (2, NEVER, Reactivate(0)),
        (3, 4, Suspend(1)),
        (5, 6, Saw(2))
    ]));
}
