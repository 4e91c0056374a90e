//! A right client of the Users API, to copy from: reqwest.
//!
//! rollcall-example list | suspend EMAIL | reactivate EMAIL
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it speaks to whoever runs it")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;

const PAGE_SIZE: &str = "20"; // a page may hold up to 1000
const TRIES: u32 = 5;

#[derive(Deserialize)]
struct Token {
    access_token: String,
    expires_in: u64,
}

// Fields that are not named here are passed over.
#[derive(Deserialize)]
struct User {
    id: String,
    email: String,
    display_name: String,
    state: String,
}

#[derive(Deserialize)]
struct Page {
    results: Vec<User>,
    next_page_token: Option<String>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Read,
    Act,
}

#[derive(Debug, thiserror::Error)]
enum No {
    /// The same again would be no again.
    #[error("{0}: {1}")]
    Refused(StatusCode, String),
    #[error("an act was sent, and nobody said what became of it")]
    Unclear,
    #[error("not answered well in {TRIES} tries")]
    NotAnswered,
}

struct Api {
    http: Client,
    base: String,
    users: String,
    token: Option<(Token, Instant)>,
}

impl Api {
    fn from_environment() -> Result<Self> {
        let base = std::env::var("ROLLCALL_URL").unwrap_or("https://api.1password.com".to_owned());
        let base = format!("{base}/v1beta1");
        let users = format!("{base}/accounts/{}/users", variable("ROLLCALL_ACCOUNT_ID")?);
        let http = Client::builder()
            .user_agent("ExampleCompany/1.0")
            .timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self { http, base, users, token: None })
    }

    /// By HTTP Basic: the secret never goes into an address.
    async fn take_token(&mut self) -> Result<()> {
        let (id, secret) = (variable("ROLLCALL_CLIENT_ID")?, variable("ROLLCALL_CLIENT_SECRET")?);
        let request = self.http.post(format!("{}/users/oauth2/token", self.base));
        let form = [("grant_type", "client_credentials"), ("scope", "openid")];
        let request = request.basic_auth(id, Some(secret)).form(&form);
        let token: Token = patiently(Kind::Read, request).await?;
        let ends = Instant::now() + Duration::from_secs(token.expires_in);
        self.token = Some((token, ends));
        Ok(())
    }

    async fn call<T: DeserializeOwned>(
        &mut self,
        kind: Kind,
        request: RequestBuilder,
    ) -> Result<T> {
        let again = request.try_clone().context("a request without a body")?;
        match patiently(kind, request.bearer_auth(self.token().await?)).await {
            Err(No::Refused(StatusCode::UNAUTHORIZED, _)) => {
                self.token = None; // it has ended: renewed once, and no oftener
                Ok(patiently(kind, again.bearer_auth(self.token().await?)).await?)
            }
            done => Ok(done?),
        }
    }

    async fn token(&mut self) -> Result<&str> {
        if self.token.as_ref().is_none_or(|(_, ends)| Instant::now() >= *ends) {
            self.take_token().await?;
        }
        let (token, _) = self.token.as_ref().context("a token was taken")?;
        Ok(&token.access_token)
    }

    async fn people(&mut self) -> Result<Vec<User>> {
        let (mut found, mut next) = (Vec::new(), None::<String>);
        loop {
            let mut query = vec![("max_page_size", PAGE_SIZE)];
            query.extend(next.as_deref().map(|next| ("page_token", next)));
            let address = Url::parse_with_params(&self.users, query)?;
            let page: Page = self.call(Kind::Read, self.http.get(address)).await?;
            found.extend(page.results); // may be empty with more to come
            next = page.next_page_token.filter(|next| !next.is_empty());
            if next.is_none() {
                return Ok(found);
            }
        }
    }

    async fn act(&mut self, verb: &str, email: &str) -> Result<User> {
        let after = if verb == "suspend" { "SUSPENDED" } else { "ACTIVE" };
        let user = self.people().await?.into_iter().find(|user| user.email == email);
        let address = match user {
            Some(user) => format!("{}/{}", self.users, user.id),
            None => bail!("nobody has the address {email}"),
        };
        for _ in 0..TRIES {
            let done = self.call(Kind::Act, self.http.post(format!("{address}:{verb}"))).await;
            match done {
                Err(no) if matches!(no.downcast_ref(), Some(No::Unclear)) => {}
                done => return done,
            }
            // Look before it is sent again: it may be done.
            let now: User = self.call(Kind::Read, self.http.get(&address)).await?;
            if now.state == after {
                return Ok(now);
            }
        }
        bail!("nobody said what became of {verb} in {TRIES} tries")
    }
}

/// Sends; waits and sends again where that is right. An act is only repeated after a 429.
async fn patiently<T: DeserializeOwned>(kind: Kind, request: RequestBuilder) -> Result<T, No> {
    for attempt in 0..TRIES {
        let mut wait = Duration::from_secs(1 << attempt);
        let mut status = None;
        let request = request.try_clone().ok_or(No::NotAnswered)?;
        if let Ok(answer) = request.send().await {
            let code = answer.status();
            status = Some(code);
            let told = answer.headers().get(RETRY_AFTER).and_then(|told| told.to_str().ok());
            if let Some(seconds) = told.and_then(|told| told.parse().ok()) {
                wait = Duration::from_secs(seconds);
            }
            if code.is_success() {
                if let Ok(read) = answer.json().await {
                    return Ok(read);
                }
            } else if code != StatusCode::TOO_MANY_REQUESTS && !code.is_server_error() {
                return Err(No::Refused(code, answer.text().await.unwrap_or_default()));
            }
        }
        tokio::time::sleep(wait).await;
        if kind == Kind::Act && status != Some(StatusCode::TOO_MANY_REQUESTS) {
            return Err(No::Unclear);
        }
    }
    Err(No::NotAnswered)
}

fn variable(name: &str) -> Result<String> {
    std::env::var(name).with_context(|| format!("{name} is not set"))
}

async fn run() -> Result<()> {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    if words.is_empty() {
        let exam = ["ROLLCALL_EXAM_TASK", "ROLLCALL_EXAM_USER_EMAIL"];
        words.extend(exam.iter().filter_map(|name| std::env::var(name).ok()));
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut api = Api::from_environment()?;
    let shown = match words[..] {
        ["list", ..] => api.people().await?,
        [verb @ ("suspend" | "reactivate"), email] => vec![api.act(verb, email).await?],
        _ => bail!("say list, suspend EMAIL or reactivate EMAIL"),
    };
    for user in shown {
        println!("{}\t{}\t{}", user.state, user.email, user.display_name);
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    // The one provider of cryptography; an error would say that it is there already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(no) => {
            eprintln!("refused: {no:#}");
            ExitCode::FAILURE
        }
    }
}
