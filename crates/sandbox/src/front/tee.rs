//! A body that goes by, and a copy of its first bytes. Nothing is held back and nothing changed.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

/// Who is told of a body as it goes by.
pub(super) trait Watch: Send + Unpin + 'static {
    fn piece(&mut self, bytes: &Bytes);
    /// Told once, before the last piece is handed on.
    fn whole(&mut self);
    /// It ended with an error.
    fn broken(&mut self);
}

pub(super) struct Tee<W: Watch> {
    body: Body,
    watch: W,
    left: Option<u64>,
}

impl<W: Watch> Tee<W> {
    /// `length`: what its head says, if it does.
    pub(super) fn body(body: Body, length: Option<u64>, watch: W) -> Body {
        let left = HttpBody::size_hint(&body).exact().or(length);
        Body::new(Self { body, watch, left })
    }
}

impl<W: Watch> HttpBody for Tee<W> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let polled = Pin::new(&mut this.body).poll_frame(cx);
        match &polled {
            Poll::Pending => {}
            Poll::Ready(None) => this.watch.whole(),
            Poll::Ready(Some(Err(_))) => this.watch.broken(),
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(bytes) = frame.data_ref() {
                    this.watch.piece(bytes);
                    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                    this.left = this.left.map(|left| left.saturating_sub(length));
                }
                // Whoever reads a body of a known length does not ask for more than that.
                if this.left == Some(0) || this.body.is_end_stream() {
                    this.watch.whole();
                }
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        HttpBody::size_hint(&self.body)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use http_body_util::BodyExt;

    use super::*;

    #[derive(Clone, Default)]
    struct Heard(Arc<Mutex<Vec<String>>>);

    impl Watch for Heard {
        fn piece(&mut self, bytes: &Bytes) {
            self.0.lock().unwrap().push(String::from_utf8_lossy(bytes).into_owned());
        }
        fn whole(&mut self) {
            self.0.lock().unwrap().push("whole".to_owned());
        }
        fn broken(&mut self) {
            self.0.lock().unwrap().push("broken".to_owned());
        }
    }

    fn in_pieces(pieces: &[Result<&'static str, &'static str>]) -> Body {
        let pieces: Vec<_> = pieces
            .iter()
            .map(|piece| piece.map(Bytes::from).map_err(std::io::Error::other))
            .collect();
        Body::from_stream(futures_util::stream::iter(pieces))
    }

    #[tokio::test]
    async fn the_same_bytes_go_by_and_their_end_is_told_once_before_the_last_piece_is_read() {
        let heard = Heard::default();
        let mut body = Tee::body(Body::from("all"), None, heard.clone());
        assert_eq!(HttpBody::size_hint(&body).exact(), Some(3));
        let frame = body.frame().await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), "all");
        assert_eq!(*heard.0.lock().unwrap(), ["all", "whole"]);
    }

    /// As whoever writes it out does, who stops where the head says that it ends.
    #[tokio::test]
    async fn a_stream_whose_length_was_told_is_whole_with_its_last_byte() {
        let heard = Heard::default();
        let mut body = Tee::body(in_pieces(&[Ok("a"), Ok("b")]), Some(2), heard.clone());
        body.frame().await.unwrap().unwrap();
        body.frame().await.unwrap().unwrap();
        drop(body);
        assert_eq!(*heard.0.lock().unwrap(), ["a", "b", "whole"]);
    }

    #[tokio::test]
    async fn a_stream_is_whole_at_its_end_and_broken_at_its_error() {
        let heard = Heard::default();
        let body = Tee::body(in_pieces(&[Ok("a"), Ok("b")]), None, heard.clone());
        assert_eq!(body.collect().await.unwrap().to_bytes(), "ab");
        assert_eq!(*heard.0.lock().unwrap(), ["a", "b", "whole"]);
        let heard = Heard::default();
        let body = Tee::body(in_pieces(&[Ok("a"), Err("cut")]), None, heard.clone());
        assert!(body.collect().await.is_err());
        assert_eq!(*heard.0.lock().unwrap(), ["a", "broken"]);
    }
}
