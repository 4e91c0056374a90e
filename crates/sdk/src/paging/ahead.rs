//! A stream that is ahead of whoever reads it.

use futures_util::{Stream, StreamExt, stream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Ends the task when the reader goes away.
struct Task<T>(JoinHandle<T>);

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// With one, the next item would begin only when the reader has come to fetch the last one: on a
/// machine with a single core that is after the reader's work, and nothing would go on meanwhile.
const AHEAD_MAX: usize = 2;

/// Begins when it is first asked. Items are made by a task of their own, so that they come about even
/// while the reader does something else; there are never more than two that were not asked for yet.
pub(super) fn ahead<T: Send + 'static>(
    items: impl Stream<Item = T> + Send + 'static,
) -> impl Stream<Item = T> + Send {
    stream::once(async move {
        let (to_reader, from_task) = mpsc::channel(AHEAD_MAX);
        let task = Task(tokio::spawn(async move {
            let mut items = std::pin::pin!(items);
            // The place is taken first: an item is made only when there is room for it.
            while let Ok(place) = to_reader.reserve().await {
                let Some(item) = items.next().await else { return };
                place.send(item);
            }
        }));
        stream::unfold((from_task, task), |(mut from_task, mut task)| async move {
            match from_task.recv().await {
                Some(item) => Some((item, (from_task, task))),
                None => {
                    // A task that broke is not a list that ended.
                    if let Err(broken) = (&mut task.0).await
                        && let Ok(panic) = broken.try_into_panic()
                    {
                        std::panic::resume_unwind(panic);
                    }
                    None
                }
            }
        })
    })
    .flatten()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn counting(made: &Arc<AtomicUsize>) -> impl Stream<Item = usize> + Send + 'static {
        let made = Arc::clone(made);
        stream::iter(0..100).inspect(move |_| {
            made.fetch_add(1, Ordering::SeqCst);
        })
    }

    #[tokio::test]
    async fn it_is_two_ahead_and_no_more() {
        let made = Arc::new(AtomicUsize::new(0));
        let mut items = std::pin::pin!(ahead(counting(&made)));
        tokio::task::yield_now().await;
        assert_eq!(made.load(Ordering::SeqCst), 0, "nobody asked");
        for asked in 1..=5 {
            assert_eq!(items.next().await, Some(asked - 1));
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            assert_eq!(made.load(Ordering::SeqCst), asked + AHEAD_MAX);
        }
        assert_eq!(items.map(|_| 1).collect::<Vec<_>>().await.len(), 95);
    }

    #[tokio::test]
    async fn nothing_goes_on_when_the_reader_is_gone() {
        let made = Arc::new(AtomicUsize::new(0));
        let alive = Arc::downgrade(&made);
        {
            let mut items = std::pin::pin!(ahead(counting(&made)));
            items.next().await;
        }
        drop(made);
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert_eq!(alive.strong_count(), 0);
    }

    #[tokio::test]
    #[should_panic(expected = "broke on its way")]
    async fn a_panic_is_not_an_end() {
        let broken =
            stream::iter(0..3).map(|n| if n == 1 { panic!("broke on its way") } else { n });
        let _: Vec<i32> = ahead(broken).collect().await;
    }
}
