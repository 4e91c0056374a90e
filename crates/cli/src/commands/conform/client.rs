//! A thin client that hides nothing: no redirects, no repeats, every status, header and byte. It
//! is gentle with servers that are not on this machine.

use std::time::Duration;

use reqwest::header::{
    AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, USER_AGENT,
};
use reqwest::{Method, Url, redirect};
use rollcall_directory::fault::with_causes;
use serde_json::Value;
use tokio::time::Instant;

pub struct Client {
    http: reqwest::Client,
    base: String,
    /// Between the starts of two requests.
    pause: Duration,
    next: Option<Instant>,
}

/// What is sent.
#[derive(Clone)]
pub struct Ask {
    pub method: Method,
    /// With the query, as it is to be written.
    pub target: String,
    pub credential: Credential,
    /// Content type and text.
    pub body: Option<(&'static str, String)>,
    pub has_user_agent: bool,
}

#[derive(Clone)]
pub enum Credential {
    None,
    Basic { client_id: String, secret: String },
    Token { scheme: String, token: String },
}

/// What came back.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub json: Option<Value>,
}

const USER_AGENT_OURS: &str = concat!("Rollcall/", env!("CARGO_PKG_VERSION"));
const BODY_MAX_BYTES: usize = 8 * 1024 * 1024;
/// How long a 429 may ask for; above that its facts stay unknown.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(60);

impl Client {
    pub fn new(target: &Url, timeout: Duration, per_second: Option<u32>) -> Result<Self, String> {
        let http = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .timeout(timeout)
            .build()
            .map_err(|error| with_causes(&error))?;
        let pause =
            per_second.map_or(Duration::ZERO, |count| Duration::from_secs(1) / count.max(1));
        let base = target.as_str().trim_end_matches('/').to_owned();
        Ok(Self { http, base, pause, next: None })
    }

    /// Once more where the answer is 429 and says when.
    pub async fn send(&mut self, ask: &Ask) -> Result<Answer, String> {
        let answer = self.once(ask).await?;
        let told = answer.header(RETRY_AFTER.as_str()).and_then(|told| told.parse().ok());
        match told.map(Duration::from_secs) {
            Some(wait) if answer.status == 429 && wait <= RETRY_AFTER_MAX => {
                tokio::time::sleep(wait).await;
                self.once(ask).await
            }
            _ => Ok(answer),
        }
    }

    async fn once(&mut self, ask: &Ask) -> Result<Answer, String> {
        if let Some(next) = self.next {
            tokio::time::sleep_until(next).await;
        }
        self.next = Some(Instant::now() + self.pause);
        self.exchange(ask).await.map_err(|error| with_causes(&error.without_url()))
    }

    async fn exchange(&self, ask: &Ask) -> reqwest::Result<Answer> {
        let mut request =
            self.http.request(ask.method.clone(), format!("{}{}", self.base, ask.target));
        if ask.has_user_agent {
            request = request.header(USER_AGENT, USER_AGENT_OURS);
        }
        match &ask.credential {
            Credential::None => {}
            Credential::Basic { client_id, secret } => {
                request = request.basic_auth(client_id, Some(secret));
            }
            Credential::Token { scheme, token } => {
                if let Ok(mut value) = HeaderValue::from_str(&format!("{scheme} {token}")) {
                    value.set_sensitive(true);
                    request = request.header(AUTHORIZATION, value);
                }
            }
        }
        if let Some((kind, text)) = &ask.body {
            request = request.header(CONTENT_TYPE, *kind).body(text.clone());
        }
        let mut response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > BODY_MAX_BYTES {
                break;
            }
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let json = serde_json::from_str(&text).ok();
        Ok(Answer { status, headers, text, json })
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..300)
    }

    pub fn is_json(&self) -> bool {
        let kind = self.header(CONTENT_TYPE.as_str()).unwrap_or_default();
        kind.split(';')
            .next()
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    }

    pub fn field(&self, name: &str) -> Option<&Value> {
        self.json.as_ref()?.get(name)
    }

    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.field(name)?.as_str()
    }

    /// The access token, where it is one.
    pub fn token(&self) -> Option<&str> {
        self.text_of("access_token").filter(|token| self.is_success() && !token.is_empty())
    }

    /// The people of a page.
    pub fn people(&self) -> Option<&[Value]> {
        if self.status != 200 {
            return None;
        }
        Some(self.field("results")?.as_array()?.as_slice())
    }

    pub fn next_page_token(&self) -> Option<&str> {
        self.text_of("next_page_token").filter(|token| !token.is_empty())
    }
}
