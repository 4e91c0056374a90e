//! Bodies, each with its limit: on its size, on its whole time, and on each pause in it.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use futures_util::FutureExt;
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use super::pulse::Pulse;
use crate::limits::Limits;

/// What a body on an act may have, which is then ignored.
pub(crate) const IGNORED_MAX_BYTES: usize = 64 * 1024;
/// A form of the OAuth endpoints: a token, a grant and a scope are some 300 bytes.
pub(crate) const FORM_MAX_BYTES: usize = 16 * 1024;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    TooLarge,
    /// It broke off, its framing is wrong, or it did not come in time.
    Broken,
}

/// Reads a whole body of at most so many bytes.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Body,
    max_bytes: usize,
    limits: &Limits,
) -> Result<Bytes, Flaw> {
    if HttpBody::is_end_stream(&body) {
        return Ok(Bytes::new());
    }
    let said =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if said.is_some_and(|length: usize| length > max_bytes) {
        return Err(Flaw::TooLarge);
    }
    let reading = collect(body, max_bytes, limits.body_idle_timeout);
    within(limits.body_timeout, reading).await.unwrap_or(Err(Flaw::Broken))
}

/// Most bodies have come with their head: no timer is set for what is there already.
async fn within<F: Future>(time: Duration, awaited: F) -> Result<F::Output, Elapsed> {
    let mut awaited = pin!(awaited);
    match awaited.as_mut().now_or_never() {
        Some(here) => Ok(here),
        None => timeout(time, awaited).await,
    }
}

async fn collect(mut body: Body, max_bytes: usize, pause_max: Duration) -> Result<Bytes, Flaw> {
    // Most bodies are one piece, which is then the body.
    let mut first: Option<Bytes> = None;
    let mut more = BytesMut::new();
    loop {
        let piece = match within(pause_max, body.frame()).await {
            Ok(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
            Ok(None) => break,
            Ok(Some(Err(_))) | Err(_) => return Err(Flaw::Broken),
        };
        let so_far = first.as_ref().map_or(0, Bytes::len) + more.len();
        if so_far + piece.len() > max_bytes {
            return Err(Flaw::TooLarge);
        }
        match &first {
            None => first = Some(piece),
            Some(_) => more.extend_from_slice(&piece),
        }
    }
    let first = first.unwrap_or_default();
    if more.is_empty() {
        return Ok(first);
    }
    Ok([first.as_ref(), more.as_ref()].concat().into())
}

/// A body that tells its connection when it was read to the end.
pub(crate) struct Told {
    incoming: Incoming,
    pulse: Arc<Pulse>,
}

impl Told {
    pub(crate) fn body(incoming: Incoming, pulse: &Arc<Pulse>) -> Body {
        let there_is_one = !incoming.is_end_stream();
        pulse.set_body_unread(there_is_one);
        match there_is_one {
            true => Body::new(Self { incoming, pulse: Arc::clone(pulse) }),
            false => Body::empty(),
        }
    }
}

impl HttpBody for Told {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.incoming).poll_frame(cx);
        if matches!(polled, Poll::Ready(None)) || self.incoming.is_end_stream() {
            self.pulse.set_body_unread(false);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Short enough to wait for.
    const LIMITS: fn() -> Limits = || Limits {
        body_timeout: Duration::from_millis(120),
        body_idle_timeout: Duration::from_millis(60),
        ..Limits::default()
    };

    async fn read_ten(headers: &HeaderMap, body: Body) -> Result<Bytes, Flaw> {
        read(headers, body, 10, &LIMITS()).await
    }

    /// Each piece after a pause.
    fn in_pieces(pieces: &'static [&'static str], pause: Duration) -> Body {
        Body::from_stream(futures_util::stream::unfold(pieces, move |left| async move {
            let (first, rest) = left.split_first()?;
            tokio::time::sleep(pause).await;
            Some((Ok::<_, std::io::Error>(Bytes::from(*first)), rest))
        }))
    }

    #[tokio::test]
    async fn a_body_is_read_whole_up_to_its_limit() {
        let none = HeaderMap::new();
        assert_eq!(read_ten(&none, Body::empty()).await.unwrap(), "");
        assert_eq!(read_ten(&none, Body::from("0123456789")).await.unwrap(), "0123456789");
        assert_eq!(read_ten(&none, Body::from("0123456789a")).await, Err(Flaw::TooLarge));
        let pieces = in_pieces(&["01", "", "2345", "6789"], Duration::ZERO);
        assert_eq!(read_ten(&none, pieces).await.unwrap(), "0123456789");
        let pieces = in_pieces(&["0123456789", "a"], Duration::ZERO);
        assert_eq!(read_ten(&none, pieces).await, Err(Flaw::TooLarge));
        let mut said = HeaderMap::new();
        said.insert(header::CONTENT_LENGTH, 11.into());
        // Said to be too long: then nothing of it is waited for.
        let never = in_pieces(&["0"], Duration::from_secs(3600));
        assert_eq!(read_ten(&said, never).await, Err(Flaw::TooLarge));
    }

    #[tokio::test]
    async fn neither_one_pause_nor_many_drops_may_take_long() {
        let none = HeaderMap::new();
        let never = in_pieces(&["0"], Duration::from_secs(3600));
        assert_eq!(read_ten(&none, never).await, Err(Flaw::Broken));
        // No pause is too long, and all of them together are.
        let drops = in_pieces(&["0"; 9], Duration::from_millis(25));
        assert_eq!(read_ten(&none, drops).await, Err(Flaw::Broken));
    }
}
