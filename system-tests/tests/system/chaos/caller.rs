//! One client of both nodes over plain HTTP, which tries nothing twice: each call ends with what was
//! told, or with not knowing.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{RequestBuilder, Response};
use rollcall_system_tests::{http_client, note_secret};
use rollcall_wire::route::{Family, Route};
use serde_json::Value;

use super::nodes::Application;

const FAMILY: Family = Family::V1;
/// A client that waits no longer than this.
const TIMEOUT: Duration = Duration::from_secs(12);

#[derive(Debug)]
pub(super) enum Told {
    /// 200, with this body.
    Done(Value),
    /// A status below 500, with its word: nothing was done.
    Refused(u16, String),
    /// No connection came about: nothing was asked.
    NotReached,
    /// No answer, half of one, or one that says that the server does not know.
    Unknown,
}

pub(super) struct Caller {
    http: Vec<reqwest::Client>,
    urls: Vec<String>,
}

impl Caller {
    pub(super) fn of(urls: &[String]) -> Self {
        let client = |_| {
            let never = reqwest::retry::never();
            http_client().no_proxy().timeout(TIMEOUT).retry(never).build().unwrap()
        };
        Self { http: urls.iter().map(client).collect(), urls: urls.to_vec() }
    }

    fn request(&self, node: usize, route: Route, account: &str, user: &str) -> RequestBuilder {
        let path = route.path(FAMILY).replace("{account}", account).replace("{user}", user);
        let url = format!("{}{path}", self.urls[node]);
        match route {
            Route::ListUsers | Route::GetUser | Route::OpenApi | Route::Metadata => {
                self.http[node].get(url)
            }
            Route::Token | Route::Revoke | Route::SuspendUser | Route::ReactivateUser => {
                self.http[node].post(url)
            }
        }
    }

    pub(super) async fn bearer(
        &self,
        node: usize,
        route: Route,
        account: &str,
        user: &str,
        token: &str,
    ) -> Told {
        told(self.request(node, route, account, user).bearer_auth(token)).await
    }

    pub(super) async fn token(&self, node: usize, by: &Application) -> Option<String> {
        match self.form(node, Route::Token, by, "grant_type=client_credentials".to_owned()).await {
            Told::Done(answer) => {
                let token = answer["access_token"].as_str().expect("a token is text");
                note_secret(token);
                Some(token.to_owned())
            }
            Told::Refused(..) | Told::NotReached | Told::Unknown => None,
        }
    }

    pub(super) async fn revoke(&self, node: usize, by: &Application, token: &str) -> Told {
        self.form(node, Route::Revoke, by, format!("token={token}")).await
    }

    async fn form(&self, node: usize, route: Route, by: &Application, body: String) -> Told {
        let request = self.request(node, route, "", "").basic_auth(&by.id, Some(&by.secret));
        told(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body)).await
    }
}

async fn told(request: RequestBuilder) -> Told {
    let response = match request.send().await {
        Ok(response) => response,
        Err(error) if error.is_connect() => return Told::NotReached,
        Err(_) => return Told::Unknown,
    };
    let status = response.status().as_u16();
    match (status, text(response).await) {
        (200, Some(text)) => Told::Done(serde_json::from_str(&text).unwrap_or(Value::Null)),
        (400..500, Some(text)) => {
            let body: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
            let word = body["message"].as_str().or(body["error"].as_str()).unwrap_or("?");
            Told::Refused(status, word.to_owned())
        }
        _ => Told::Unknown,
    }
}

async fn text(response: Response) -> Option<String> {
    response.text().await.ok()
}
