//! What a client is made of, and making it.

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::DefaultDirectRateLimiter;
use reqwest::redirect;
use rollcall_wire::route::Family;
use rollcall_wire::secret_text::SecretText;

use crate::again::Retries;
use crate::base_url;
use crate::client::Client;
use crate::credentials::{Credentials, Product};
use crate::error::SetupError;

/// What a [`Client`] is made of. The base URL, the account, the credentials and the product must be
/// given; the rest has defaults.
#[derive(Clone)]
pub struct Builder {
    pub(crate) base: String,
    pub(crate) account: String,
    pub(crate) credentials: Credentials,
    pub(crate) product: Product,
    pub(crate) family: Family,
    pub(crate) timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) read_timeout: Duration,
    pub(crate) retries: Retries,
    pub(crate) per_second: Option<NonZeroU32>,
    pub(crate) root_certificates: Vec<Vec<u8>>,
    pub(crate) proxy: Option<SecretText>,
}

impl Builder {
    /// As [`Client::builder`].
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
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(20),
            retries: Retries::default(),
            per_second: None,
            root_certificates: Vec::new(),
            proxy: None,
        }
    }

    /// The family of addresses. `V1beta1` is the documented one, and the default.
    #[must_use]
    pub fn family(mut self, family: Family) -> Self {
        self.family = family;
        self
    }

    /// For one request, to the last byte of its answer: 30 seconds by default.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// For a connection, TLS included: 5 seconds by default.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Without a byte of the answer: 20 seconds by default.
    #[must_use]
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = timeout;
        self
    }

    /// What is tried again, how often and for how long.
    #[must_use]
    pub fn retries(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// At most so many requests a second, evenly, from this client and its clones together. Requests
    /// for tokens count.
    #[must_use]
    pub fn per_second(mut self, count: NonZeroU32) -> Self {
        self.per_second = Some(count);
        self
    }

    /// Certificates (PEM) of authorities that are trusted beside the system's. `SSL_CERT_FILE` replaces the
    /// system's.
    #[must_use]
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// Instead of what the environment says (`HTTPS_PROXY` and its like).
    #[must_use]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(SecretText::from(url.into()));
        self
    }

    /// Checks all that can be checked without asking the server. A process that has not chosen a
    /// provider of cryptography for rustls gets aws-lc-rs.
    pub fn build(self) -> Result<Client, SetupError> {
        let base = base_url::checked(&self.base)?;
        if !is_segment(&self.account) {
            return Err(SetupError::Account(self.account));
        }
        provide_cryptography();
        let http = self.http()?;
        let limiter = self.per_second.map(|count| {
            let evenly = governor::Quota::per_second(count).allow_burst(NonZeroU32::MIN);
            DefaultDirectRateLimiter::direct(evenly)
        });
        Ok(Client::new(http, base, limiter, self))
    }

    fn http(&self) -> Result<reqwest::Client, SetupError> {
        let wrong = |what| {
            move |error: reqwest::Error| {
                let why = crate::error::NoAnswer::from(error).why;
                SetupError::Http { what, why }
            }
        };
        let mut http = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(self.connect_timeout)
            .read_timeout(self.read_timeout)
            .timeout(self.timeout);
        let mut roots = Vec::new();
        for pem in &self.root_certificates {
            let found = reqwest::Certificate::from_pem_bundle(pem)
                .map_err(wrong("the root certificates"))?;
            if found.is_empty() {
                let why = "there is no certificate in PEM".to_owned();
                return Err(SetupError::Http { what: "the root certificates", why });
            }
            roots.extend(found);
        }
        if !roots.is_empty() {
            http = http.tls_certs_merge(roots);
        }
        if let Some(proxy) = &self.proxy {
            // What reqwest says of a wrong one may repeat the password in it.
            let proxy = reqwest::Proxy::all(proxy.expose()).map_err(|_| SetupError::Http {
                what: "the proxy",
                why: "it is no URL, such as http://proxy.example.com:3128".to_owned(),
            })?;
            http = http.proxy(proxy);
        }
        http.build().map_err(wrong("the HTTP client"))
    }
}

/// What can be a part of a path: the dots would lead out of it, however they are escaped.
pub(crate) fn is_segment(text: &str) -> bool {
    !matches!(text, "" | "." | "..")
}

fn provide_cryptography() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Fails only when another thread has just chosen one, which is as good.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    }
}

/// Nothing that a proxy's URL, a secret or a certificate holds.
impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("base", &base_url::without_userinfo(&self.base))
            .field("account", &self.account)
            .field("credentials", &self.credentials)
            .field("product", &self.product)
            .field("family", &self.family)
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("read_timeout", &self.read_timeout)
            .field("retries", &self.retries)
            .field("per_second", &self.per_second)
            .field("root_certificates", &self.root_certificates.len())
            .field("proxy", &self.proxy)
            .finish()
    }
}
