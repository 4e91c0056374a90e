//! The token: kept, and renewed before it ends; one renewal for all who wait for it.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::header::HeaderValue;
use rollcall_wire::secret_text::SecretText;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::error::Error;

/// A token as it came.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) token: SecretText,
    /// The scheme that the server named, and the token. Marked as sensitive.
    pub(crate) authorization: HeaderValue,
    pub(crate) renew_at: Instant,
}

#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) taken: Taken,
    /// Tells one token from the next.
    pub(crate) number: u64,
}

#[derive(Debug, Default)]
pub(crate) struct TokenKeeper {
    kept: Mutex<Kept>,
    /// How many renewals ended, in whichever way.
    renewals: AtomicU64,
}

#[derive(Debug, Default)]
struct Kept {
    held: Option<Held>,
    /// How the last renewal failed.
    failed: Option<Error>,
    last_number: u64,
}

impl TokenKeeper {
    /// The token that is held, or a new one. `not` is the number of one that a server refused.
    pub(crate) async fn token(
        &self,
        not: Option<u64>,
        take: impl Future<Output = Result<Taken, Error>>,
    ) -> Result<Held, Error> {
        let before = self.renewals.load(Ordering::Acquire);
        let mut kept = self.kept.lock().await;
        let usable = |held: &&Held| Some(held.number) != not;
        if self.renewals.load(Ordering::Acquire) != before {
            // Somebody renewed while this one waited. What came of it holds for both: even a token
            // that has ended at its birth, and also a failure.
            if let Some(error) = &kept.failed {
                return Err(error.clone());
            }
            if let Some(held) = kept.held.as_ref().filter(usable) {
                return Ok(held.clone());
            }
        }
        let now = Instant::now();
        if let Some(held) = kept.held.as_ref().filter(usable)
            && now < held.taken.renew_at
        {
            return Ok(held.clone());
        }
        // Whoever gives up here leaves it to the next who waits.
        let came = take.await;
        self.renewals.fetch_add(1, Ordering::Release);
        match came {
            Ok(taken) => {
                kept.last_number += 1;
                let held = Held { taken, number: kept.last_number };
                (kept.held, kept.failed) = (Some(held.clone()), None);
                Ok(held)
            }
            Err(error) => {
                (kept.held, kept.failed) = (None, Some(error.clone()));
                Err(error)
            }
        }
    }

    /// Gives the token away: the next caller takes a new one.
    pub(crate) async fn give(&self) -> Option<Held> {
        self.kept.lock().await.held.take()
    }
}

#[cfg(test)]
mod tests;
