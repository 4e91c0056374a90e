//! The client: one account of one server, as one application of it.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::DefaultDirectRateLimiter;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{AUTHORIZATION, HeaderValue, USER_AGENT};
use reqwest::redirect;
use rollcall_wire::route::{Family, Method, Route};
use rollcall_wire::secret_text::SecretText;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::{Host, Url};

use crate::again::Retries;
use crate::credentials::{Credentials, Product};
use crate::error::{Error, SetupError};
use crate::exchange::send;
use crate::paging::{Filter, Listing};
use crate::token_keeper::TokenKeeper;
use crate::users::{Act, Acted, How, User};

/// A part of a path: all but unreserved characters is escaped.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a client is made of.
#[derive(Clone, Debug)]
pub struct Builder {
    base: String,
    account: String,
    credentials: Credentials,
    product: Product,
    family: Family,
    timeout: Duration,
    retries: Retries,
    per_second: Option<NonZeroU32>,
    root_certificates: Vec<Vec<u8>>,
    proxy: Option<String>,
}

impl Builder {
    pub fn new(
        base: impl Into<String>,
        account: impl Into<String>,
        credentials: Credentials,
        product: Product,
    ) -> Self {
        Self {
            base: base.into(),
            account: account.into(),
            credentials,
            product,
            family: Family::V1beta1,
            timeout: Duration::from_secs(30),
            retries: Retries::default(),
            per_second: None,
            root_certificates: Vec::new(),
            proxy: None,
        }
    }

    /// The family of addresses. `V1beta1` is the documented one.
    #[must_use]
    pub fn family(mut self, family: Family) -> Self {
        self.family = family;
        self
    }

    /// For one request, to the last byte of its answer.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    #[must_use]
    pub fn retries(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// At most so many requests a second, from this client and its clones together.
    #[must_use]
    pub fn per_second(mut self, count: NonZeroU32) -> Self {
        self.per_second = Some(count);
        self
    }

    /// Certificates (PEM) of authorities that are trusted beside the system's.
    #[must_use]
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// Instead of what the environment says (`HTTPS_PROXY` and its like).
    #[must_use]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    pub fn build(self) -> Result<Client, SetupError> {
        let base = checked_base(&self.base)?;
        if self.account.is_empty() {
            return Err(SetupError::Account(self.account));
        }
        let wrong = |what| {
            move |error: reqwest::Error| SetupError::Http {
                what,
                why: error.without_url().to_string(),
            }
        };
        let mut http = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .timeout(self.timeout);
        for pem in &self.root_certificates {
            for certificate in reqwest::Certificate::from_pem_bundle(pem)
                .map_err(wrong("the root certificates"))?
            {
                http = http.add_root_certificate(certificate);
            }
        }
        if let Some(proxy) = &self.proxy {
            http = http.proxy(reqwest::Proxy::all(proxy).map_err(wrong("the proxy"))?);
        }
        let http = http.build().map_err(wrong("the HTTP client"))?;
        let limiter = self.per_second.map(|count| {
            DefaultDirectRateLimiter::direct(
                governor::Quota::per_second(count).allow_burst(NonZeroU32::MIN),
            )
        });
        let keeper = TokenKeeper::default();
        Ok(Client { inner: Arc::new(Inner { http, base, limiter, keeper, by: self }) })
    }
}

fn checked_base(base: &str) -> Result<String, SetupError> {
    let no_base = || SetupError::BaseUrl(base.to_owned());
    let url = Url::parse(base).map_err(|_| no_base())?;
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err(no_base()),
    };
    let is_bare = url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    match url.scheme() {
        "https" if is_bare => {}
        "http" if is_bare && is_loopback => {}
        "http" if is_bare => return Err(SetupError::Clear(base.to_owned())),
        _ => return Err(no_base()),
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// One account of one server, as one application of it. Clones share token, rate and connections.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    http: reqwest::Client,
    base: String,
    limiter: Option<DefaultDirectRateLimiter>,
    keeper: TokenKeeper,
    by: Builder,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    token_type: String,
    expires_in: u64,
}

impl Client {
    pub fn builder(
        base: impl Into<String>,
        account: impl Into<String>,
        credentials: Credentials,
        product: Product,
    ) -> Builder {
        Builder::new(base, account, credentials, product)
    }

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

    pub async fn get(&self, user: &str) -> Result<User, Error> {
        self.call(Route::GetUser, &[("{user}", user)], &[]).await
    }

    pub async fn suspend(&self, user: &str) -> Result<Acted, Error> {
        self.act(Act::Suspend, user).await
    }

    pub async fn reactivate(&self, user: &str) -> Result<Acted, Error> {
        self.act(Act::Reactivate, user).await
    }

    pub async fn act(&self, act: Act, user: &str) -> Result<Acted, Error> {
        let route = match act {
            Act::Suspend => Route::SuspendUser,
            Act::Reactivate => Route::ReactivateUser,
        };
        let user = self.call(route, &[("{user}", user)], &[]).await?;
        Ok(Acted { user, how: How::Answered })
    }

    /// One call of the resource API.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        route: Route,
        names: &[(&str, &str)],
        query: &[(&str, &str)],
    ) -> Result<T, Error> {
        let held = self.token(None).await?;
        let request = self
            .request(route, names)
            .query(query)
            .header(AUTHORIZATION, authorization(&held.authorization)?);
        send(request).await?.read()
    }

    fn request(&self, route: Route, names: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let inner = &self.inner;
        let escaped = |text: &str| utf8_percent_encode(text, SEGMENT).to_string();
        let mut path =
            route.path(inner.by.family).replace("{account}", &escaped(&inner.by.account));
        for (name, value) in names {
            path = path.replace(name, &escaped(value));
        }
        let method = match route.method() {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        inner
            .http
            .request(method, format!("{}{path}", inner.base))
            .header(USER_AGENT, inner.by.product.as_str())
    }

    pub(crate) async fn token(&self, not: Option<u64>) -> Result<crate::token_keeper::Held, Error> {
        self.inner.keeper.token(not, async || self.take_token().await).await
    }

    async fn take_token(&self) -> Result<(SecretText, Duration), Error> {
        let Credentials { client_id, client_secret } = &self.inner.by.credentials;
        let request = self
            .request(Route::Token, &[])
            .basic_auth(client_id, Some(client_secret.expose()))
            .form(&[("grant_type", "client_credentials"), ("scope", "openid")]);
        let answer = send(request).await?;
        if answer.status != 200 {
            return Err(answer.oauth_refusal());
        }
        let said: TokenAnswer = answer.read()?;
        let authorization = format!("{} {}", said.token_type, said.access_token);
        Ok((SecretText::from(authorization), Duration::from_secs(said.expires_in)))
    }
}

fn authorization(text: &SecretText) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(text.expose()).map_err(|_| SetupError::Http {
        what: "the token",
        why: "it cannot stand in a header".to_owned(),
    })?;
    value.set_sensitive(true);
    Ok(value)
}
