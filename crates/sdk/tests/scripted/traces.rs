//! What is told to `tracing`: each try, and nobody's name.

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::server::{Reply, Server, token};
use crate::{SECRET, client, user};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

#[tokio::test]
async fn each_try_is_told_without_a_secret_or_a_person() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(lines.clone())
        .finish();
    let _told = tracing::subscriber::set_default(subscriber);
    let server = Server::start([
        Reply::no(429, 8, "rate_limited").with("x-request-id", "r1"),
        Reply::Cut,
        Reply::status(200, user("U1", "SUSPENDED")),
    ])
    .await;
    server.answer_tokens([token("token-nobody-may-see", json!(900))]);
    client(&server).suspend("U1").await.unwrap();

    let text = lines.text();
    for secret in [SECRET, "token-nobody-may-see", "u1@example.com", "Somebody"] {
        assert!(!text.contains(secret), "{secret} in:\n{text}");
    }
    let ours: Vec<&str> = text.lines().filter(|line| line.contains("rollcall_sdk")).collect();
    let template = "/v1beta1/accounts/{account}/users/{user}";
    for (at, words) in [
        (0, vec!["act{act=\"suspend\"}", "POST", "/v1beta1/users/oauth2/token", "status=200"]),
        (1, vec!["POST", template, ":suspend", "attempt=1", "status=429", "r1"]),
        (2, vec!["wait_ms=", "to be tried again"]),
        (3, vec!["POST", template, "attempt=2", "not answered"]),
        (4, vec!["reading back"]),
        (5, vec!["act{act=\"suspend\"}:get", "GET", template, "status=200"]),
    ] {
        let line = ours.get(at).unwrap_or_else(|| panic!("no line {at} in:\n{text}"));
        assert!(words.iter().all(|word| line.contains(word)), "{words:?} in {line}");
        assert!(!line.contains("U1") && !line.contains("ACCOUNT"), "{line}");
    }
    assert_eq!(ours.len(), 6, "{text}");
}
