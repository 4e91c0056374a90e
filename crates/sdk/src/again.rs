//! When to try again: pure, so that every case can be named in a test.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use rollcall_wire::route::Effect;

use crate::error::Error;

/// What is tried again, how often and for how long.
///
/// Each wait is twice the one before, and up to twice as long again by chance, so that many who failed
/// together do not come back together. What a server asks by `Retry-After` comes on top, and is never
/// shortened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// For one piece of work (a page, a look, an act), waiting included.
    pub deadline: Duration,
    /// After the first try.
    pub times: u32,
    /// Before the second try, before chance is added.
    pub first_wait: Duration,
    /// Before chance is added.
    pub longest_wait: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(120),
            times: 6,
            first_wait: Duration::from_millis(250),
            longest_wait: Duration::from_secs(20),
        }
    }
}

impl Retries {
    /// Every piece of work is tried once. A token that is refused is renewed all the same.
    pub const fn none() -> Self {
        Self {
            deadline: Duration::from_secs(120),
            times: 0,
            first_wait: Duration::ZERO,
            longest_wait: Duration::ZERO,
        }
    }

    pub(crate) fn waits(&self) -> ExponentialBackoff {
        ExponentialBuilder::new()
            .with_jitter()
            .with_min_delay(self.first_wait)
            .with_max_delay(self.longest_wait)
            .with_max_times(usize::try_from(self.times).unwrap_or(usize::MAX))
            .build()
    }
}

/// How a piece of work stands when a try of it has failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    pub(crate) effect: Effect,
    /// Before the next try; none when all tries are used up.
    pub(crate) wait: Option<Duration>,
    /// Until the deadline.
    pub(crate) left: Duration,
    /// It was sent with a token, and none was renewed for it yet.
    pub(crate) may_renew: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The error stands.
    GiveUp,
    /// It could be tried again, but not before the deadline.
    TimeIsUp,
    /// With another token, at once.
    Renew,
    Wait(Duration),
    /// It may have been done: after so long, look.
    ReadBack(Duration),
}

pub(crate) fn next(error: &Error, at: Standing) -> Next {
    if at.may_renew && error.status() == Some(401) {
        return Next::Renew;
    }
    let asked = error.retry_after().unwrap_or(Duration::ZERO);
    if asked > at.left {
        // The error says when to come back; waiting for the deadline would say less, later.
        return Next::GiveUp;
    }
    if at.effect == Effect::Act && error.may_have_been_done() {
        return Next::ReadBack(asked);
    }
    if !passes(error) {
        return Next::GiveUp;
    }
    after(at.wait, asked, at.left)
}

/// The way on for what is known not to have been done, and may be tried again.
pub(crate) fn after(wait: Option<Duration>, asked: Duration, left: Duration) -> Next {
    match wait {
        None => Next::GiveUp,
        Some(wait) if asked.is_zero() && wait >= left => Next::TimeIsUp,
        Some(wait) => Next::Wait(asked + wait.min(left.saturating_sub(asked))),
    }
}

/// What may be otherwise the next time.
fn passes(error: &Error) -> bool {
    let of_status = |status: u16| matches!(status, 429 | 500 | 502 | 503 | 504);
    match error {
        Error::NoAnswer(no) => !no.lasting,
        Error::Refused(no) => of_status(no.status),
        Error::Oauth(no) => of_status(no.status),
        // Success, but not in the API's words: somebody between spoke.
        Error::Strange(answer) => of_status(answer.status) || (200..300).contains(&answer.status),
        Error::Setup(_)
        | Error::OutcomeUnknown { .. }
        | Error::PagesRepeat { .. }
        | Error::PagesEmpty { .. }
        | Error::Deadline { .. } => false,
    }
}

#[cfg(test)]
mod tests;
