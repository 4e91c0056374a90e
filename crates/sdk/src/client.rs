//! The client: one account of one server, as one application of it.

use std::fmt;
use std::sync::Arc;

use governor::DefaultDirectRateLimiter;

use crate::builder::Builder;
use crate::credentials::{Credentials, Product};
use crate::error::Error;
use crate::lookup::Lookup;
use crate::paging::{Filter, Listing};
use crate::token_keeper::TokenKeeper;
use crate::users::{Act, Acted, User};

/// One account of one server, as one application of it. Clones share token, rate and connections.
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    pub(crate) base: String,
    pub(crate) limiter: Option<DefaultDirectRateLimiter>,
    pub(crate) keeper: TokenKeeper,
    pub(crate) by: Builder,
}

impl Client {
    pub(crate) fn new(
        http: reqwest::Client,
        base: String,
        limiter: Option<DefaultDirectRateLimiter>,
        by: Builder,
    ) -> Self {
        Self { inner: Arc::new(Inner { http, base, limiter, keeper: TokenKeeper::default(), by }) }
    }

    pub fn builder(
        base: impl Into<String>,
        account: impl Into<String>,
        credentials: Credentials,
        product: Product,
    ) -> Builder {
        Builder::new(base, account, credentials, product)
    }

    /// The account's ID.
    pub fn account(&self) -> &str {
        &self.inner.by.account
    }

    /// Without a slash at its end.
    pub fn base_url(&self) -> &str {
        &self.inner.base
    }

    pub fn client_id(&self) -> &str {
        &self.inner.by.credentials.client_id
    }

    /// Takes a token, if none is held: whether the credentials work.
    pub async fn check_credentials(&self) -> Result<(), Error> {
        self.token(None).await.map(|_| ())
    }

    /// Everybody whom the filter lets through, page by page, in the server's order.
    pub fn list(&self, filter: Filter) -> Listing {
        Listing::new(self.clone(), filter)
    }

    /// Finds people by address, ID or path: reads the whole list, once, and keeps only them.
    pub async fn find<T: AsRef<str>>(
        &self,
        wanted: impl IntoIterator<Item = T>,
    ) -> Result<Lookup, Error> {
        self.list(Filter::All).look_up(Lookup::new(wanted)).await
    }

    /// One person, by ID.
    pub async fn get(&self, user: &str) -> Result<User, Error> {
        self.get_within(user, self.work()).await
    }

    /// Suspends a person, by ID. Suspending twice is no error.
    pub async fn suspend(&self, user: &str) -> Result<Acted, Error> {
        self.act(Act::Suspend, user).await
    }

    /// Reactivates a person, by ID. An active one comes back unchanged.
    pub async fn reactivate(&self, user: &str) -> Result<Acted, Error> {
        self.act(Act::Reactivate, user).await
    }
}

/// No token, no secret.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("by", &self.inner.by).finish_non_exhaustive()
    }
}
