//! A client that outlives its server. To be left without an answer is no failure here: it is a
//! fact that a test writes down. An answer that is not the right one is a failure.

use std::time::Duration;

use reqwest::RequestBuilder;
use rollcall_directory::users::State;
use rollcall_system_tests::{Credentials, note_secret};
use rollcall_wire::route::{Family, Route};
use serde_json::Value;

const FAMILY: Family = Family::V1beta1;
const TIMEOUT: Duration = Duration::from_secs(60);

pub(super) struct Caller {
    http: reqwest::Client,
    credentials: Credentials,
}

/// The state as the API says it.
pub(super) const fn word(state: State) -> &'static str {
    match state {
        State::Active => "ACTIVE",
        State::Suspended => "SUSPENDED",
        State::Invited => panic!("nobody is invited here"),
    }
}

impl Caller {
    pub(super) fn new(credentials: &Credentials) -> Self {
        let http = rollcall_system_tests::http_client().no_proxy().timeout(TIMEOUT).build();
        Self { http: http.expect("a client of plain HTTP"), credentials: credentials.clone() }
    }

    pub(super) async fn token(&self) -> Option<String> {
        let form = self.form(Route::Token, "grant_type=client_credentials".to_owned());
        let answer: Value = serde_json::from_str(&answered(form).await?).expect("JSON");
        let token = answer["access_token"].as_str().expect("a token is text");
        note_secret(token);
        Some(token.to_owned())
    }

    /// Suspends or reactivates; returns once the answer shows this person in this state.
    pub(super) async fn change(&self, token: &str, user: &str, to: State) -> Option<()> {
        let route = match to {
            State::Active => Route::ReactivateUser,
            State::Suspended => Route::SuspendUser,
            State::Invited => panic!("nobody is made invited"),
        };
        let request = self.http.post(self.address(route, user)).bearer_auth(token);
        let answer: Value = serde_json::from_str(&answered(request).await?).expect("JSON");
        assert_eq!((&answer["id"], &answer["state"]), (&user.into(), &word(to).into()));
        Some(())
    }

    pub(super) async fn revoke(&self, token: &str) -> Option<()> {
        answered(self.form(Route::Revoke, format!("token={token}"))).await.map(|_| ())
    }

    fn form(&self, route: Route, body: String) -> RequestBuilder {
        let Credentials { client_id, client_secret, .. } = &self.credentials;
        let request = self.http.post(self.address(route, ""));
        let request = request.basic_auth(client_id, Some(client_secret));
        request.header("content-type", "application/x-www-form-urlencoded").body(body)
    }

    fn address(&self, route: Route, user: &str) -> String {
        let Credentials { base_url, account_id, .. } = &self.credentials;
        let path = route.path(FAMILY).replace("{account}", account_id).replace("{user}", user);
        format!("{base_url}{path}")
    }
}

/// The body of a 200, or nothing when the server was gone before all of it came.
async fn answered(request: RequestBuilder) -> Option<String> {
    let response = request.send().await.ok()?;
    let status = response.status();
    let text = response.text().await.ok()?;
    assert_eq!(status, 200, "{text}");
    Some(text)
}
