//! What stands before the server: the control API and the inspector below `/sandbox`; for each call
//! of the API a fault, if one is in turn, and an entry in the journal. Pages of the console pass
//! unseen: people type passwords there.

mod behind;
mod hosted;
mod lists;
mod made_up;
mod play;
mod record;
mod seen;
mod tee;
#[cfg(test)]
mod tests;

use axum::extract::Request;
use rollcall_server::front::{Answering, Front, Next};

use crate::double::Double;
use crate::{control_api, inspector};
use behind::Behind;
use seen::Seen;

impl Front for Double {
    fn call<'a>(&'a self, request: Request, next: Next<'a>) -> Answering<'a> {
        Box::pin(async move {
            let path = request.uri().path();
            if is_below(path, "/sandbox") {
                if let Some(answer) = inspector::answer(request.method(), path) {
                    return Ok(answer);
                }
                return Ok(control_api::answer(self, next.from(), request).await);
            }
            if is_below(path, "/console") {
                if hosted::is_asked(&request) {
                    return Ok(hosted::no_pages());
                }
                return Ok(next.answer(request).await);
            }
            let seen = Seen::of(self, &request);
            let next = Behind::new(next);
            let (request, mut recording) = record::begin(self, &seen, &next, request);
            let chosen = self.faults.choose(&seen.asked(), || self.chance());
            recording.plays(chosen.fault.as_ref());
            let mut played = Vec::new();
            let answered = play::play(self, chosen, &seen, next, request, &mut played).await;
            recording.played_on_list(played);
            recording.end(answered)
        })
    }
}

/// The server's own answers are in memory and far shorter: a thousand people with the longest names
/// and addresses fit in several times.
const ANSWER_MAX_BYTES: usize = 8 * 1024 * 1024;

fn is_below(path: &str, root: &str) -> bool {
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Double {
    /// From 0 up to and without 1, for faults that meet some calls.
    fn chance(&self) -> f64 {
        let drawn = u32::from_le_bytes(self.store.world().bytes());
        f64::from(drawn) / (f64::from(u32::MAX) + 1.0)
    }
}
