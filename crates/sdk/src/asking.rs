//! How a call is sent: with a token, in its turn, again where that is right, and told to `tracing`.

use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::RequestBuilder;
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, USER_AGENT};
use rollcall_wire::problem::Word;
use rollcall_wire::route::{Effect, Family, Method, Route};
use rollcall_wire::secret_text::SecretText;
use rollcall_wire::tokens::SCOPE_OPENID;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use tracing::debug;

use crate::again::Next;
use crate::builder::is_segment;
use crate::client::Client;
use crate::credentials::Credentials;
use crate::error::{Error, SetupError};
use crate::exchange::{Answer, send};
use crate::token;
use crate::token_keeper::{Held, Taken};
use crate::work::Work;

/// A part of a path: all but unreserved characters is escaped.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// For taking a token back: whoever ends waits no longer.
const SIGN_OFF_MAX: Duration = Duration::from_secs(5);

/// Refusals of ours that hold for the application, whomever it asks about.
const OF_THE_APPLICATION: [Word; 4] =
    [Word::ScopeMissing, Word::AccountMismatch, Word::ProvisioningAutomated, Word::PlanNotEntitled];

/// One call of the resource API.
#[derive(Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) route: Route,
    pub(crate) user: Option<&'a str>,
    pub(crate) query: &'a [(&'a str, &'a str)],
}

impl<'a> Ask<'a> {
    /// About one person.
    pub(crate) fn about(route: Route, user: &'a str) -> Result<Self, Error> {
        if is_segment(user) {
            Ok(Self { route, user: Some(user), query: &[] })
        } else {
            Err(SetupError::User(user.to_owned()).into())
        }
    }
}

impl Client {
    pub(crate) fn work(&self) -> Work {
        Work::begin(self.inner.by.retries)
    }

    /// A call that changes nothing, until it is answered or given up. `check` says what is strange
    /// about an answer that could be read.
    pub(crate) async fn read<T: DeserializeOwned>(
        &self,
        ask: Ask<'_>,
        work: Work,
        check: impl Fn(&T) -> Option<&'static str>,
    ) -> Result<T, Error> {
        self.read_as(ask, work, |answer, sent| answer.read_checked(sent, &check)).await
    }

    /// `open` makes of an answer what is wanted, or says why it is none.
    pub(crate) async fn read_as<T>(
        &self,
        ask: Ask<'_>,
        mut work: Work,
        open: impl Fn(Answer, &[&SecretText]) -> Result<T, Error>,
    ) -> Result<T, Error> {
        loop {
            let error = match self.once(ask, &mut work, &open).await? {
                Ok(said) => return Ok(said),
                Err(error) => error,
            };
            match work.next(&error, ask.route.effect(), true) {
                Next::Renew => work.renew(error),
                Next::Wait(wait) => work.pause(wait, error).await,
                // A read has nothing to look back at.
                end @ (Next::GiveUp | Next::TimeIsUp | Next::ReadBack(_)) => {
                    return Err(work.ended(end, error));
                }
            }
        }
    }

    /// One try. The outer error ends the work: there was no token, or no time, and nothing was sent.
    /// The inner one is of this try.
    pub(crate) async fn once<T>(
        &self,
        ask: Ask<'_>,
        work: &mut Work,
        open: impl Fn(Answer, &[&SecretText]) -> Result<T, Error>,
    ) -> Result<Result<T, Error>, Error> {
        let not = work.refused;
        let held = work.within(self.token(not)).await??;
        work.held = Some(held.number);
        work.within(self.turn()).await?;
        let request = self
            .request(ask.route, ask.user)
            .query(ask.query)
            .header(AUTHORIZATION, held.taken.authorization.clone())
            .timeout(self.inner.by.timeout.min(work.left()));
        let request = match ask.route.method() {
            Method::Get => request,
            // Some servers want a length of every POST, also of one without a body.
            Method::Post => request.header(CONTENT_LENGTH, 0),
        };
        let heard = send(request).await;
        tell(ask.route, self.inner.by.family, work.attempt, &heard);
        Ok(heard.and_then(|answer| {
            let sent = [&held.taken.token, &self.inner.by.credentials.client_secret];
            open(answer, &sent).map_err(|error| of_whom(error, ask.route.effect()))
        }))
    }

