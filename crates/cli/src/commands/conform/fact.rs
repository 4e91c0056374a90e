//! The list of what is known of the Users API: each fact with what it asks of a server, where it
//! is written, and how sure it is.

use rollcall_wire::route::Family;

/// How sure a fact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sure {
    /// 1Password's public pages or its OpenAPI file say so.
    Documented,
    /// Shipped clients rest on it.
    Seen,
    /// A standard says so, and nothing speaks against it.
    Inferred,
    /// Nobody says; it is how Rollcall answers.
    OurChoice,
}

impl Sure {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Seen => "seen in clients",
            Self::Inferred => "inferred",
            Self::OurChoice => "our choice",
        }
    }

    /// Whether a server that differs is wrong. Else it is only told.
    pub const fn binds(self) -> bool {
        match self {
            Self::Documented | Self::Seen => true,
            Self::Inferred | Self::OurChoice => false,
        }
    }
}

macro_rules! facts {
    ($($name:ident $id:literal $sure:ident $source:ident $asks:literal;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Fact { $($name,)* }

        impl Fact {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// What it asks of a server.
            pub const fn asks(self) -> &'static str {
                match self { $(Self::$name => $asks,)* }
            }

            pub const fn source(self) -> &'static str {
                match self { $(Self::$name => $source,)* }
            }

            const fn sure(self) -> Sure {
                match self { $(Self::$name => Sure::$sure,)* }
            }
        }
    };
}

const AUTH: &str = "https://www.1password.dev/users-api/authorization.md";
const TOKEN: &str = "https://www.1password.dev/users-api/request-access-token";
const REVOKE: &str = "https://developer.1password.com/docs/users-api/revoke-access-token";
const LIST: &str = "https://www.1password.dev/users-api/list-users";
const GET: &str = "https://www.1password.dev/users-api/get-user";
const SUSPEND: &str = "https://www.1password.dev/users-api/suspend-user";
const REACTIVATE: &str = "https://developer.1password.com/docs/users-api/reactivate-user";
const OPENAPI: &str = "https://www.1password.dev/users-api/reference.md";
const CONNECTOR: &str = "https://github.com/elastic/kibana/pull/255076";
const PROVIDERS: &str =
    "https://github.com/NangoHQ/nango/blob/master/packages/providers/providers.yaml";
const OAUTH_TOKEN: &str = "https://www.rfc-editor.org/rfc/rfc6749#section-5.1";
const OAUTH_ERROR: &str = "https://www.rfc-editor.org/rfc/rfc6749#section-5.2";
const OAUTH_CLIENT: &str = "https://www.rfc-editor.org/rfc/rfc6749#section-4.4.3";
const REVOCATION: &str = "https://www.rfc-editor.org/rfc/rfc7009#section-2";
const BEARER: &str = "https://www.rfc-editor.org/rfc/rfc6750#section-3";
const SCHEME: &str = "https://www.rfc-editor.org/rfc/rfc9110#section-11.1";
const METHODS: &str = "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6";
const PERCENT: &str = "https://www.rfc-editor.org/rfc/rfc3986#section-2.4";
const PAGES: &str = "https://google.aip.dev/158";
const ERRORS: &str = "https://google.aip.dev/193";
const CODES: &str = "https://github.com/grpc-ecosystem/grpc-gateway/blob/main/runtime/errors.go";
const OURS: &str = "docs/our-choices.md";

