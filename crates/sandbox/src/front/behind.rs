//! The server behind a fault, and what has become of the call there: so that the journal can tell
//! "done, and then cut" from "cut before", also when the client leaves in the middle.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use rollcall_server::front::Next;
use rollcall_wire::problem::Word;
use rollcall_wire::tokens::OauthErrorCode;

const NOT_ASKED: u16 = 0;
const UNDER_WAY: u16 = 1;

pub(super) struct Behind<'a> {
    next: Next<'a>,
    outcome: Outcome,
}

impl<'a> Behind<'a> {
    pub(super) fn new(next: Next<'a>) -> Self {
        Self { next, outcome: Outcome::default() }
    }

    pub(super) const fn request_id(&self) -> &'a str {
        self.next.request_id()
    }

    pub(super) fn is_secure(&self) -> bool {
        self.next.is_secure()
    }

    pub(super) fn outcome(&self) -> Outcome {
        self.outcome.clone()
    }

    /// As if no fault were played.
    pub(super) async fn answer(&self, request: Request) -> Response {
        self.outcome.0.store(UNDER_WAY, Ordering::Relaxed);
        let response = self.next.answer(request).await;
        self.outcome.0.store(response.status().as_u16(), Ordering::Relaxed);
        response
    }

    /// What the server would say if it said this, without being asked.
    pub(super) fn says(&self, word: Word) -> Response {
        self.next.says(word)
    }

    pub(super) fn says_oauth(
        &self,
        status: StatusCode,
        error: OauthErrorCode,
        why: &str,
    ) -> Response {
        self.next.says_oauth(status, error, why)
    }
}

/// What the server made of a call, whatever its client was answered.
#[derive(Clone, Default)]
pub(super) struct Outcome(Arc<AtomicU16>);

impl Outcome {
    /// Whether it was done; nothing while that is open.
    pub(super) fn acted(&self) -> Option<bool> {
        match self.0.load(Ordering::Relaxed) {
            NOT_ASKED => Some(false),
            UNDER_WAY => None,
            status => Some((200..300).contains(&status)),
        }
    }
}
