//! A person as the API shows one, and a page of them.
//!
//! A User has exactly these six fields. Strict clients reject any other, so whatever else there is
//! to say about a person has its place behind other routes, never here.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A person of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = user::v1beta1::User, title = "user.v1beta1.User")]
pub struct User {
    /// The person's id.
    #[schema(read_only)]
    pub id: String,
    #[schema(read_only)]
    pub email: String,
    #[schema(read_only)]
    pub display_name: String,
    pub state: State,
    /// When the person was added: RFC 3339, whole seconds, with Z.
    #[schema(read_only, format = DateTime)]
    pub create_time: String,
    /// accounts/ACCOUNT/users/USER.
    #[schema(read_only)]
    pub path: String,
}

/// Whether a person may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[schema(as = user::v1beta1::User::State, title = "user.v1beta1.User.State")]
pub enum State {
    #[serde(rename = "STATE_UNSPECIFIED")]
    Unspecified,
    #[serde(rename = "ACTIVE")]
    Active,
    #[serde(rename = "SUSPENDED")]
    Suspended,
}

impl State {
    pub const fn as_str(self) -> &'static str {
        match self {
            State::Unspecified => "STATE_UNSPECIFIED",
            State::Active => "ACTIVE",
            State::Suspended => "SUSPENDED",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A page of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = user::v1beta1::ListUsersResponse, title = "user.v1beta1.ListUsersResponse")]
pub struct ListUsersResponse {
    pub results: Vec<User>,
    /// Give this as page_token to get the next page. Left out on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next_page_token: Option<String>,
}

/// The `path` of a person: no version and no leading slash.
pub fn user_path(account: &str, user: &str) -> String {
    format!("accounts/{account}/users/{user}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ada() -> User {
        User {
            id: "U".into(),
            email: "ada@example.com".into(),
            display_name: "Ada".into(),
            state: State::Suspended,
            create_time: "2026-03-17T09:00:00Z".into(),
            path: user_path("A", "U"),
        }
    }

    #[test]
    fn a_user_is_six_fields_and_no_more() {
        let on_the_wire = json!({
            "id": "U", "email": "ada@example.com", "display_name": "Ada", "state": "SUSPENDED",
            "create_time": "2026-03-17T09:00:00Z", "path": "accounts/A/users/U",
        });
        assert_eq!(serde_json::to_value(ada()).unwrap(), on_the_wire);
        assert_eq!(serde_json::from_value::<User>(on_the_wire.clone()).unwrap(), ada());

        let mut with_more = on_the_wire;
        with_more["suspended_by"] = json!("me");
        assert!(serde_json::from_value::<User>(with_more).is_err());
    }

    #[test]
    fn the_last_page_has_no_token_and_an_empty_page_has_results() {
        let last = ListUsersResponse { results: vec![], next_page_token: None };
        assert_eq!(serde_json::to_string(&last).unwrap(), r#"{"results":[]}"#);
        let more = ListUsersResponse { results: vec![], next_page_token: Some("abc".into()) };
        assert_eq!(
            serde_json::to_string(&more).unwrap(),
            r#"{"results":[],"next_page_token":"abc"}"#
        );
    }

    #[test]
    fn a_state_prints_as_its_wire_word() {
        for state in [State::Unspecified, State::Active, State::Suspended] {
            assert_eq!(serde_json::to_value(state).unwrap(), json!(state.as_str()));
        }
    }
}
