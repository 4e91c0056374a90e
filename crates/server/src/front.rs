//! Who stands before the router, if anybody: sees each call before it is answered, and each answer
//! before it leaves. An organisation's own server has nobody there.

use std::fmt;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use rollcall_wire::problem::Word;
use rollcall_wire::tokens::OauthErrorCode;

use crate::Rollcall;
use crate::edge::answer;
use crate::router::{self, Asked};

/// An answer, or the connection's end without one.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Result<Response, Cut>> + Send + 'a>>;

/// The connection ends here, without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the connection was cut on purpose")]
pub struct Cut;

pub trait Front: Send + Sync {
    fn call<'a>(&'a self, request: Request, next: Next<'a>) -> Answering<'a>;
}

/// What is behind the front: the server itself, for this one call.
pub struct Next<'a> {
    rollcall: &'a Rollcall,
    from: IpAddr,
    request_id: &'a str,
}

impl<'a> Next<'a> {
    pub(crate) const fn new(rollcall: &'a Rollcall, from: IpAddr, request_id: &'a str) -> Self {
        Self { rollcall, from, request_id }
    }

    /// What the answer will bear as its `X-Request-Id`.
    #[must_use]
    pub const fn request_id(&self) -> &'a str {
        self.request_id
    }

    /// Who calls, behind the proxies that are trusted.
    #[must_use]
    pub const fn from(&self) -> IpAddr {
        self.from
    }

    /// Whether it came over TLS: that is what this server's own address says of all its calls.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.rollcall.settings.public_url.starts_with("https:")
    }

    /// As if nobody stood before it.
    pub async fn answer(&self, request: Request) -> Response {
        let asked = Asked::of(self.rollcall, request.method().as_str(), request.uri().path());
        router::answer_to(self.rollcall, asked, self.from, self.request_id, request).await
    }

    /// What the server answers when it says this word, header by header.
    #[must_use]
    pub fn says(&self, word: Word) -> Response {
        answer::says(self.rollcall, word)
    }

    /// The same of an OAuth endpoint; with 429 where there were too many.
    #[must_use]
    pub fn says_oauth(&self, status: StatusCode, error: OauthErrorCode, why: &str) -> Response {
        answer::oauth(status, error, why)
    }
}

/// A front, as it is set.
#[derive(Clone)]
pub struct Standing(pub(crate) Arc<dyn Front>);

impl Standing {
    pub fn new(front: Arc<dyn Front>) -> Self {
        Self(front)
    }
}

impl fmt::Debug for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Front")
    }
}
