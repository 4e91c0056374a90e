//! Too many at once: connections, and calls that wait for the store.

use std::time::{Duration, Instant};

use rollcall_server::Limits;

use crate::stage::{Stage, patient, until};

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_too_many_is_told_so_and_the_others_stay() {
    let limits = Limits { connections_per_address_max: 3, ..patient() };
    let stage = Stage::with(limits).await;
    let ask = "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut client = stage.connect().await;
        assert_eq!(client.ask(ask).await.status, 200);
        held.push(client);
    }
    let mut fourth = stage.connect().await;
    let answer = fourth.answer().await.unwrap();
    assert!(answer.status == 503 && answer.closes(), "{answer:?}");
    assert!(answer.head.contains("retry-after: 1"), "{answer:?}");
    for client in &mut held {
        assert_eq!(client.ask(ask).await.status, 200);
    }
    held.pop();
    // Its place is free as soon as the server has noticed.
    until("a place is free again", async || {
        let mut client = stage.connect().await;
        client.send(ask).await;
        client.answer().await.is_some_and(|answer| answer.status == 200)
    })
    .await;
}

/// Who sits there idle makes room when nearly every place is taken.
#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_of_idle_connections_makes_room() {
    let stage = Stage::with(Limits { connections_max: 10, ..patient() }).await;
    let mut idle = Vec::new();
    for _ in 0..10 {
        idle.push(stage.connect().await);
    }
    // Long before the patience of an idle connection is over.
    until("somebody else is served", async || {
        let mut client = stage.connect().await;
        client.send("GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n").await;
        client.answer().await.is_some_and(|answer| answer.status == 200)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_beyond_what_is_taken_on_are_sent_away_at_once() {
    let stage = Stage::with(Limits { calls_at_work_max: 4, ..patient() }).await;
    let token = stage.token().await;
    let held = stage.hold().await;
    let mut waiting = Vec::new();
    for _ in 0..4 {
        let mut client = stage.connect().await;
        client.send(Stage::act_request(&token)).await;
        waiting.push(client);
    }
    let mut slow_sender = stage.connect().await;
    slow_sender
        .send("POST /v1/oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 29\r\n\r\n")
        .await;
    let began = Instant::now();
    until("the fifth is sent away", async || {
        let answer = stage.connect().await.ask(&Stage::list_request(&token)).await;
        if answer.status == 200 {
            return false;
        }
        assert_eq!(answer.status, 503, "{answer:?}");
        assert_eq!(answer.body, r#"{"code":14,"message":"unavailable","details":[]}"#);
        assert!(answer.head.contains("retry-after: 1"), "{answer:?}");
        true
    })
    .await;
    let oauth = stage.connect().await.ask(&stage.token_request()).await;
    assert_eq!(oauth.status, 503, "{oauth:?}");
    assert!(oauth.body.contains("temporarily_unavailable"), "{oauth:?}");
    assert!(began.elapsed() < Duration::from_secs(10), "nobody waited for the store");

    drop(held);
    for client in &mut waiting {
        assert_eq!(client.answer().await.unwrap().status, 404, "who was taken on is answered");
    }
    assert_eq!(stage.connect().await.ask(&Stage::list_request(&token)).await.status, 200);
}