    pub(crate) fn request(&self, route: Route, user: Option<&str>) -> RequestBuilder {
        let inner = &self.inner;
        let escaped = |text: &str| utf8_percent_encode(text, SEGMENT).to_string();
        let mut path =
            route.path(inner.by.family).replace("{account}", &escaped(&inner.by.account));
        if let Some(user) = user {
            path = path.replace("{user}", &escaped(user));
        }
        let address = format!("{}{path}", inner.base);
        let request = match route.method() {
            Method::Get => inner.http.get(address),
            Method::Post => inner.http.post(address),
        };
        request.header(USER_AGENT, inner.by.product.as_str())
    }

    /// Waits until the rate lets one more request go.
    async fn turn(&self) {
        if let Some(limiter) = &self.inner.limiter {
            limiter.until_ready().await;
        }
    }

    pub(crate) async fn token(&self, not: Option<u64>) -> Result<Held, Error> {
        self.inner.keeper.token(not, self.take_token()).await
    }

    async fn take_token(&self) -> Result<Taken, Error> {
        let mut work = self.work();
        loop {
            work.within(self.turn()).await?;
            let error = match self.take_token_once(&work).await {
                Ok(taken) => return Ok(taken),
                Err(error) => error,
            };
            // A token more that nobody uses changes nothing.
            match work.next(&error, Effect::Read, false) {
                Next::Wait(wait) => work.pause(wait, error).await,
                end => return Err(work.ended(end, error)),
            }
        }
    }

    async fn take_token_once(&self, work: &Work) -> Result<Taken, Error> {
        let Credentials { client_id, client_secret } = &self.inner.by.credentials;
        let asked = Instant::now();
        let request = self
            .request(Route::Token, None)
            .basic_auth(client_id, Some(client_secret.expose()))
            .form(&[("grant_type", "client_credentials"), ("scope", SCOPE_OPENID)])
            .timeout(self.inner.by.timeout.min(work.left()));
        let heard = send(request).await;
        tell(Route::Token, self.inner.by.family, work.attempt, &heard);
        let answer = heard?;
        match answer.good() {
            Some(body) => token::read(body, asked).map_err(|why| answer.strange(why)),
            None => Err(answer.oauth_refusal(&[client_secret])),
        }
    }

    /// Takes the token back, if one is held, so that nobody can use it any more. Tried once, and soon
    /// given up: a token ends by itself. The client can be used on, with another token.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let client = rollcall_sdk::Client::from_environment(rollcall_sdk::Product::new("Example", "1.0")?)?;
    /// client.check_credentials().await?;
    /// client.sign_off().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn sign_off(&self) -> Result<(), Error> {
        let Some(held) = self.inner.keeper.give().await else { return Ok(()) };
        let Credentials { client_id, client_secret } = &self.inner.by.credentials;
        let request = self
            .request(Route::Revoke, None)
            .basic_auth(client_id, Some(client_secret.expose()))
            .form(&[("token", held.taken.token.expose())])
            .timeout(SIGN_OFF_MAX.min(self.inner.by.timeout));
        let heard = send(request).await;
        tell(Route::Revoke, self.inner.by.family, 1, &heard);
        let answer = heard?;
        match answer.status {
            200 => Ok(()),
            _ => Err(answer.oauth_refusal(&[client_secret, &held.taken.token])),
        }
    }
}

/// A 403 to a read is about the application. One to an act may be about the person, unless its word
/// is known.
fn of_whom(error: Error, effect: Effect) -> Error {
    let Error::Refused(mut no) = error else { return error };
    let is_known = OF_THE_APPLICATION.iter().any(|word| word.as_str() == no.message);
    no.to_caller |= no.status == 403 && (effect == Effect::Read || is_known);
    Error::Refused(no)
}

/// One event for each try. The template of the address, never who is in it.
fn tell(route: Route, family: Family, attempt: u32, heard: &Result<Answer, Error>) {
    let (method, template) = (route.method().as_str(), route.path(family));
    match heard {
        Ok(answer) => {
            let request_id = answer.request_id.as_deref();
            debug!(method, template, attempt, status = answer.status, ?request_id, "answered");
        }
        Err(error) => debug!(method, template, attempt, %error, "not answered"),
    }
}
