//! What each route can answer: every status with its body and the reason for it.
//!
//! The OpenAPI document prints this list and a fuzzer holds the server to it, so a status that is
//! missing here is a defect, either of the list or of the server.

use super::Route;

/// One status a route can answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: Body,
    pub when: &'static str,
}

/// What stands in the body of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Body {
    User,
    UserPage,
    Token,
    OauthError,
    Status,
    Empty,
    OpenApi,
    Metadata,
}

pub(super) const fn of(route: Route) -> &'static [Answer] {
    match route {
        Route::Token => TOKEN,
        Route::Revoke => REVOKE,
        Route::ListUsers => LIST_USERS,
        Route::GetUser => GET_USER,
        Route::SuspendUser => SUSPEND_USER,
        Route::ReactivateUser => REACTIVATE_USER,
        Route::OpenApi => OPEN_API,
        Route::Metadata => METADATA,
    }
}

const TOKEN: &[Answer] = &[
    answer(200, Body::Token, "An access token, good for fifteen minutes."),
    answer(
        400,
        Body::OauthError,
        "invalid_request, unsupported_grant_type or invalid_scope: the form is not one this endpoint takes, \
         or a header was given twice.",
    ),
    NO_SUCH_CLIENT,
    OAUTH_TOO_MANY,
    OAUTH_FAULT,
    OAUTH_AWAY,
];

const REVOKE: &[Answer] = &[
    answer(200, Body::Empty, "The token does not work, whether it did before or not."),
    answer(
        400,
        Body::OauthError,
        "invalid_request: no token in the form, or a header was given twice.",
    ),
    NO_SUCH_CLIENT,
    OAUTH_TOO_MANY,
    OAUTH_FAULT,
    OAUTH_AWAY,
];

const LIST_USERS: &[Answer] = &[
    answer(
        200,
        Body::UserPage,
        "A page of people; next_page_token is there only when there is more.",
    ),
    answer(
        400,
        Body::Status,
        "A filter, page size or page token that cannot be used, a parameter given twice with different values, \
         a header given twice, or a token in the query.",
    ),
    UNAUTHENTICATED,
    FORBIDDEN,
    TOO_MANY,
    FAULT,
    AWAY,
];

const GET_USER: &[Answer] = &[
    answer(200, Body::User, "The person."),
    BAD_REQUEST,
    UNAUTHENTICATED,
    FORBIDDEN,
    NO_SUCH_USER,
    TOO_MANY,
    FAULT,
    AWAY,
];

const SUSPEND_USER: &[Answer] = &[
    answer(200, Body::User, "The person, suspended."),
    BAD_REQUEST,
    UNAUTHENTICATED,
    answer(
        403,
        Body::Status,
        "The application may not do this, the account is another one, the person is managed elsewhere, \
         or nobody would be left who owns the account.",
    ),
    NO_SUCH_USER,
    BODY_TOO_LARGE,
    TOO_MANY,
    FAULT,
    AWAY,
];

const REACTIVATE_USER: &[Answer] = &[
    answer(200, Body::User, "The person, active."),
    BAD_REQUEST,
    UNAUTHENTICATED,
    FORBIDDEN,
    NO_SUCH_USER,
    BODY_TOO_LARGE,
    TOO_MANY,
    FAULT,
    AWAY,
];

const OPEN_API: &[Answer] = &[answer(200, Body::OpenApi, "The OpenAPI document."), HEADER_TWICE];

const METADATA: &[Answer] =
    &[answer(200, Body::Metadata, "The authorization server's metadata."), HEADER_TWICE];

const HEADER_TWICE: Answer =
    answer(400, Body::Status, "A Host or Authorization header was given twice.");
const BAD_REQUEST: Answer =
    answer(400, Body::Status, "A header was given twice, or a token stood in the query.");
const UNAUTHENTICATED: Answer =
    answer(401, Body::Status, "No token, or one that is unknown, ended or revoked.");
const FORBIDDEN: Answer =
    answer(403, Body::Status, "The application may not do this, or the account is another one.");
const NO_SUCH_USER: Answer = answer(404, Body::Status, "The account has no such person.");
const BODY_TOO_LARGE: Answer =
    answer(413, Body::Status, "The body, which is ignored, is larger than 64 KiB.");
const TOO_MANY: Answer =
    answer(429, Body::Status, "Too many calls; Retry-After says when to come again.");
const FAULT: Answer = answer(500, Body::Status, "A fault of the server.");
const AWAY: Answer = answer(
    503,
    Body::Status,
    "The server cannot answer safely now; Retry-After says when to come again.",
);

const NO_SUCH_CLIENT: Answer = answer(
    401,
    Body::OauthError,
    "invalid_client: no, unknown or wrong client credentials, or not by HTTP Basic.",
);
const OAUTH_TOO_MANY: Answer =
    answer(429, Body::OauthError, "Too many attempts; Retry-After says when to come again.");
const OAUTH_FAULT: Answer = answer(500, Body::OauthError, "server_error: a fault of the server.");
const OAUTH_AWAY: Answer = answer(
    503,
    Body::OauthError,
    "The server cannot answer safely now; Retry-After says when to come again.",
);

const fn answer(status: u16, body: Body, when: &'static str) -> Answer {
    Answer { status, body, when }
}
