//! What the two OAuth endpoints say: a token, or an error of RFC 6749.
//!
//! The permissions of an application never appear here. Every token's scope is `openid`, and
//! clients repeat `token_type` back as the scheme of their Authorization header, so it is always sent.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub const TOKEN_LIFE_SECONDS: u64 = 900;
pub const SCOPE_OPENID: &str = "openid";

/// An access token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenResponse {
    /// Opaque.
    pub access_token: String,
    /// The scheme to put before the token; compared without regard to case.
    #[schema(example = "Bearer")]
    pub token_type: String,
    /// The exact life that remains, in seconds.
    #[schema(maximum = 900, example = 900)]
    pub expires_in: u64,
    #[schema(example = "openid")]
    pub scope: String,
}

/// Prints no token.
impl fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TokenResponse { access_token: _, token_type, expires_in, scope } = self;
        f.debug_struct("TokenResponse")
            .field("access_token", &format_args!("***"))
            .field("token_type", token_type)
            .field("expires_in", expires_in)
            .field("scope", scope)
            .finish()
    }
}

/// Why an OAuth endpoint refused (RFC 6749, 5.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OauthError {
    pub error: OauthErrorCode,
    /// For the developer who reads it: printable ASCII, without secrets and ids, for clients log it.
    pub error_description: String,
}

/// The kind of an OAuth refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OauthErrorCode {
    InvalidRequest,
    InvalidClient,
    UnsupportedGrantType,
    InvalidScope,
    TemporarilyUnavailable,
    ServerError,
}

impl OauthErrorCode {
    pub const ALL: &'static [OauthErrorCode] = &[
        OauthErrorCode::InvalidRequest,
        OauthErrorCode::InvalidClient,
        OauthErrorCode::UnsupportedGrantType,
        OauthErrorCode::InvalidScope,
        OauthErrorCode::TemporarilyUnavailable,
        OauthErrorCode::ServerError,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            OauthErrorCode::InvalidRequest => "invalid_request",
            OauthErrorCode::InvalidClient => "invalid_client",
            OauthErrorCode::UnsupportedGrantType => "unsupported_grant_type",
            OauthErrorCode::InvalidScope => "invalid_scope",
            OauthErrorCode::TemporarilyUnavailable => "temporarily_unavailable",
            OauthErrorCode::ServerError => "server_error",
        }
    }

    /// The HTTP status that goes with it. A rate limit answers `temporarily_unavailable` too, but
    /// with 429: there the caller gives the status.
    pub const fn status(self) -> u16 {
        match self {
            OauthErrorCode::InvalidClient => 401,
            OauthErrorCode::InvalidRequest
            | OauthErrorCode::UnsupportedGrantType
            | OauthErrorCode::InvalidScope => 400,
            OauthErrorCode::TemporarilyUnavailable => 503,
            OauthErrorCode::ServerError => 500,
        }
    }
}

impl fmt::Display for OauthErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::route::{Body, Route};

    #[test]
    fn a_token_answer_has_numbers_as_numbers_and_prints_no_token() {
        let answer = TokenResponse {
            access_token: "very-secret".into(),
            token_type: "Bearer".into(),
            expires_in: TOKEN_LIFE_SECONDS,
            scope: SCOPE_OPENID.into(),
        };
        let on_the_wire = json!({"access_token": "very-secret", "token_type": "Bearer", "expires_in": 900, "scope": "openid"});
        assert_eq!(serde_json::to_value(&answer).unwrap(), on_the_wire);
        assert!(!format!("{answer:?}").contains("very-secret"));
    }

    #[test]
    fn an_error_word_is_the_same_in_json_and_in_code() {
        for &code in OauthErrorCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), json!(code.as_str()));
        }
    }

    #[test]
    fn the_token_route_lists_every_status_an_error_can_have() {
        for code in OauthErrorCode::ALL {
            let listed =
                Route::Token.answers().iter().find(|answer| answer.status == code.status());
            assert_eq!(listed.map(|answer| answer.body), Some(Body::OauthError), "{code}");
        }
    }
}
