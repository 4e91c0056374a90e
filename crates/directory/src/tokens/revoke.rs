//! Revokes a token: a durable row before the answer. Only the application that the token was
//! made for revokes it; who asks about another's learns nothing and changes nothing.

use std::net::IpAddr;
use std::time::Duration;

use super::Claims;
use crate::acting::{
    Act, Caller, ClientFacts, Decision, Demand, Facts, Given, Needs, Refusal, Writes, authenticate,
};
use crate::applications::SecretDigest;
use crate::audit::Entry;
use crate::world::{ApplicationId, Moment, TokenId};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    pub token: TokenId,
    /// After that the token is dead by itself; the row is kept a day longer.
    pub ends: Moment,
}

/// How much longer than its token a row is kept: one clock that is hours ahead must not sweep out
/// what is alive by all others.
const KEPT_AFTER_END: Duration = Duration::from_secs(24 * 3600);

impl Revocation {
    /// Rows of tokens that ended before this are swept out as others come in.
    pub(super) fn kept_since(now: Moment) -> Moment {
        now.minus(KEPT_AFTER_END)
    }
}

/// The token is the caller's own: who presents it for another application is answered before.
#[derive(Clone, Debug)]
pub struct RevokeToken {
    pub token: Claims,
}

impl Act for RevokeToken {
    const NAME: &'static str = "revoke_token";
    type Done = ();

    fn demand(&self) -> Demand {
        Demand::Client
    }

    fn needs(&self, needs: &mut Needs) {
        needs.revocation(self.token.token);
    }

    fn decide(&self, by: &Caller, facts: &Facts, given: &Given) -> Decision<()> {
        if by.application() != Some(self.token.application)
            || facts.is_revoked(self.token.token)
            || given.now >= self.token.ends
        {
            return Decision::Nothing { done: () };
        }
        let revocation = Revocation { token: self.token.token, ends: self.token.ends };
        let entry = Entry::TokenRevoked { token: self.token.token };
        by.changed(Writes { revocations: vec![revocation], ..Writes::default() }, entry, ())
    }
}

/// The question: are these a client's credentials? Nothing else is asked or done.
#[derive(Clone, Debug)]
pub struct ProveClient {
    pub client: ApplicationId,
    pub secret: SecretDigest,
    pub from: IpAddr,
    pub now: Moment,
}

impl ProveClient {
    pub(crate) fn decide(&self, facts: Option<&ClientFacts>) -> Result<(), Refusal> {
        authenticate::client(facts, &self.secret, self.from, self.now).map(|_| ())
    }
}