facts! {
    TokenStatus "token-status" Seen CONNECTOR "A right request for a token is answered exactly 200.";
    TokenJson "token-json" Inferred OAUTH_TOKEN "A token comes as `application/json`.";
    TokenType "token-type" Documented AUTH "`token_type` is there and says bearer, in any case.";
    TokenExpiresIn "token-expires-in" Documented AUTH "`expires_in` is a number of seconds, at most 900.";
    TokenScope "token-scope" Inferred OAUTH_TOKEN "`scope` says `openid`.";
    TokenNoRefresh "token-no-refresh" Inferred OAUTH_CLIENT "There is no refresh token.";
    TokenNotStored "token-not-stored" Inferred OAUTH_TOKEN "An answer with a token says `Cache-Control: no-store`.";
    TokenScopeOpenid "token-scope-openid" Documented TOKEN "`scope=openid` may be asked for.";
    TokenCharset "token-charset" Seen CONNECTOR "The form's content type may carry a charset.";
    TokensSideBySide "tokens-side-by-side" Seen PROVIDERS "A new token leaves the older ones alive.";
    TokenWrongSecret "token-wrong-secret" Seen CONNECTOR "A wrong secret is answered 401.";
    TokenWrongSecretError "token-wrong-secret-error" Inferred OAUTH_ERROR "That 401 says `invalid_client` in `error`.";
    TokenWrongSecretChallenge "token-wrong-secret-challenge" Inferred OAUTH_ERROR "That 401 carries `WWW-Authenticate: Basic`.";
    TokenGrantRequired "token-grant-required" Documented TOKEN "Without `grant_type` there is no token.";
    TokenGrantError "token-grant-error" Inferred OAUTH_ERROR "Without `grant_type` the answer is 400 `invalid_request`.";
    TokenOtherGrant "token-other-grant" Documented TOKEN "Another grant than `client_credentials` gives no token.";
    TokenOtherGrantError "token-other-grant-error" Inferred OAUTH_ERROR "Another grant is answered 400 `unsupported_grant_type`.";
    TokenOtherScope "token-other-scope" Documented TOKEN "Another scope than `openid` gives no token.";
    TokenOtherScopeError "token-other-scope-error" Inferred OAUTH_ERROR "Another scope is answered 400 `invalid_scope`.";
    TokenSecretInBody "token-secret-in-body" Seen CONNECTOR "Credentials in the body instead of by HTTP Basic give no token.";
    RevokeStatus "revoke-status" Documented REVOKE "Revoking a live token is answered 200.";
    RevokeEmpty "revoke-empty" Documented REVOKE "That answer has no body.";
    RevokeEnds "revoke-ends" Documented REVOKE "A revoked token is answered 401 from then on.";
    RevokeLeavesOthers "revoke-leaves-others" Inferred REVOCATION "The application's other tokens live on.";
    RevokeUnknown "revoke-unknown" Inferred REVOCATION "Revoking what is no token is answered 200 too.";
    RevokeWrongSecret "revoke-wrong-secret" Documented REVOKE "Revoking with a wrong secret is answered 401.";
    RevokeTokenRequired "revoke-token-required" Inferred REVOCATION "Without `token` the answer is 400.";
    ListStatus "list-status" Documented LIST "The list of people is answered 200.";
    ListJson "list-json" Documented OPENAPI "The list comes as `application/json`.";
    ListResults "list-results" Documented LIST "`results` is an array of people.";
    ListTwoFields "list-two-fields" Documented OPENAPI "A page has `results`, `next_page_token` and nothing else.";
    UserFields "user-fields" Documented OPENAPI "A person has exactly `id`, `email`, `display_name`, `state`, `create_time` and `path`.";
    UserTexts "user-texts" Documented OPENAPI "All six are text, and only `display_name` may be empty.";
    UserId "user-id" Inferred GET "`id` has 26 characters of `A`-`Z` and `2`-`7`.";
    UserState "user-state" Documented GET "`state` is `ACTIVE`, `SUSPENDED` or `STATE_UNSPECIFIED`.";
    UserCreateTime "user-create-time" Documented OPENAPI "`create_time` is a time of RFC 3339.";
    UserPath "user-path" Documented GET "`path` is `accounts/ACCOUNT/users/USER`.";
    ListDefaultPage "list-default-page" Documented LIST "A page has at most 25 people where no size is asked for.";
    ListPageSize "list-page-size" Documented LIST "`max_page_size` is honoured.";
    ListMore "list-more" Documented LIST "Where there is more, `next_page_token` is text that is not empty.";
    ListPageSizeMax "list-page-size-max" Inferred PAGES "A `max_page_size` above 1000 is taken as 1000.";
    ListPageSizeZero "list-page-size-zero" Inferred PAGES "`max_page_size=0` is the default size.";
    ListPageSizeNegative "list-page-size-negative" Inferred PAGES "A negative `max_page_size` is answered 400.";
    ListPageSizeWord "list-page-size-word" Inferred PAGES "A `max_page_size` that is no number is answered 400.";
    ListCamelCase "list-camel-case" Seen CONNECTOR "`maxPageSize` and `pageToken` work as well.";
    ListFilterActive "list-filter-active" Documented LIST "`filter=user.isActive()` gives the active people only.";
    ListFilterSuspended "list-filter-suspended" Documented LIST "`filter=user.isSuspended()` gives the suspended people only.";
    ListFilterEscaped "list-filter-escaped" Inferred PERCENT "A filter with escaped parentheses is the same filter.";
    ListFilterEmpty "list-filter-empty" Documented LIST "An empty filter is none.";
    ListFilterWrong "list-filter-wrong" Documented LIST "Any other filter is answered 400.";
    ListSecondPage "list-second-page" Documented LIST "`page_token` leads to people who were not on the page before.";
    ListPageTokenForm "list-page-token-form" Seen CONNECTOR "A page token has at most 2048 characters and can stand in an address unescaped.";
    ListPageTokenWrong "list-page-token-wrong" Inferred PAGES "A page token that was made up is answered 400.";
    ListPageTokenOtherFilter "list-page-token-other-filter" Inferred PAGES "A page token with another filter is answered 400.";
    ListWalk "list-walk" Documented LIST "A walk along `next_page_token` ends, and shows nobody twice and leaves nobody out.";
    ListEnd "list-end" Documented LIST "On the last page `next_page_token` is absent, or empty text.";
    ListOrder "list-order" OurChoice OURS "People come by `create_time`, then `id`.";
    ListUnknownName "list-unknown-name" OurChoice OURS "An unknown argument is ignored.";
    UserAgentOptional "user-agent-optional" Seen CONNECTOR "A call without a `User-Agent` is answered all the same.";
    SchemeAsTold "scheme-as-told" Seen CONNECTOR "`token_type`, as it came, works as the scheme before the token.";
    SchemeAnyCase "scheme-any-case" Inferred SCHEME "The scheme is read without regard to case.";
    GetAsListed "get-as-listed" Documented GET "A person is shown as in the list.";
    GetUnknown "get-unknown" Documented OPENAPI "An id that nobody has is answered 404.";
    GetOtherAccount "get-other-account" Inferred ERRORS "Another account is answered 403.";
    NoToken "no-token" Documented OPENAPI "A call without a token is answered 401.";
    RubbishToken "rubbish-token" Documented OPENAPI "A token that never was one is answered 401.";
    BearerChallenge "bearer-challenge" Inferred BEARER "Such a 401 carries `WWW-Authenticate: Bearer`.";
    ErrorShape "error-shape" Seen CONNECTOR "An error is `code` (a number) and `message` (text), with nothing around them.";
    ErrorDetails "error-details" Seen CONNECTOR "An error has `details`, an array, also when it is empty.";
    ErrorJson "error-json" Seen CONNECTOR "Errors come as `application/json`.";
    ErrorCodes "error-codes" Inferred CODES "`code` is that of the status: 400 3, 401 16, 403 7, 404 5.";
    WrongMethod "wrong-method" Inferred METHODS "A method that an address does not have is answered 405 (or 501).";
    UnknownPath "unknown-path" Inferred CODES "An address that is none is answered 404.";
    SuspendAnswers "suspend-answers" Documented SUSPEND "Suspending is answered 200 with the person, `SUSPENDED`.";
    SuspendTwice "suspend-twice" Documented SUSPEND "Suspending again is no error, and changes nothing.";
    SuspendShows "suspend-shows" Documented SUSPEND "The person is shown `SUSPENDED` afterwards.";
    ReactivateAnswers "reactivate-answers" Documented REACTIVATE "Reactivating is answered 200 with the person, `ACTIVE`.";
    ReactivateTwice "reactivate-twice" Documented REACTIVATE "Reactivating again is no error, and changes nothing.";
    ReactivateShows "reactivate-shows" Documented REACTIVATE "The person is shown `ACTIVE` afterwards.";
    ActFormType "act-form-type" Seen CONNECTOR "An act may come with a form's content type and no body.";
    ActColonEscaped "act-colon-escaped" Inferred PERCENT "The colon before the verb may be escaped.";
}

