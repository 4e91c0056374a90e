//! Answers that are not what was hoped for, with all that they said.

use std::error::Error as _;
use std::fmt;
use std::time::Duration;

/// A refusal of the token endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OauthRefusal {
    /// The HTTP status.
    pub status: u16,
    /// `invalid_client` and the like.
    pub error: String,
    /// For the developer; may be empty.
    pub description: String,
    /// What the server called the request, for whoever runs it.
    pub request_id: Option<String>,
    /// After how long it asked to come back, counted from its answer.
    pub retry_after: Option<Duration>,
}

/// A `google.rpc.Status`, and what came with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The canonical code, such as 7 for PERMISSION_DENIED.
    pub code: i32,
    /// A word for programs.
    pub message: String,
    /// What the server told beside the word, untyped.
    pub details: Vec<serde_json::Value>,
    /// What the server called the request, for whoever runs it.
    pub request_id: Option<String>,
    /// After how long it asked to come back, counted from its answer.
    pub retry_after: Option<Duration>,
    /// It says no to the application, whatever it asks of this kind, and not to this one thing.
    pub to_caller: bool,
}

impl Refusal {
    /// For a person: what was refused, why, and what would make it work. Servers that explain put it
    /// into a `google.rpc.ErrorInfo`; the hosted service was not seen to.
    pub fn explanation(&self) -> Option<&str> {
        self.details
            .iter()
            .filter(|detail| {
                detail["@type"].as_str().is_some_and(|of| of.ends_with("google.rpc.ErrorInfo"))
            })
            .find_map(|info| info["metadata"]["explanation"].as_str())
    }
}

/// An answer that is not the API's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StrangeAnswer {
    /// The HTTP status.
    pub status: u16,
    /// What it said that its body is.
    pub content_type: Option<String>,
    /// What was wrong about it.
    pub why: String,
    /// What the server called the request, for whoever runs it.
    pub request_id: Option<String>,
    /// After how long it asked to come back, counted from its answer.
    pub retry_after: Option<Duration>,
}

/// No answer, or not all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoAnswer {
    /// Whether the request may have reached the server. Not, when no connection came about.
    pub sent: bool,
    /// It took too long.
    pub timed_out: bool,
    /// It will be no other way the next time: the certificate is not one to trust.
    pub lasting: bool,
    /// What happened, without the address, which may hold what is secret.
    pub why: String,
}

impl From<reqwest::Error> for NoAnswer {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let (sent, timed_out) = (!error.is_connect() && !error.is_builder(), error.is_timeout());
        let mut lasting = false;
        let mut why = error.to_string();
        let mut next = error.source();
        while let Some(cause) = next {
            lasting |= is_about_a_certificate(cause);
            let said = cause.to_string();
            // Several layers of a client say the same.
            if !why.ends_with(&said) {
                why = format!("{why}: {said}");
            }
            next = cause.source();
        }
        Self { sent, timed_out, lasting, why }
    }
}

fn is_about_a_certificate(cause: &(dyn std::error::Error + 'static)) -> bool {
    // An I/O error passes over what it holds when it is asked for its source; layers of them do so
    // layer by layer.
    match cause.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref()) {
        Some(inner) => is_about_a_certificate(inner),
        None => {
            let of_tls = cause.downcast_ref::<rustls::Error>();
            matches!(of_tls, Some(rustls::Error::InvalidCertificate(_)))
        }
    }
}

impl fmt::Display for OauthRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.error)?;
        if !self.description.is_empty() {
            write!(f, ": {}", self.description)?;
        }
        come_back(f, self.retry_after)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} (code {})", self.status, self.message, self.code)?;
        if let Some(explanation) = self.explanation() {
            write!(f, ": {explanation}")?;
        }
        come_back(f, self.retry_after)
    }
}

impl fmt::Display for StrangeAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an answer that is not the API's: {} {}", self.status, self.why)?;
        come_back(f, self.retry_after)
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

fn come_back(f: &mut fmt::Formatter<'_>, after: Option<Duration>) -> fmt::Result {
    match after {
        Some(after) => write!(f, "; it asks to come back in {} s", after.as_secs()),
        None => Ok(()),
    }
}
