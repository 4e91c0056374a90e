//! What becomes of a connection, by bytes on a socket: silence, a cut, a body in pieces. And that an
//! act is done whatever its client was told.

use std::time::{Duration, Instant};

use reqwest::Version;
use rollcall_system_tests::{Control, PATIENCE, RunningServer};
use rollcall_wire::route::Route;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Day, a_server};

/// A call on one person; what came until the connection ended, and how long that took. `waits`: how
/// long the client does.
async fn call(
    server: &RunningServer,
    (day, route, user): (&Day, Route, &str),
    token: &str,
    waits: Duration,
) -> (Vec<u8>, Duration) {
    let method = route.method().as_str();
    let request = format!(
        "{method} {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: 0\r\n\
         Connection: close\r\n\r\n",
        day.api.path(route, user),
    );
    let began = Instant::now();
    let mut stream = TcpStream::connect(server.authority()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut came = Vec::new();
    // A reset is an end too; a client that waits no longer leaves.
    let _ = timeout(waits, stream.read_to_end(&mut came)).await;
    (came, began.elapsed())
}

#[tokio::test]
async fn an_act_is_done_and_never_answered() {
    let server = a_server().await;
    for day in Day::both(&server).await {
        let token = day.api.token().await;
        let user = day.person("never-answers");
        let waits = Duration::from_millis(700);
        let (came, took) = call(&server, (&day, Route::SuspendUser, &user), &token, waits).await;
        assert_eq!(came, b"");
        assert!(took >= waits, "the connection stays open: {took:?}");
        assert_eq!(day.state_of(&token, &user).await, "SUSPENDED");
        call(&server, (&day, Route::ReactivateUser, &user), &token, waits).await;
        assert_eq!(day.state_of(&token, &user).await, "ACTIVE");
    }
}

/// A client that leaves at once has asked all the same.
#[tokio::test]
async fn a_client_that_hangs_up_does_not_undo_its_act() {
    let server = a_server().await;
    let day = &Day::both(&server).await[0];
    let token = day.api.token().await;
    let user = day.person("never-answers");
    call(&server, (day, Route::SuspendUser, &user), &token, Duration::from_millis(20)).await;
    let is_done = async {
        while day.state_of(&token, &user).await != "SUSPENDED" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, is_done).await.expect("it was done");
}

#[tokio::test]
async fn a_connection_is_cut_after_the_act() {
    let server = a_server().await;
    for day in Day::both(&server).await {
        let token = day.api.token().await;
        let user = day.person("cut-after-act");
        let (came, took) = call(&server, (&day, Route::SuspendUser, &user), &token, PATIENCE).await;
        assert_eq!(came, b"", "not a byte of an answer");
        assert!(took < PATIENCE, "the connection has ended");
        assert_eq!(day.state_of(&token, &user).await, "SUSPENDED");
        let get = call(&server, (&day, Route::GetUser, &user), &token, PATIENCE).await.0;
        assert!(get.starts_with(b"HTTP/1.1 200 "), "only acts are cut");
    }
}

#[tokio::test]
async fn an_answer_comes_in_pieces_and_whole() {
    let server = a_server().await;
    for day in Day::both(&server).await {
        let token = day.api.token().await;
        let user = day.person("trickled");
        let (came, took) = call(&server, (&day, Route::GetUser, &user), &token, PATIENCE).await;
        let came = String::from_utf8(came).unwrap();
        let (head, body) = came.split_once("\r\n\r\n").unwrap();
        let length = format!("content-length: {}", body.len());
        assert!(head.to_lowercase().lines().any(|line| line == length), "{head}");
        assert!(!head.to_lowercase().contains("transfer-encoding"), "{head}");
        let person: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(person["id"], *user);
        let pauses = u32::try_from(body.len().div_ceil(16) - 1).unwrap();
        assert!(took >= Duration::from_millis(100) * pauses, "{took:?} for {} bytes", body.len());
    }
}

/// Set by the control API, on one person: before the act, and in the middle of the body.
#[tokio::test]
async fn a_cut_before_the_act_and_one_in_the_middle_of_the_answer() {
    let server = a_server().await;
    let day = &Day::both(&server).await[1];
    let token = day.api.token().await;
    let control = Control::of(&server);
    let user = day.person("already-suspended");
    let set = async |name: &str, effect: serde_json::Value| {
        let fault = json!({ "name": name, "when": { "user": user }, "effect": effect });
        let _ = control.send("POST", "/faults", &fault).await.json_of(201);
    };
    set("before", json!({ "kind": "cut_before" })).await;
    let (came, _) = call(&server, (day, Route::ReactivateUser, &user), &token, PATIENCE).await;
    assert_eq!(came, b"");
    let _ = control.done("DELETE", "/faults?name=before").await;
    assert_eq!(day.state_of(&token, &user).await, "SUSPENDED", "nothing was done");

    set("middle", json!({ "kind": "cut_body", "after_bytes": 40 })).await;
    let (came, _) = call(&server, (day, Route::ReactivateUser, &user), &token, PATIENCE).await;
    let came = String::from_utf8(came).unwrap();
    let (head, body) = came.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert_eq!(body.len(), 40, "{body}");
    assert!(head.to_lowercase().contains("content-length: "), "more was promised: {head}");
    let _ = control.done("DELETE", "/faults?name=middle").await;
    assert_eq!(day.state_of(&token, &user).await, "ACTIVE", "it was done");
}

/// The stream is reset, and the connection goes on.
#[tokio::test]
async fn over_http_2_a_cut_is_of_the_stream_alone() {
    let server = a_server().await;
    let day = &Day::both(&server).await[1];
    let token = day.api.token().await;
    let http = rollcall_system_tests::http_client().http2_prior_knowledge().no_proxy();
    let http = http.build().unwrap();
    let call = |method: reqwest::Method, route, user: &str| {
        let url = format!("http://{}{}", server.authority(), day.api.path(route, user));
        http.request(method, url).bearer_auth(&token).version(Version::HTTP_2).send()
    };
    let user = day.person("cut-after-act");
    assert!(call(reqwest::Method::POST, Route::SuspendUser, &user).await.is_err());
    let seen = call(reqwest::Method::GET, Route::GetUser, &user).await.unwrap();
    assert_eq!(seen.version(), Version::HTTP_2);
    let seen: serde_json::Value = seen.json().await.unwrap();
    assert_eq!(seen["state"], "SUSPENDED");
    let limited = call(reqwest::Method::GET, Route::GetUser, &day.person("rate-limited")).await;
    assert_eq!(limited.unwrap().status(), 429);
}
