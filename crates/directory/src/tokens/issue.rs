//! Trades a client id and secret for a token. Writes no row: some clients take a token for every
//! call, so issuing must cost no more than a look-up. A clock that went back stops issuing, for
//! such a token would outlive its time.

use std::sync::atomic::{AtomicI64, Ordering};

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
        let (facts, secret) = authenticate::client(facts, &self.secret)?;
        let claims = Claims {
            token: self.token,
            account: facts.account,
            application: self.client,
            secret,
            issued: self.now,
            ends: self.now.plus(AccessToken::LIFE),
            epoch: facts.epoch,
        };
        Ok(Issued { claims })
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
    use crate::acting::stories::a_key_ring;

    #[test]
    fn a_clock_that_went_back_stops_issuing_until_it_has_caught_up() {
        let issuer = Issuer::not_before(&a_key_ring());
        assert!(issuer.admit(Moment::from_seconds(1000)).is_ok());
        assert!(issuer.admit(Moment::from_millis(998_500)).is_ok());
        assert!(issuer.admit(Moment::from_seconds(900)).is_err());
        assert!(issuer.admit(Moment::from_seconds(1001)).is_ok());
    }
}
