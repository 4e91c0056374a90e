//! Bytes in both directions, until one side has ended or nobody has said anything for long.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::{Instant, sleep_until, timeout};

/// A piece that is carried at once.
const PIECE_BYTES: usize = 16 * 1024;
/// What a client may still be sending when the double has ended: read, so that the end arrives as
/// an end and not as a reset that throws away the last answer.
const LINGER: Duration = Duration::from_secs(2);

pub(super) async fn pipe<A, B>(client: A, double: B, idle_max: Duration)
where
    A: AsyncRead + AsyncWrite,
    B: AsyncRead + AsyncWrite,
{
    let (client_says, client_hears) = tokio::io::split(client);
    let (double_says, double_hears) = tokio::io::split(double);
    let beat = Beat(Mutex::new(Instant::now()));
    let up = carry(client_says, double_hears, &beat);
    let down = carry(double_says, client_hears, &beat);
    tokio::pin!(up, down);
    tokio::select! {
        // HTTP has nothing to say once the server has ended.
        _ = &mut down => {
            let _ = timeout(LINGER, up).await;
        }
        ended = &mut up => {
            if ended.is_ok() {
                tokio::select! {
                    _ = down => {}
                    () = beat.silence(idle_max) => {}
                }
            }
        }
        () = beat.silence(idle_max) => {}
    }
}

async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    beat: &Beat,
) -> io::Result<()> {
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let length = from.read(&mut piece).await?;
        beat.now();
        if length == 0 {
            return to.shutdown().await;
        }
        to.write_all(&piece[..length]).await?;
        beat.now();
    }
}

/// When something was carried last.
struct Beat(Mutex<Instant>);

impl Beat {
    fn now(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Until nothing has been carried for so long.
    async fn silence(&self, long: Duration) {
        loop {
            let due = *self.0.lock().unwrap_or_else(PoisonError::into_inner) + long;
            if Instant::now() >= due {
                return;
            }
            sleep_until(due).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::duplex;

    use super::*;

    const IDLE_MAX: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn both_hear_each_other_and_the_end_of_one_ends_both() {
        let ((mut client, inner), (mut double, outer)) = (duplex(64), duplex(64));
        let piped = tokio::spawn(pipe(inner, outer, IDLE_MAX));
        let mut heard = [0; 4];
        client.write_all(b"ping").await.unwrap();
        double.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"ping");
        double.write_all(b"pong").await.unwrap();
        drop(double);
        let mut rest = Vec::new();
        client.read_to_end(&mut rest).await.unwrap();
        assert_eq!(rest, b"pong");
        drop(client);
        piped.await.unwrap();
    }

    #[tokio::test]
    async fn a_client_that_has_said_all_still_hears_the_answer() {
        let ((mut client, inner), (mut double, outer)) = (duplex(64), duplex(64));
        let piped = tokio::spawn(pipe(inner, outer, IDLE_MAX));
        client.write_all(b"all").await.unwrap();
        client.shutdown().await.unwrap();
        let mut asked = Vec::new();
        double.read_to_end(&mut asked).await.unwrap();
        assert_eq!(asked, b"all");
        double.write_all(b"answer").await.unwrap();
        drop(double);
        let mut heard = Vec::new();
        client.read_to_end(&mut heard).await.unwrap();
        assert_eq!(heard, b"answer");
        piped.await.unwrap();
    }

    #[tokio::test]
    async fn silence_ends_it() {
        let ((_client, inner), (_double, outer)) = (duplex(64), duplex(64));
        let piped = pipe(inner, outer, Duration::from_millis(20));
        timeout(Duration::from_secs(30), piped).await.expect("it ends by itself");
    }
}
