//! The token: kept, and renewed before it ends; one renewal for all who wait for it.

use std::time::Duration;

use rollcall_wire::secret_text::SecretText;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::error::Error;

#[derive(Clone, Debug)]
pub(crate) struct Held {
    /// As it stands in `Authorization`: the scheme that the server named, and the token.
    pub(crate) authorization: SecretText,
    pub(crate) renew_at: Instant,
    /// Tells one token from the next.
    pub(crate) number: u64,
}

#[derive(Debug, Default)]
pub(crate) struct TokenKeeper {
    held: Mutex<Option<Held>>,
}

impl TokenKeeper {
    /// The token that is held, or a new one. `not` is the number of one that a server refused.
    pub(crate) async fn token<F>(&self, not: Option<u64>, take: F) -> Result<Held, Error>
    where
        F: AsyncFnOnce() -> Result<(SecretText, Duration), Error>,
    {
        let mut held = self.held.lock().await;
        let last = held.as_ref().map_or(0, |held| held.number);
        if let Some(held) = held.as_ref()
            && Some(held.number) != not
            && Instant::now() < held.renew_at
        {
            return Ok(held.clone());
        }
        let (authorization, life) = take().await?;
        // A fifth of its life before its end, or half a minute.
        let margin = Duration::from_secs(30).min(life / 5);
        let renew_at = Instant::now() + (life - margin);
        let new = Held { authorization, renew_at, number: last + 1 };
        *held = Some(new.clone());
        Ok(new)
    }
}
