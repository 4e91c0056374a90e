//! One request and its answer, taken apart: the API's words, a refusal, or something else.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{RequestBuilder, Response};
use rollcall_wire::problem::Status;
use rollcall_wire::tokens::OauthError;
use serde::de::DeserializeOwned;

use crate::error::{Error, OauthRefusal, Refusal, StrangeAnswer};

/// A page of a thousand people has about 300 KiB.
const BODY_MAX_BYTES: usize = 16 * 1024 * 1024;

pub(crate) struct Answer {
    pub(crate) status: u16,
    content_type: Option<String>,
    request_id: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    body: Vec<u8>,
}

pub(crate) async fn send(request: RequestBuilder) -> Result<Answer, Error> {
    let no_answer = |error: reqwest::Error| Error::NoAnswer(error.without_url());
    let mut response = request.send().await.map_err(no_answer)?;
    let text = |response: &Response, name: &str| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let mut answer = Answer {
        status: response.status().as_u16(),
        content_type: text(&response, CONTENT_TYPE.as_str()),
        request_id: text(&response, "x-request-id"),
        retry_after: text(&response, RETRY_AFTER.as_str())
            .and_then(|seconds| seconds.trim().parse().ok())
            .map(Duration::from_secs),
        body: Vec::new(),
    };
    while let Some(chunk) = response.chunk().await.map_err(no_answer)? {
        if answer.body.len() + chunk.len() > BODY_MAX_BYTES {
            return Err(answer.strange("with a body that is too long"));
        }
        answer.body.extend_from_slice(&chunk);
    }
    Ok(answer)
}

impl Answer {
    /// What a 200 holds.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        if self.status != 200 {
            return Err(self.refusal());
        }
        serde_json::from_slice(&self.body).map_err(|error| self.strange(&error.to_string()))
    }

    pub(crate) fn refusal(&self) -> Error {
        match serde_json::from_slice::<Status>(&self.body) {
            Ok(said) => Error::Refused(Refusal {
                status: self.status,
                code: said.code,
                message: said.message,
                details: said.details,
                request_id: self.request_id.clone(),
                retry_after: self.retry_after,
            }),
            Err(_) => self.strange("without the words of a refusal"),
        }
    }

    pub(crate) fn oauth_refusal(&self) -> Error {
        match serde_json::from_slice::<OauthError>(&self.body) {
            Ok(said) => Error::Oauth(OauthRefusal {
                status: self.status,
                error: said.error.to_string(),
                description: said.error_description,
                request_id: self.request_id.clone(),
                retry_after: self.retry_after,
            }),
            Err(_) => self.strange("without the words of a refusal"),
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
}
