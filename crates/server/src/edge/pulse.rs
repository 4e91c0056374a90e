//! When something last happened on a connection, and what is under way on it. Written by whoever
//! reads, writes and answers; read by the one timer that each connection has. A timer for each
//! head and each pause would cost more than the call.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use crate::limits::Limits;

/// How long an idle connection is kept while nearly all places are taken.
const IDLE_WHILE_CROWDED: Duration = Duration::from_secs(5);
/// What may be on its way is still waited for so long when the server stops.
const ON_ITS_WAY: Duration = Duration::from_millis(100);

/// How long somebody may take, without any of it moving, who was told that this is the end.
pub(crate) const LAST_WORDS: Duration = Duration::from_secs(1);

/// Nothing of a head has come.
const NONE: u64 = 0;
/// Nothing at all has come: the time runs from the connection.
const FROM_THE_START: u64 = 1;

#[derive(Debug)]
pub(crate) struct Pulse {
    start: Instant,
    /// When the head that is under way began. Times are milliseconds since `start`.
    head_since: AtomicU64,
    /// When an answer was last ready or a piece of it was last taken.
    moved: AtomicU64,
    calls: AtomicU32,
    http2: AtomicBool,
    body_unread: AtomicBool,
}

/// How the server is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Phase {
    #[default]
    Open,
    /// Nearly every place is taken: those who only sit there make room.
    Crowded,
    Stopping,
    /// This connection has been told that it ends.
    Leaving,
}

/// What is due on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Later(Instant),
    /// The head takes too long.
    SlowHead,
    /// Nobody asks anything, or takes the answer.
    Idle,
}

