//! Who asks, beside their credential: from where, and what they call themselves. Held against the
//! addresses from which a secret works, and kept as its last use where it worked.

use std::net::IpAddr;

use axum::http::{HeaderValue, header};
use rollcall_directory::Fault;
use rollcall_directory::acting::Refusal;
use rollcall_directory::tokens::Claims;
use rollcall_directory::world::ApplicationId;

use crate::Rollcall;
use crate::edge::call_id;
use crate::router::Call;

pub(crate) struct Asker {
    pub from: IpAddr,
    agent: Option<HeaderValue>,
}

impl Asker {
    pub(crate) fn of(call: &Call) -> Self {
        let agent = call.request.headers().get(header::USER_AGENT).cloned();
        Self { from: call.from, agent }
    }

    /// A call by a token was answered: the token worked, unless its bearer was a stranger.
    pub(crate) fn called<T>(
        &self,
        rollcall: &Rollcall,
        token: &Claims,
        answer: &Result<Result<T, Refusal>, Fault>,
    ) {
        match answer {
            Ok(Err(why)) if why.is_of_a_stranger() => refused(token.application, why),
            Ok(Ok(_) | Err(_)) => self.used(rollcall, token),
            Err(_fault) => {}
        }
    }

    pub(crate) fn used(&self, rollcall: &Rollcall, token: &Claims) {
        let agent = self.agent.as_ref().map_or(&[][..], HeaderValue::as_bytes);
        rollcall.store.note_use(token, self.from, agent);
    }
}

/// What the wire does not tell: a right secret, or a token of one, that does not work any more or
/// not from there. Whoever wonders why their integration stopped finds it in the log.
pub(crate) fn refused(application: ApplicationId, why: &Refusal) {
    if matches!(why, Refusal::SecretEnded | Refusal::AddressNotAllowed) {
        call_id::log(
            || tracing::warn!(%application, why = why.as_str(), "a credential was refused: {why}"),
        );
    }
}
