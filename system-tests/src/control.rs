//! The control API of a running double, as a program calls it.

use reqwest::RequestBuilder;
use serde_json::Value;

use rollcall_wire::route::Family;

use crate::{Answer, Api, RunningServer, note_secret};

#[derive(Clone, Debug)]
pub struct Control {
    api: Api,
}

impl Control {
    #[must_use]
    pub fn of(server: &RunningServer) -> Self {
        Self { api: server.api(Family::V1) }
    }

    /// Without the token. `path`: below `/sandbox/v1`.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.api.request(method, &format!("/sandbox/v1{path}"))
    }

    /// With it.
    pub fn with_token(&self, method: &str, path: &str) -> RequestBuilder {
        self.request(method, path).bearer_auth(&self.api.credentials.sandbox_token)
    }

    pub async fn answer(&self, request: RequestBuilder) -> Answer {
        self.api.answer(request).await
    }

    pub async fn call(&self, method: &str, path: &str) -> Answer {
        self.answer(self.with_token(method, path)).await
    }

    pub async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.answer(self.with_token(method, path).json(body)).await
    }

    /// What must be done and answer 200.
    pub async fn done(&self, method: &str, path: &str) -> Value {
        self.call(method, path).await.json_of(200)
    }

    pub async fn reset(&self) {
        let _ = self.done("POST", "/reset").await;
    }

    pub async fn advance(&self, seconds: u64) {
        let body = serde_json::json!({ "seconds": seconds });
        let _ = self.send("POST", "/clock:advance", &body).await.json_of(200);
    }

    /// An isolated account, as its client sees it.
    pub async fn account(&self, wanted: &Value) -> Api {
        let made = self.send("POST", "/accounts", wanted).await.json_of(201);
        let text = |field: &str| made[field].as_str().expect("text").to_owned();
        let mut api = self.api.clone();
        api.credentials.account_id = text("account_id");
        api.credentials.client_id = text("client_id");
        api.credentials.client_secret = text("client_secret");
        note_secret(&api.credentials.client_secret);
        api
    }
}
