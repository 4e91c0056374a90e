//! A client of the Users API that hides nothing: every call answers with its status, its headers
//! and its text, and the test says what they must be.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder, redirect};
use serde_json::Value;

use rollcall_wire::route::{Family, Route};

use crate::{Credentials, note_secret};

const FORM: &str = "application/x-www-form-urlencoded";
const TIMEOUT: Duration = Duration::from_secs(60);

#[derive(Clone, Debug)]
pub struct Api {
    http: reqwest::Client,
    pub credentials: Credentials,
    pub family: Family,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

/// A client of ours, on the one provider of cryptography.
pub fn http_client() -> reqwest::ClientBuilder {
    // Fails only where it was installed before.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    reqwest::Client::builder()
}

impl Api {
    /// Of a server that signed its certificate itself.
    #[must_use]
    pub fn over_tls(credentials: &Credentials) -> Self {
        Self::made(http_client().tls_danger_accept_invalid_certs(true), credentials, Family::V1)
    }

    pub(crate) fn new(credentials: &Credentials, family: Family) -> Self {
        Self::made(http_client(), credentials, family)
    }

    fn made(client: reqwest::ClientBuilder, credentials: &Credentials, family: Family) -> Self {
        let http = client
            .no_proxy()
            .redirect(redirect::Policy::none())
            .timeout(TIMEOUT)
            .build()
            .expect("a client of plain HTTP");
        Self { http, credentials: credentials.clone(), family }
    }

    /// The same server through the eyes of another application.
    #[must_use]
    pub fn with_client(&self, client_id: &str, client_secret: &str) -> Self {
        note_secret(client_secret);
        let mut other = self.clone();
        other.credentials.client_id = client_id.to_owned();
        other.credentials.client_secret = client_secret.to_owned();
        other
    }

    /// Whoever these credentials are, by the newer addresses.
    #[must_use]
    pub fn of(credentials: &Credentials) -> Self {
        Self::new(credentials, Family::V1)
    }

    /// The same client at another server.
    #[must_use]
    pub fn at(&self, base_url: &str) -> Self {
        let mut other = self.clone();
        base_url.clone_into(&mut other.credentials.base_url);
        other
    }

    /// The same server by the addresses of this family.
    #[must_use]
    pub fn by(&self, family: Family) -> Self {
        Self { family, ..self.clone() }
    }

    /// The path of a route, with this account and the given user in their places.
    #[must_use]
    pub fn path(&self, route: Route, user: &str) -> String {
        let template = route.path(self.family);
        template.replace("{account}", &self.credentials.account_id).replace("{user}", user)
    }

    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        self.http.request(method, format!("{}{path}", self.credentials.base_url))
    }

    pub async fn get_path(&self, path: &str) -> Answer {
        self.answer(self.request("GET", path)).await
    }

    pub async fn answer(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("an answer is read to its end");
        Answer { status, headers, text }
    }

    /// By HTTP Basic, as every client does it.
    pub async fn form(&self, route: Route, body: impl Into<Vec<u8>>) -> Answer {
        let Credentials { client_id, client_secret, .. } = &self.credentials;
        let request = self.request("POST", &self.path(route, ""));
        let request = request.basic_auth(client_id, Some(client_secret));
        self.answer(request.header(CONTENT_TYPE, FORM).body(body.into())).await
    }

    pub async fn ask_for_a_token(&self) -> Answer {
        let answer = self.form(Route::Token, "grant_type=client_credentials").await;
        if answer.status == 200 {
            note_secret(answer.json()["access_token"].as_str().expect("a token is text"));
        }
        answer
    }

    pub async fn token(&self) -> String {
        let answer = self.ask_for_a_token().await;
        answer.json_of(200)["access_token"].as_str().expect("a token is text").to_owned()
    }

    pub async fn revoke(&self, token: &str) -> Answer {
        self.form(Route::Revoke, format!("token={token}")).await
    }

    /// `query` as it stands after the question mark.
    pub async fn list(&self, token: &str, query: &str) -> Answer {
        let path = self.path(Route::ListUsers, "");
        let path = if query.is_empty() { path } else { format!("{path}?{query}") };
        self.bearer("GET", &path, token).await
    }

    pub async fn user(&self, token: &str, user: &str) -> Answer {
        self.bearer("GET", &self.path(Route::GetUser, user), token).await
    }

    pub async fn suspend(&self, token: &str, user: &str) -> Answer {
        self.bearer("POST", &self.path(Route::SuspendUser, user), token).await
    }

    pub async fn reactivate(&self, token: &str, user: &str) -> Answer {
        self.bearer("POST", &self.path(Route::ReactivateUser, user), token).await
    }

    pub async fn bearer(&self, method: &str, path: &str, token: &str) -> Answer {
        self.answer(self.request(method, path).header(AUTHORIZATION, bearer(token))).await
    }

    /// Everybody whom the list shows, page after page.
    pub async fn list_all(&self, token: &str, query: &str) -> Vec<Value> {
        let mut seen = Vec::new();
        let mut next = Some(query.to_owned());
        while let Some(query_now) = next {
            let (users, page_token) = self.list(token, &query_now).await.page();
            seen.extend(users);
            next = page_token.map(|page_token| format!("{query}&page_token={page_token}"));
        }
        seen
    }

    /// The id of the person with this address, found as a client would find it.
    pub async fn id_of(&self, token: &str, email: &str) -> String {
        let all = self.list_all(token, "max_page_size=1000").await;
        let found = all.iter().find(|user| user["email"] == email);
        let found = found.unwrap_or_else(|| panic!("nobody has the address {email}"));
        found["id"].as_str().expect("an id is text").to_owned()
    }
}

fn bearer(token: &str) -> HeaderValue {
    let mut value = HeaderValue::from_str(&format!("Bearer {token}")).expect("a plain token");
    value.set_sensitive(true);
    value
}

impl Answer {
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The body of an answer that must have this status.
    #[track_caller]
    #[must_use]
    pub fn json_of(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), Some("application/json"));
        self.json()
    }

    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("headers are plain"))
    }

    /// A refusal of the resource API, byte for byte.
    #[track_caller]
    pub fn refuses(&self, status: u16, code: i32, word: &str) {
        let body = format!(r#"{{"code":{code},"message":"{word}","details":[]}}"#);
        assert_eq!((self.status, &*self.text), (status, &*body));
        assert_eq!(self.header("content-type"), Some("application/json"));
    }

    /// A refusal of an OAuth endpoint: two fields, and a description of printable ASCII.
    #[track_caller]
    pub fn refuses_oauth(&self, status: u16, error: &str) {
        let body = self.json_of(status);
        let description = body["error_description"].as_str().unwrap_or_default();
        let plain = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
        assert!(!description.is_empty() && description.chars().all(plain), "{}", self.text);
        assert_eq!(body["error"], error, "{}", self.text);
        assert_eq!(body.as_object().map(serde_json::Map::len), Some(2), "{}", self.text);
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("pragma"), Some("no-cache"));
        let challenge = self.header("www-authenticate").unwrap_or_default();
        assert_eq!(challenge.starts_with("Basic "), status == 401, "{challenge:?}");
    }

    /// The people of a page, and the token of the next one.
    #[track_caller]
    #[must_use]
    pub fn page(&self) -> (Vec<Value>, Option<String>) {
        let body = self.json_of(200);
        let users = body["results"].as_array().expect("results are an array").clone();
        let next = body.get("next_page_token").map(|next| next.as_str().expect("text").to_owned());
        (users, next)
    }
}
