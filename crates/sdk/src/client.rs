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
///
/// Each call needs a Tokio runtime. It takes a token when none is held, tries again as [`Retries`] say, and
/// ends before their deadline.
///
/// [`Retries`]: crate::Retries
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

    /// Begins a client of the application with these credentials, of this account of this server.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use rollcall_sdk::{Client, Credentials, Product, Retries};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (id, secret) = ("client-id", "client-secret");
    /// let client = Client::builder(
    ///     "https://api.1password.com",
    ///     "UXINQV4TXZ3BSJX4N4CCWJNEVA",
    ///     Credentials::new(id, secret),
    ///     Product::new("Acme-Responder", "1.4.0")?,
    /// )
    /// .per_second(10.try_into()?)
    /// .retries(Retries { deadline: Duration::from_secs(30), ..Retries::default() })
    /// .build()?;
    /// assert_eq!(client.base_url(), "https://api.1password.com");
    /// # Ok(())
    /// # }
    /// ```
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

    /// The application's client ID.
    pub fn client_id(&self) -> &str {
        &self.inner.by.credentials.client_id
    }

    /// Takes a token, if none is held: whether the credentials work. They may work and still not be allowed
    /// anything; the permissions belong to the application and are not in the token.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let client = rollcall_sdk::Client::from_environment(rollcall_sdk::Product::new("Example", "1.0")?)?;
    /// client.check_credentials().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn check_credentials(&self) -> Result<(), Error> {
        self.token(None).await.map(|_| ())
    }

    /// Everybody whom the filter lets through, page by page, in the server's order. Nothing is asked before
    /// the list is read.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let client = rollcall_sdk::Client::from_environment(rollcall_sdk::Product::new("Example", "1.0")?)?;
    /// use futures_util::TryStreamExt;
    /// use rollcall_sdk::{Filter, State};
    ///
    /// let suspended: Vec<_> = client.list(Filter::Suspended).people().try_collect().await?;
    /// assert!(suspended.iter().all(|person| person.state == State::Suspended));
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(&self, filter: Filter) -> Listing {
        Listing::new(self.clone(), filter)
    }

    /// Finds people by address, ID or path: reads the whole list, once, and keeps only them. [`Lookup`] says
    /// how addresses are compared.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let client = rollcall_sdk::Client::from_environment(rollcall_sdk::Product::new("Example", "1.0")?)?;
    /// use rollcall_sdk::Match;
    ///
    /// let wanted = ["YAEL.COHEN@example.org", "nobody@example.org"];
    /// let found = client.find(wanted).await?;
    /// for text in wanted {
    ///     match found.get(text) {
    ///         Match::One(person) => println!("{text} is {}", person.id),
    ///         Match::Many(people) => println!("{text} is the address of {} people", people.len()),
    ///         Match::None => println!("nobody is {text}"),
    ///     }
    /// }
    /// # assert!(matches!(found.get(wanted[0]), Match::One(_)));
    /// # assert_eq!(found.get(wanted[1]), Match::None);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn find<T: AsRef<str>>(
        &self,
        wanted: impl IntoIterator<Item = T>,
    ) -> Result<Lookup, Error> {
        self.list(Filter::All).look_up(Lookup::new(wanted)).await
    }

    /// One person, by ID.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let client = rollcall_sdk::Client::from_environment(rollcall_sdk::Product::new("Example", "1.0")?)?;
    /// let found = client.find(["yael.cohen@example.org"]).await?;
    /// let rollcall_sdk::Match::One(known) = found.get("yael.cohen@example.org") else { panic!() };
    /// let person = client.get(&known.id).await?;
    /// assert_eq!(person.display_name, known.display_name);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get(&self, user: &str) -> Result<User, Error> {
        self.get_within(user, self.work()).await
    }

    /// Suspends a person, by ID. Suspending twice is no error. [`act`](Client::act) says what happens when no
    /// answer comes.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let client = rollcall_sdk::Client::from_environment(rollcall_sdk::Product::new("Example", "1.0")?)?;
    /// use rollcall_sdk::{Match, State};
    ///
    /// # let found = client.find(["somchai.jaidee@rollcall.example"]).await?;
    /// # let Match::One(person) = found.get("somchai.jaidee@rollcall.example") else { panic!() };
    /// let acted = client.suspend(&person.id).await?;
    /// assert_eq!(acted.user.state, State::Suspended);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn suspend(&self, user: &str) -> Result<Acted, Error> {
        self.act(Act::Suspend, user).await
    }

    /// Reactivates a person, by ID. An active one comes back unchanged.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let client = rollcall_sdk::Client::from_environment(rollcall_sdk::Product::new("Example", "1.0")?)?;
    /// use rollcall_sdk::{Match, State};
    ///
    /// # let found = client.find(["eleni.papadopoulou@rollcall.example"]).await?;
    /// # let Match::One(person) = found.get("eleni.papadopoulou@rollcall.example") else { panic!() };
    /// let acted = client.reactivate(&person.id).await?;
    /// assert_eq!(acted.user.state, State::Active);
    /// # Ok(())
    /// # }
    /// ```
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
