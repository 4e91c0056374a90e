//! What is told to `tracing`: each try, and nobody's name.

use std::cell::RefCell;
use std::io;

use serde_json::json;
use tracing_subscriber::filter::LevelFilter;

use crate::server::{Reply, Server, token};
use crate::{SECRET, client, user};

thread_local! {
    /// A test has a thread, and its server and client run on it.
    static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct ToThisThread;

impl io::Write for ToThisThread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// For the whole process: with one for this thread alone, an event that another thread is the first to
/// meet, at the same moment, would be taken for one that nobody wants.
fn listen() {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(|| ToThisThread)
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    tracing::callsite::rebuild_interest_cache();
}

#[tokio::test]
async fn each_try_is_told_without_a_secret_or_a_person() {
    listen();
    let server = Server::start([
        Reply::no(429, 8, "rate_limited").with("x-request-id", "r1"),
        Reply::Cut,
        Reply::status(200, user("U1", "SUSPENDED")),
    ])
    .await;
    server.answer_tokens([token("token-nobody-may-see", json!(900))]);
    client(&server).suspend("U1").await.unwrap();

    let text = LINES.with_borrow(|lines| String::from_utf8(lines.clone()).unwrap());
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
