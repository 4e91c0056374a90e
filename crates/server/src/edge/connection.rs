//! One connection, from its first byte to its last: its limits on time, its end when nobody asks
//! anything, and its end when the server stops.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::pulse::{Due, LAST_WORDS, Phase, Pulse, Watched};
use crate::front::Cut;
use crate::limits::Limits;

/// What the head of a request may have, in HTTP/1.1 and in HTTP/2.
const HEAD_MAX_BYTES: usize = 32 * 1024;
const HEADERS_MAX: usize = 100;
/// HTTP/2: is anybody still there?
const PING_EVERY: Duration = Duration::from_secs(20);
const PING_TIMEOUT: Duration = Duration::from_secs(20);
/// Calls that a client takes back before they are looked at; more, and it is sent away.
const RESETS_WAITING_MAX: usize = 20;
const RESETS_OF_OURS_MAX: usize = 200;

pub(crate) type HttpBuilder = Builder<TokioExecutor>;

pub(crate) fn http_builder(limits: &Limits) -> HttpBuilder {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // The pulse has one timer for it.
        .header_read_timeout(None)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_MAX_BYTES)
        .half_close(false);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(PING_TIMEOUT)
        .max_concurrent_streams(limits.streams_max)
        .max_header_list_size(u32::try_from(HEAD_MAX_BYTES).unwrap_or(u32::MAX))
        .max_pending_accept_reset_streams(RESETS_WAITING_MAX)
        .max_local_error_reset_streams(RESETS_OF_OURS_MAX);
    builder
}

/// Why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// By the client, or by what it sent.
    ByItself,
    SlowHead,
    Idle,
    /// The server stops.
    Stopped,
}

pub(crate) async fn run<IO, S, F>(
    stream: IO,
    pulse: Arc<Pulse>,
    service: S,
    builder: &HttpBuilder,
    limits: &Limits,
    mut phase: watch::Receiver<Phase>,
) -> Ended
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<Incoming>, Response = Response<Body>, Error = Cut, Future = F>,
    F: Future<Output = Result<Response<Body>, Cut>> + Send + 'static,
{
    let io = TokioIo::new(Watched { stream, pulse: Arc::clone(&pulse) });
    let mut http = std::pin::pin!(builder.serve_connection(io, service));
    let mut now = *phase.borrow_and_update();
    let mut timer = std::pin::pin!(sleep_until(Instant::now()));
    // Told that this is the end, with the reason.
    let mut ending = None;
    loop {
        tokio::select! {
            biased;
            _ = http.as_mut() => return ending.unwrap_or(Ended::ByItself),
            () = timer.as_mut() => {}
            changed = phase.changed(), if now != Phase::Stopping => {
                now = match changed {
                    Ok(()) => *phase.borrow_and_update(),
                    Err(_gone) => Phase::Stopping,
                };
            }
        }
        if now == Phase::Stopping && ending.is_none() && pulse.is_busy() {
            // The answers under way are the last ones.
            ending = Some(Ended::Stopped);
            http.as_mut().graceful_shutdown();
        }
        match pulse.due(limits, if ending.is_some() { Phase::Leaving } else { now }) {
            Due::Later(at) => timer.as_mut().reset(at),
            // Asked to end before its first head, hyper would throw away what is on its way; so
            // that is waited for, shortly.
            Due::SlowHead if now == Phase::Stopping => return Ended::Stopped,
            Due::SlowHead => return ending.unwrap_or(Ended::SlowHead),
            Due::Idle => match ending {
                None => {
                    // HTTP/2 hears of it; HTTP/1.1 closes.
                    ending = Some(match now {
                        Phase::Open | Phase::Crowded => Ended::Idle,
                        Phase::Stopping | Phase::Leaving => Ended::Stopped,
                    });
                    http.as_mut().graceful_shutdown();
                    timer.as_mut().reset(Instant::now() + LAST_WORDS);
                }
                Some(why) => return why,
            },
        }
    }
}
