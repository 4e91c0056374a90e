//! One request and its answer, taken apart: the API's words, a refusal, or something else.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, DATE, RETRY_AFTER};
use reqwest::{RequestBuilder, Response};
use rollcall_wire::secret_text::SecretText;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, OauthRefusal, Refusal, StrangeAnswer};
use crate::retry_after;

/// A page of a thousand people has about 300 KiB.
const BODY_MAX_BYTES: usize = 16 * 1024 * 1024;
/// What is kept of the words of an answer that is not understood.
const WHY_MAX_CHARS: usize = 200;

pub(crate) struct Answer {
    pub(crate) status: u16,
    content_type: Option<String>,
    pub(crate) request_id: Option<String>,
    retry_after: Option<Duration>,
    body: Vec<u8>,
}

/// A `google.rpc.Status`, of whoever made it.
#[derive(Deserialize)]
struct StatusRead {
    code: i32,
    message: String,
    #[serde(default)]
    details: Vec<serde_json::Value>,
}

/// The word may be one that is not known here, and the description is optional (RFC 6749, 5.2).
#[derive(Deserialize)]
struct OauthRead {
    error: String,
    #[serde(default)]
    error_description: String,
}

pub(crate) async fn send(request: RequestBuilder) -> Result<Answer, Error> {
    let no_answer = |error: reqwest::Error| Error::NoAnswer(error.into());
    let mut response = request.send().await.map_err(no_answer)?;
    let text = |response: &Response, name: &str| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let date = text(&response, DATE.as_str());
    let mut answer = Answer {
        status: response.status().as_u16(),
        content_type: text(&response, CONTENT_TYPE.as_str()),
        request_id: text(&response, "x-request-id"),
        retry_after: text(&response, RETRY_AFTER.as_str())
            .and_then(|said| retry_after::parse(&said, date.as_deref(), retry_after::clock)),
        body: Vec::new(),
    };
    let length = response.content_length().and_then(|length| usize::try_from(length).ok());
    answer.body.reserve_exact(length.unwrap_or(0).min(BODY_MAX_BYTES));
    while let Some(chunk) = response.chunk().await.map_err(no_answer)? {
        if answer.body.len() + chunk.len() > BODY_MAX_BYTES {
            return Err(answer.strange("with a body that is too long"));
        }
        answer.body.extend_from_slice(&chunk);
    }
    Ok(answer)
}

impl Answer {
    /// A 200's body.
    pub(crate) fn good(&self) -> Option<&[u8]> {
        (self.status == 200).then_some(self.body.as_slice())
    }

    /// What a 200 holds.
    pub(crate) fn read<T: DeserializeOwned>(&self, sent: &[&SecretText]) -> Result<T, Error> {
        match self.good() {
            None => Err(self.refusal(sent)),
            Some(body) => serde_json::from_slice(body).map_err(|error| {
                let why: String = format!("with a body that is not as documented: {error}")
                    .chars()
                    .take(WHY_MAX_CHARS)
                    .collect();
                self.strange(&why)
            }),
        }
    }

    /// `check` says what is strange about what could be read.
    pub(crate) fn read_checked<T: DeserializeOwned>(
        &self,
        sent: &[&SecretText],
        check: impl Fn(&T) -> Option<&'static str>,
    ) -> Result<T, Error> {
        let said = self.read(sent)?;
        check(&said).map_or(Ok(said), |why| Err(self.strange(why)))
    }

    /// A refusal of the resource API. What was sent and is secret may come back in it, and goes no
    /// further.
    pub(crate) fn refusal(&self, sent: &[&SecretText]) -> Error {
        match serde_json::from_slice::<StatusRead>(&self.masked(sent)) {
            Ok(said) if self.status >= 400 => Error::Refused(Refusal {
                status: self.status,
                code: said.code,
                message: said.message,
                details: said.details,
                request_id: self.request_id.clone(),
                retry_after: self.retry_after,
                to_caller: self.status == 401,
            }),
            _ => self.strange("without the words of a refusal"),
        }
    }

    pub(crate) fn oauth_refusal(&self, sent: &[&SecretText]) -> Error {
        match serde_json::from_slice::<OauthRead>(&self.masked(sent)) {
            Ok(said) if self.status >= 400 => Error::Oauth(OauthRefusal {
                status: self.status,
                error: said.error,
                description: said.error_description,
                request_id: self.request_id.clone(),
                retry_after: self.retry_after,
            }),
            _ => self.strange("without the words of a refusal"),
        }
    }

    pub(crate) fn strange(&self, why: &str) -> Error {
        Error::Strange(StrangeAnswer {
            status: self.status,
            content_type: self.content_type.clone(),
            why: why.to_owned(),
            request_id: self.request_id.clone(),
            retry_after: self.retry_after,
        })
    }

    fn masked(&self, sent: &[&SecretText]) -> Vec<u8> {
        let mut text = String::from_utf8_lossy(&self.body).into_owned();
        for secret in sent.iter().map(|secret| secret.expose()).filter(|text| !text.is_empty()) {
            if text.contains(secret) {
                text = text.replace(secret, "***");
            }
        }
        text.into_bytes()
    }
}
