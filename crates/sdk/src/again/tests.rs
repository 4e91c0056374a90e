//! The policy, case by case.

use super::*;
use crate::error::{NoAnswer, OauthRefusal, Refusal, SetupError, StrangeAnswer};

const WAIT: Duration = Duration::from_millis(300);

fn at(effect: Effect) -> Standing {
    Standing { effect, wait: Some(WAIT), left: Duration::from_secs(60), may_renew: true }
}

fn refused(status: u16, retry_after: Option<u64>) -> Error {
    let retry_after = retry_after.map(Duration::from_secs);
    Error::Refused(Refusal { status, retry_after, ..Refusal::default() })
}

fn strange(status: u16) -> Error {
    Error::Strange(StrangeAnswer { status, ..StrangeAnswer::default() })
}

fn no_answer(sent: bool, lasting: bool) -> Error {
    Error::NoAnswer(NoAnswer { sent, lasting, ..NoAnswer::default() })
}

#[test]
fn a_read_is_tried_again_on_what_passes() {
    for error in [
        refused(429, None),
        refused(500, None),
        refused(503, None),
        strange(200),
        strange(502),
        strange(504),
        no_answer(true, false),
        no_answer(false, false),
        Error::Oauth(OauthRefusal { status: 503, ..OauthRefusal::default() }),
    ] {
        assert_eq!(next(&error, at(Effect::Read)), Next::Wait(WAIT), "{error:?}");
    }
}

#[test]
fn what_does_not_pass_stands() {
    for error in [
        refused(400, None),
        refused(403, None),
        refused(404, None),
        refused(501, None),
        strange(302),
        strange(404),
        no_answer(false, true),
        SetupError::Product.into(),
        Error::PagesRepeat { page: 2 },
        Error::Oauth(OauthRefusal { status: 400, ..OauthRefusal::default() }),
    ] {
        assert_eq!(next(&error, at(Effect::Read)), Next::GiveUp, "{error:?}");
    }
}

#[test]
fn an_act_that_may_have_been_done_is_looked_for() {
    for error in [
        refused(500, None),
        refused(503, None),
        strange(200),
        strange(302),
        strange(502),
        no_answer(true, false),
    ] {
        let read_back = Next::ReadBack(Duration::ZERO);
        assert_eq!(next(&error, at(Effect::Act)), read_back, "{error:?}");
        let used_up = Standing { wait: None, ..at(Effect::Act) };
        assert_eq!(next(&error, used_up), read_back, "even when all tries are used up");
    }
}

#[test]
fn an_act_that_was_not_done_is_sent_again() {
    for error in [refused(429, None), strange(429), no_answer(false, false)] {
        assert_eq!(next(&error, at(Effect::Act)), Next::Wait(WAIT), "{error:?}");
    }
    assert_eq!(next(&refused(403, None), at(Effect::Act)), Next::GiveUp);
}

#[test]
fn a_refused_token_is_renewed_once() {
    for effect in [Effect::Read, Effect::Act] {
        for error in [refused(401, None), strange(401)] {
            assert_eq!(next(&error, at(effect)), Next::Renew);
            assert_eq!(next(&error, Standing { may_renew: false, ..at(effect) }), Next::GiveUp);
        }
    }
}

#[test]
fn what_the_server_asks_is_never_shortened() {
    let two = Duration::from_secs(2);
    assert_eq!(next(&refused(429, Some(2)), at(Effect::Read)), Next::Wait(two + WAIT));
    assert_eq!(next(&refused(503, Some(2)), at(Effect::Act)), Next::ReadBack(two));
    // The last moments before the deadline are used.
    let little = Standing { left: two, ..at(Effect::Read) };
    assert_eq!(next(&refused(429, Some(2)), little), Next::Wait(two));
}

#[test]
fn beyond_the_deadline_nobody_waits() {
    let little = |effect| Standing { left: Duration::from_millis(200), ..at(effect) };
    for effect in [Effect::Read, Effect::Act] {
        assert_eq!(next(&refused(429, Some(1)), little(effect)), Next::GiveUp);
        assert_eq!(next(&refused(503, Some(1)), little(effect)), Next::GiveUp);
        assert_eq!(next(&no_answer(false, false), little(effect)), Next::TimeIsUp);
    }
    let used_up = Standing { wait: None, ..at(Effect::Read) };
    assert_eq!(next(&no_answer(false, false), used_up), Next::GiveUp);
    let never = refused(429, Some(u64::MAX));
    assert_eq!(next(&never, at(Effect::Read)), Next::GiveUp);
}

#[test]
fn waits_double_with_chance_and_end() {
    let retries = Retries { times: 5, longest_wait: Duration::from_secs(1), ..Retries::default() };
    let waits: Vec<u128> = retries.waits().map(|wait| wait.as_millis()).collect();
    let least = [250, 500, 1000, 1000, 1000];
    assert_eq!(waits.len(), least.len());
    for (wait, least) in waits.iter().zip(least) {
        assert!((least..=2 * least).contains(wait), "{waits:?}");
    }
    assert_eq!(Retries::none().waits().next(), None);
}
