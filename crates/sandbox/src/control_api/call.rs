//! One call of the control API, taken apart: the name in its address, its query, its body.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use super::answers::No;

const BODY_BYTES_MAX: usize = 1024 * 1024;

pub(crate) struct ControlCall {
    /// What stands in the braces of the route's address.
    name: Option<String>,
    query: Vec<(String, String)>,
    body: Bytes,
}

impl ControlCall {
    pub(super) async fn read(name: Option<String>, request: Request) -> Result<Self, No> {
        let query = request.uri().query().unwrap_or_default();
        let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let is_json = is_json(&request);
        let body = read_body(request.into_body()).await?;
        // A form of a foreign page cannot say that it is JSON.
        if !body.is_empty() && !is_json {
            return Err(No::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "the body is not said to be JSON",
                "send `Content-Type: application/json`",
            ));
        }
        Ok(Self { name, query, body })
    }

    /// Empty where the route's address has no braces.
    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// The query, of which only these keys are known, each at most once.
    pub(crate) fn query(&self, known: &[&str]) -> Result<Query<'_>, No> {
        for (at, (key, _)) in self.query.iter().enumerate() {
            if !known.contains(&key.as_str()) {
                let hint = match known {
                    [] => "this route takes none".to_owned(),
                    known => format!("there is {}", known.join(", ")),
                };
                return Err(No::invalid(format!("`{key}` is not a parameter of this route"), hint));
            }
            if self.query.iter().take(at).any(|(other, _)| other == key) {
                return Err(No::invalid(format!("`{key}` is there twice"), "leave one out"));
            }
        }
        Ok(Query(&self.query))
    }

    /// The body as JSON of this shape.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, No> {
        if self.body.is_empty() {
            return Err(No::invalid("there is no body", "send one of JSON"));
        }
        serde_json::from_slice(&self.body).map_err(|error| {
            No::invalid(
                format!("the body does not read: {error}"),
                "docs/reference/control-api.md has each body and its fields",
            )
        })
    }

    /// The same, where nothing at all means that nothing was said.
    pub(crate) fn json_or_default<T: DeserializeOwned + Default>(&self) -> Result<T, No> {
        if self.body.is_empty() { Ok(T::default()) } else { self.json() }
    }

    /// For a route that takes neither.
    pub(crate) fn nothing_more(&self) -> Result<(), No> {
        self.query(&[])?;
        #[derive(Default, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Nothing {}
        self.json_or_default::<Nothing>().map(|Nothing {}| ())
    }
}

pub(crate) struct Query<'a>(&'a [(String, String)]);

impl<'a> Query<'a> {
    pub(crate) fn get(&self, key: &str) -> Option<&'a str> {
        self.0.iter().find(|(one, _)| one == key).map(|(_, value)| value.as_str())
    }

    pub(crate) fn number(&self, key: &str) -> Result<Option<u64>, No> {
        let Some(text) = self.get(key) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| {
            No::invalid(format!("`{key}` is not a number"), "write digits, such as 30")
        })
    }
}

fn is_json(request: &Request) -> bool {
    let said = request.headers().get(header::CONTENT_TYPE).and_then(|said| said.to_str().ok());
    let kind = said.map(|said| said.split(';').next().unwrap_or_default().trim());
    kind.is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"))
}

async fn read_body(body: Body) -> Result<Bytes, No> {
    match Limited::new(body, BODY_BYTES_MAX).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(No::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the body is longer than {BODY_BYTES_MAX} bytes"),
            "send less at a time",
        )),
        Err(_) => Err(No::invalid("the body broke off", "send it again")),
    }
}