impl Fact {
    /// Of the addresses under `/v1`, the one for revocation is nowhere written.
    pub const fn sure_in(self, family: Family) -> Sure {
        match (self, family) {
            (
                Self::RevokeStatus
                | Self::RevokeEmpty
                | Self::RevokeEnds
                | Self::RevokeWrongSecret
                | Self::RevokeLeavesOthers
                | Self::RevokeUnknown
                | Self::RevokeTokenRequired,
                Family::V1,
            ) => Sure::Inferred,
            _ => self.sure(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the reference.
    fn table() -> String {
        let mut text =
            "| Fact | What it asks | How sure | Source |\n|---|---|---|---|\n".to_owned();
        for fact in Fact::ALL {
            let source = match fact.source() {
                OURS => "[our choices](../our-choices.md)".to_owned(),
                other => format!("<{other}>"),
            };
            text.push_str(&format!(
                "| `{}` | {} | {} | {source} |\n",
                fact.id(),
                fact.asks(),
                fact.sure_in(Family::V1beta1).as_str()
            ));
        }
        text
    }

    #[test]
    fn the_reference_has_every_fact_and_no_other() {
        let reference = include_str!("../../../../../docs/reference/conform.md");
        let table = table();
        assert!(reference.contains(&table), "docs/reference/conform.md wants this table:\n{table}");
    }

    #[test]
    fn a_fact_has_an_id_of_its_own() {
        let mut ids: Vec<&str> = Fact::ALL.iter().map(|fact| fact.id()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), Fact::ALL.len());
    }
}
