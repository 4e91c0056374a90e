//! How the resource API says no: a bare google.rpc.Status whose message is a stable word.
//!
//! The word is for programs and holds nothing about anybody. What helps a person (what was refused,
//! why, what would make it work) goes into `details`, and only on servers that were set to explain.

mod word;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use word::Word;

/// Who speaks in an `ErrorInfo`.
const DOMAIN: &str = "rollcall";
const ERROR_INFO_TYPE: &str = "type.googleapis.com/google.rpc.ErrorInfo";

/// The canonical codes that occur here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    InvalidArgument,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    Unimplemented,
    Internal,
    Unavailable,
    Unauthenticated,
}

impl Code {
    pub const fn number(self) -> i32 {
        match self {
            Code::InvalidArgument => 3,
            Code::NotFound => 5,
            Code::PermissionDenied => 7,
            Code::ResourceExhausted => 8,
            Code::Unimplemented => 12,
            Code::Internal => 13,
            Code::Unavailable => 14,
            Code::Unauthenticated => 16,
        }
    }

    /// The status that usually goes with the code; `Word::http_status` has the exceptions.
    pub const fn http_status(self) -> u16 {
        match self {
            Code::InvalidArgument => 400,
            Code::NotFound => 404,
            Code::PermissionDenied => 403,
            Code::ResourceExhausted => 429,
            Code::Unimplemented => 405,
            Code::Internal => 500,
            Code::Unavailable => 503,
            Code::Unauthenticated => 401,
        }
    }
}

/// Why a call was refused (google.rpc.Status).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = google::rpc::Status, title = "google.rpc.Status")]
pub struct Status {
    /// The canonical code.
    #[schema(example = 7)]
    pub code: i32,
    /// A stable word in snake_case.
    #[schema(example = "no_owner_remain")]
    pub message: String,
    /// Empty, unless the server is set to explain.
    // Untyped, for another server may say something else here, and its refusal must still be read.
    #[schema(value_type = Vec<ErrorInfo>)]
    pub details: Vec<serde_json::Value>,
}

impl Status {
    pub fn new(word: Word) -> Status {
        Status { code: word.code().number(), message: word.as_str().to_owned(), details: vec![] }
    }

    /// The same, with the word's explanation and what else is known about this case.
    pub fn explained(word: Word, metadata: &[(&str, String)]) -> Status {
        let mut known: BTreeMap<String, String> =
            metadata.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        known.insert("explanation".to_owned(), word.explanation().to_owned());
        let info = ErrorInfo {
            type_url: ERROR_INFO_TYPE.to_owned(),
            reason: word.as_str().to_ascii_uppercase(),
            domain: DOMAIN.to_owned(),
            metadata: known,
        };
        let info = serde_json::to_value(info).expect("a struct of texts is JSON");
        Status { details: vec![info], ..Status::new(word) }
    }
}

/// The explanation of a refusal (google.rpc.ErrorInfo).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = google::rpc::ErrorInfo, title = "google.rpc.ErrorInfo")]
pub struct ErrorInfo {
    #[serde(rename = "@type")]
    pub type_url: String,
    /// The message word in upper case.
    pub reason: String,
    pub domain: String,
    pub metadata: BTreeMap<String, String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_plain_status_has_empty_details() {
        let printed = serde_json::to_string(&Status::new(Word::NoOwnerRemain)).unwrap();
        assert_eq!(printed, r#"{"code":7,"message":"no_owner_remain","details":[]}"#);
    }

    #[test]
    fn an_explained_status_says_why_and_what_is_known() {
        let status =
            Status::explained(Word::ScopeMissing, &[("permission", "suspend_users".to_owned())]);
        let info = json!({
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "SCOPE_MISSING",
            "domain": "rollcall",
            "metadata": { "permission": "suspend_users", "explanation": Word::ScopeMissing.explanation() },
        });
        assert_eq!((status.code, &*status.message), (7, "scope_missing"));
        assert_eq!(status.details, [info]);
    }

    #[test]
    fn a_status_of_another_server_is_read_whatever_its_details_are() {
        let foreign = r#"{"code":9,"message":"x","details":[{"@type":"other","a":[1]}],"more":1}"#;
        assert_eq!(serde_json::from_str::<Status>(foreign).unwrap().details.len(), 1);
    }
}
