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

/// A page as it goes out, written person by person: the same text as that of a
/// [`ListUsersResponse`], without one in between. Lists are what is asked for most.
pub struct PageWriter<'a> {
    account: &'a str,
    text: Vec<u8>,
    is_empty: bool,
}

/// A person; the account is that of the page or of who asks.
#[derive(Clone, Copy, Debug)]
pub struct PersonText<'a> {
    /// Letters and digits.
    pub id: &'a str,
    pub email: &'a str,
    pub display_name: &'a str,
    pub state: State,
    /// RFC 3339.
    pub create_time: &'a str,
}

impl PersonText<'_> {
    /// A person takes about so many.
    const BYTES: usize = 280;

    /// One person as they go out: the same text as that of a [`User`].
    pub fn alone(self, account: &str) -> Vec<u8> {
        let mut text = Vec::with_capacity(Self::BYTES);
        self.write(account, &mut text);
        text
    }

    fn write(self, account: &str, text: &mut Vec<u8>) {
        // Only these two may have anything in them that JSON escapes.
        text.extend_from_slice(b"{\"id\":\"");
        text.extend_from_slice(self.id.as_bytes());
        text.extend_from_slice(b"\",\"email\":");
        write_text(text, self.email);
        text.extend_from_slice(b",\"display_name\":");
        write_text(text, self.display_name);
        text.extend_from_slice(b",\"state\":\"");
        text.extend_from_slice(self.state.as_str().as_bytes());
        text.extend_from_slice(b"\",\"create_time\":\"");
        text.extend_from_slice(self.create_time.as_bytes());
        text.extend_from_slice(b"\",\"path\":\"accounts/");
        text.extend_from_slice(account.as_bytes());
        text.extend_from_slice(b"/users/");
        text.extend_from_slice(self.id.as_bytes());
        text.extend_from_slice(b"\"}");
    }
}

impl<'a> PageWriter<'a> {
    pub fn new(account: &'a str, people: usize) -> Self {
        let mut text = Vec::with_capacity((people + 1) * PersonText::BYTES);
        text.extend_from_slice(b"{\"results\":[");
        Self { account, text, is_empty: true }
    }

    pub fn person(&mut self, person: PersonText<'_>) {
        if !self.is_empty {
            self.text.push(b',');
        }
        self.is_empty = false;
        person.write(self.account, &mut self.text);
    }

    pub fn end(mut self, next_page_token: Option<&str>) -> Vec<u8> {
        self.text.push(b']');
        if let Some(token) = next_page_token {
            self.text.extend_from_slice(b",\"next_page_token\":");
            write_text(&mut self.text, token);
        }
        self.text.push(b'}');
        self.text
    }
}

/// A JSON string.
fn write_text(into: &mut Vec<u8>, text: &str) {
    let is_plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    // Looked at to its end, which is done many bytes at a time.
    if text.bytes().fold(true, |plain, byte| plain & is_plain(byte)) {
        into.push(b'"');
        into.extend_from_slice(text.as_bytes());
        into.push(b'"');
    } else {
        serde_json::to_writer(into, text).expect("text becomes JSON, and a Vec takes it");
    }
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

    proptest::proptest! {
        #[test]
        fn a_page_is_written_as_its_parts_would_be(
            people in proptest::collection::vec(("[A-Z2-7]{26}", ".{0,40}", ".{0,40}", proptest::bool::ANY), 0..5),
            token in proptest::option::of(".{0,40}"),
        ) {
            let mut written = PageWriter::new("ACCOUNT", people.len());
            let mut results = Vec::new();
            for (id, email, display_name, active) in &people {
                let state = if *active { State::Active } else { State::Suspended };
                let create_time = "2026-03-17T09:00:00Z";
                let person = PersonText { id, email, display_name, state, create_time };
                written.person(person);
                let user = User {
                    id: id.clone(),
                    email: email.clone(),
                    display_name: display_name.clone(),
                    state,
                    create_time: create_time.to_owned(),
                    path: user_path("ACCOUNT", id),
                };
                proptest::prop_assert_eq!(person.alone("ACCOUNT"), serde_json::to_vec(&user).unwrap());
                results.push(user);
            }
            let whole = ListUsersResponse { results, next_page_token: token.clone() };
            let written = String::from_utf8(written.end(token.as_deref())).unwrap();
            proptest::prop_assert_eq!(written, serde_json::to_string(&whole).unwrap());
        }
    }

    #[test]
    fn a_state_prints_as_its_wire_word() {
        for state in [State::Unspecified, State::Active, State::Suspended] {
            assert_eq!(serde_json::to_value(state).unwrap(), json!(state.as_str()));
        }
    }
}