impl Pulse {
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            head_since: AtomicU64::new(FROM_THE_START),
            moved: AtomicU64::new(0),
            calls: AtomicU32::new(0),
            http2: AtomicBool::new(false),
            body_unread: AtomicBool::new(false),
        }
    }

    fn now(&self) -> u64 {
        // Never one of the two that mean something else.
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX).max(2)
    }

    fn read(&self, now: impl FnOnce() -> u64) {
        if self.calls.load(Ordering::Relaxed) == 0
            && self.head_since.load(Ordering::Relaxed) == NONE
            // There, what comes between two calls may be a ping.
            && !self.http2.load(Ordering::Relaxed)
        {
            self.head_since.store(now(), Ordering::Relaxed);
        }
    }

    fn written(&self, now: impl FnOnce() -> u64) {
        if !self.http2.load(Ordering::Relaxed) {
            self.moved.store(now(), Ordering::Relaxed);
        }
    }

    /// A head is whole: its call begins.
    pub(crate) fn call(self: &Arc<Self>, http2: bool) -> UnderWay {
        self.began(http2);
        UnderWay(Arc::clone(self))
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.calls.load(Ordering::Relaxed) > 0
    }

    fn began(&self, http2: bool) {
        self.http2.store(http2, Ordering::Relaxed);
        self.head_since.store(NONE, Ordering::Relaxed);
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    fn ended(&self, now: u64) {
        self.moved.store(now, Ordering::Relaxed);
        self.calls.fetch_sub(1, Ordering::Relaxed);
    }

    /// A body that is there and of which the end was not read. Only one is at a time in HTTP/1.
    pub(crate) fn set_body_unread(&self, unread: bool) {
        self.body_unread.store(unread, Ordering::Relaxed);
    }

    pub(crate) fn body_unread(&self) -> bool {
        self.body_unread.load(Ordering::Relaxed)
    }

    pub(crate) fn due(&self, limits: &Limits, phase: Phase) -> Due {
        self.due_at(self.now(), limits, phase)
    }

    fn due_at(&self, now: u64, limits: &Limits, phase: Phase) -> Due {
        // Whatever begins behind our back is not due before we have looked again.
        let look_again = match phase {
            Phase::Open => limits.header_timeout.min(limits.idle_timeout),
            Phase::Crowded => {
                limits.header_timeout.min(limits.idle_timeout).min(IDLE_WHILE_CROWDED)
            }
            Phase::Stopping => ON_ITS_WAY,
            Phase::Leaving => LAST_WORDS,
        };
        let look_again = now.saturating_add(millis(look_again));
        let later = |at: u64| Due::Later(self.start + Duration::from_millis(at.min(look_again)));
        if self.is_busy() {
            // Its body has limits of its own, and so has all that the store does.
            return later(look_again);
        }
        let (since, wait, due) = match self.head_since.load(Ordering::Relaxed) {
            NONE => {
                let wait = match phase {
                    Phase::Open => limits.idle_timeout,
                    Phase::Crowded => limits.idle_timeout.min(IDLE_WHILE_CROWDED),
                    Phase::Stopping => ON_ITS_WAY,
                    Phase::Leaving => LAST_WORDS,
                };
                (self.moved.load(Ordering::Relaxed), wait, Due::Idle)
            }
            FROM_THE_START => {
                let wait = match phase {
                    Phase::Open => limits.header_timeout,
                    Phase::Crowded => limits.header_timeout.min(IDLE_WHILE_CROWDED),
                    Phase::Stopping => ON_ITS_WAY,
                    Phase::Leaving => LAST_WORDS,
                };
                (0, wait, Due::SlowHead)
            }
            since => (since, limits.header_timeout, Due::SlowHead),
        };
        let at = since.saturating_add(millis(wait));
        if now >= at { due } else { later(at) }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A call that is not answered yet.
#[derive(Debug)]
pub(crate) struct UnderWay(Arc<Pulse>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.ended(self.0.now());
    }
}

/// A stream that keeps its pulse.
#[derive(Debug)]
pub(crate) struct Watched<S> {
    pub stream: S,
    pub pulse: Arc<Pulse>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        if buf.filled().len() > before {
            self.pulse.read(|| self.pulse.now());
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, buf);
        if polled.is_ready() {
            self.pulse.written(|| self.pulse.now());
        }
        polled
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        if polled.is_ready() {
            self.pulse.written(|| self.pulse.now());
        }
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        handshake_timeout: Duration::from_secs(10),
        header_timeout: Duration::from_secs(15),
        body_timeout: Duration::from_secs(30),
        body_idle_timeout: Duration::from_secs(10),
        idle_timeout: Duration::from_secs(75),
        connections_max: 10,
        connections_per_address_max: 10,
        streams_max: 10,
        calls_at_work_max: 10,
    };

    const SECOND: u64 = 1000;

    fn due(pulse: &Pulse, seconds: u64, phase: Phase) -> Due {
        pulse.due_at(seconds * SECOND, &LIMITS, phase)
    }

    fn later(pulse: &Pulse, seconds: u64) -> Due {
        Due::Later(pulse.start + Duration::from_secs(seconds))
    }

    #[test]
    fn who_says_nothing_is_not_waited_for() {
        let pulse = Pulse::new();
        assert_eq!(due(&pulse, 14, Phase::Open), later(&pulse, 15));
        assert_eq!(due(&pulse, 14, Phase::Crowded), Due::SlowHead);
        assert_eq!(due(&pulse, 1, Phase::Stopping), Due::SlowHead);
        assert_eq!(due(&pulse, 15, Phase::Open), Due::SlowHead);
    }

    #[test]
    fn a_head_in_drops_has_the_time_of_one_head() {
        let pulse = Pulse::new();
        pulse.began(false);
        pulse.ended(SECOND);
        for second in 60..75 {
            pulse.read(|| second * SECOND);
            assert_eq!(due(&pulse, second, Phase::Open), later(&pulse, 75), "{second}");
            assert!(matches!(due(&pulse, second, Phase::Stopping), Due::Later(_)), "{second}");
        }
        pulse.read(|| 75 * SECOND);
        assert_eq!(due(&pulse, 75, Phase::Open), Due::SlowHead);
    }

    #[test]
    fn a_kept_connection_is_idle_from_its_last_answer() {
        let pulse = Pulse::new();
        pulse.began(false);
        pulse.read(|| unreachable!("a body is no head"));
        assert_eq!(due(&pulse, 200, Phase::Crowded), later(&pulse, 205));
        pulse.ended(200 * SECOND);
        assert_eq!(due(&pulse, 200, Phase::Open), later(&pulse, 215), "a head may begin at once");
        assert_eq!(due(&pulse, 274, Phase::Open), later(&pulse, 275));
        assert_eq!(due(&pulse, 205, Phase::Crowded), Due::Idle);
        assert_eq!(due(&pulse, 201, Phase::Stopping), Due::Idle);
        assert_eq!(due(&pulse, 200, Phase::Leaving), later(&pulse, 201));
        assert_eq!(due(&pulse, 201, Phase::Leaving), Due::Idle);
        // A piece of the answer was taken: that is not idle.
        pulse.written(|| 274 * SECOND);
        assert_eq!(due(&pulse, 348, Phase::Open), later(&pulse, 349));
        assert_eq!(due(&pulse, 349, Phase::Open), Due::Idle);
    }

    #[test]
    fn pings_neither_keep_a_connection_nor_end_it_early() {
        let pulse = Pulse::new();
        pulse.began(true);
        pulse.ended(10 * SECOND);
        pulse.read(|| unreachable!("a ping is no head"));
        pulse.written(|| unreachable!("a ping is no answer"));
        assert_eq!(due(&pulse, 84, Phase::Open), later(&pulse, 85));
        assert_eq!(due(&pulse, 85, Phase::Open), Due::Idle);
    }
}
