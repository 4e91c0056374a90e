//! Trades a client id and secret for a token. Writes no row: some clients take a token for every
//! call, so issuing must cost no more than a look-up. A clock that went back stops issuing, for
//! such a token would outlive its time.

use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use super::{AccessToken, Claims};
use crate::Fault;
use crate::acting::{ClientFacts, Refusal, authenticate};
use crate::applications::SecretDigest;
use crate::keys::KeyRing;
use crate::world::{ApplicationId, Moment, TokenId};

/// The question: is this a client, and which of its secrets is this?
#[derive(Clone, Debug)]
pub struct IssueToken {
    pub client: ApplicationId,
    pub secret: SecretDigest,
    pub from: IpAddr,
    pub now: Moment,
    /// A fresh one.
    pub token: TokenId,
}

#[derive(Clone, Debug)]
pub struct Issued {
    pub claims: Claims,
}

impl IssueToken {
    pub(crate) fn decide(&self, facts: Option<&ClientFacts>) -> Result<Issued, Refusal> {
        let (facts, secret) = authenticate::client(facts, &self.secret, self.from, self.now)?;
        let life = secret.terms.ends.map_or(AccessToken::LIFE, |ends| life_until(ends, self.now));
        // It would be dead on arrival.
        if life.is_zero() {
            return Err(Refusal::SecretEnded);
        }
        let claims = Claims {
            token: self.token,
            account: facts.account,
            application: self.client,
            secret: secret.id,
            issued: self.now,
            ends: self.now.plus(life),
            epoch: facts.epoch,
        };
        Ok(Issued { claims })
    }
}

/// No longer than its secret, in whole seconds: what the client is told is then exact.
fn life_until(ends: Moment, now: Moment) -> Duration {
    Duration::from_secs(ends.since(now).as_secs()).min(AccessToken::LIFE)
}

impl Issued {
    /// How long the token lives from when it was made: `expires_in`.
    #[must_use]
    pub fn life_seconds(&self) -> u64 {
        self.claims.ends.since(self.claims.issued).as_secs()
    }
}

/// Remembers the latest time anything was issued at.
#[derive(Debug)]
pub struct Issuer {
    latest_millis: AtomicI64,
}

impl Issuer {
    /// Clocks are corrected by small steps all the time; those are no reason to stop.
    const BACK_STEP_MAX_MILLIS: i64 = 2_000;

    #[must_use]
    pub fn not_before(keys: &KeyRing) -> Self {
        Self { latest_millis: AtomicI64::new(keys.newest_made().millis()) }
    }

    /// What was issued is forgotten, and time may go back to where these keys are from.
    pub(crate) fn begin_again(&self, keys: &KeyRing) {
        self.latest_millis.store(keys.newest_made().millis(), Ordering::Relaxed);
    }

    /// May something be issued at this time?
    pub fn admit(&self, now: Moment) -> Result<(), Fault> {
        let latest = self.latest_millis.fetch_max(now.millis(), Ordering::Relaxed);
        let back = latest.saturating_sub(now.millis());
        if back > Self::BACK_STEP_MAX_MILLIS {
            return Err(Fault::ClockWentBack(back));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acting::ClientSecretFacts;
    use crate::acting::stories::{a_key_ring, a_token};
    use crate::applications::{ClientSecret, Terms};
    use crate::world::SecretId;

    #[test]
    fn a_token_does_not_outlive_its_secret() {
        let now = a_token().issued;
        let secret = ClientSecret::from_random(&[1; 32]).digest();
        let life = |ends: Option<Duration>| {
            let terms = Terms { ends: ends.map(|after| now.plus(after)), ..Terms::default() };
            let id = SecretId::from_bytes([1; 8]);
            let facts = ClientFacts {
                account: a_token().account,
                epoch: 1,
                secrets: vec![ClientSecretFacts { id, digest: secret, terms }],
            };
            let (client, token) = (a_token().application, a_token().token);
            let from = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
            let asked = IssueToken { client, secret, from, now, token };
            asked.decide(Some(&facts)).map(|issued| issued.life_seconds())
        };
        assert_eq!(life(None), Ok(900));
        assert_eq!(life(Some(Duration::from_secs(86_400))), Ok(900));
        assert_eq!(life(Some(Duration::from_millis(60_999))), Ok(60));
        assert_eq!(life(Some(Duration::from_secs(1))), Ok(1));
        assert_eq!(life(Some(Duration::from_millis(999))), Err(Refusal::SecretEnded));
        assert_eq!(life(Some(Duration::ZERO)), Err(Refusal::SecretEnded));
    }

    #[test]
    fn a_clock_that_went_back_stops_issuing_until_it_has_caught_up() {
        let issuer = Issuer::not_before(&a_key_ring());
        assert!(issuer.admit(Moment::from_seconds(1000)).is_ok());
        assert!(issuer.admit(Moment::from_millis(998_500)).is_ok());
        assert!(issuer.admit(Moment::from_seconds(900)).is_err());
        assert!(issuer.admit(Moment::from_seconds(1001)).is_ok());
    }
}
