//! One piece of work: its deadline, its tries, and the token that was refused on its way.

use std::future::Future;
use std::time::Duration;

use backon::ExponentialBackoff;
use rollcall_wire::route::Effect;
use tokio::time::{Instant, timeout_at};
use tracing::debug;

use crate::again::{Next, Retries, Standing, after, next};
use crate::error::Error;

pub(crate) struct Work {
    began: Instant,
    deadline: Instant,
    waits: ExponentialBackoff,
    /// Counts from 1.
    pub(crate) attempt: u32,
    /// The number of the token of the last try.
    pub(crate) held: Option<u64>,
    /// The number of one that was refused.
    pub(crate) refused: Option<u64>,
    last: Option<Error>,
}

impl Work {
    pub(crate) fn begin(retries: Retries) -> Self {
        let now = Instant::now();
        // Some clocks cannot count for ever: a year is as good as no deadline.
        let deadline = now + retries.deadline.min(Duration::from_secs(366 * 24 * 3600));
        let waits = retries.waits();
        Self { began: now, deadline, waits, attempt: 1, held: None, refused: None, last: None }
    }

    /// To find out how another piece of work ended: within its deadline, or a little after it.
    pub(crate) fn begin_look(retries: Retries, of: &Work, at_least: Duration) -> Self {
        let look = Self::begin(retries);
        Self { deadline: of.deadline.max(look.began + at_least), ..look }
    }

    pub(crate) fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Before the deadline, or the error that says that it is over.
    pub(crate) async fn within<T>(&mut self, doing: impl Future<Output = T>) -> Result<T, Error> {
        match timeout_at(self.deadline, doing).await {
            Ok(done) => Ok(done),
            Err(_) => Err(self.time_is_up()),
        }
    }

    /// What to do after a try that failed so.
    pub(crate) fn next(&mut self, error: &Error, effect: Effect, with_token: bool) -> Next {
        let at = Standing {
            effect,
            wait: None,
            left: self.left(),
            may_renew: with_token && self.refused.is_none(),
        };
        // A wait is taken from the row only by a try that is followed by one.
        match next(error, at) {
            Next::GiveUp => next(error, Standing { wait: self.waits.next(), ..at }),
            other => other,
        }
    }

    /// The way on after a look has shown that it was not done.
    pub(crate) fn next_try(&mut self) -> Next {
        after(self.waits.next(), Duration::ZERO, self.left())
    }

    /// Waits, and counts the next try.
    pub(crate) async fn pause(&mut self, wait: Duration, error: Error) {
        debug!(attempt = self.attempt, wait_ms = wait.as_millis(), "to be tried again");
        tokio::time::sleep(wait).await;
        self.again(error);
    }

    /// The next try takes another token.
    pub(crate) fn renew(&mut self, error: Error) {
        self.refused = self.held;
        self.again(error);
    }

    fn again(&mut self, error: Error) {
        self.attempt += 1;
        self.last = Some(error);
    }

    pub(crate) fn time_is_up(&mut self) -> Error {
        Error::Deadline {
            after: self.deadline.saturating_duration_since(self.began),
            last: self.last.take().map(Box::new),
        }
    }

    /// The error with which it ends.
    pub(crate) fn ended(&mut self, by: Next, error: Error) -> Error {
        match by {
            Next::TimeIsUp => {
                self.last = Some(error);
                self.time_is_up()
            }
            _ => error,
        }
    }
}
