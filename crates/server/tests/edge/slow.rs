//! Who takes too long: for a head, for a body, between two calls, for the answer.

use std::time::Duration;

use rollcall_server::Limits;
use tokio::time::{Instant, sleep};

use crate::stage::{PATIENCE, Stage, patient};

const SHORT: Duration = Duration::from_millis(300);

#[tokio::test(flavor = "multi_thread")]
async fn a_head_has_a_time_whether_nothing_comes_or_drops() {
    let stage = Stage::with(Limits { header_timeout: SHORT, ..patient() }).await;
    let (took, said) = stage.connect().await.end().await;
    assert!(took >= SHORT && took < PATIENCE / 2 && said.is_empty(), "{took:?} {said:?}");

    let mut drops = stage.connect().await;
    let began = Instant::now();
    drops.send("GET /openapi.json HTTP/1.1\r\nHost: x\r\n").await;
    let mut sent = 0;
    while tokio::io::AsyncWriteExt::write_all(&mut drops.0, b"x: y\r\n").await.is_ok() {
        sent += 1;
        assert!(began.elapsed() < PATIENCE / 2, "{sent} drops keep a connection open");
        sleep(SHORT / 10).await;
    }
    assert!(sent >= 3, "it was cut off too early");

    // The second head on a connection has as long as the first.
    let mut second = stage.connect().await;
    assert_eq!(second.ask("GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n").await.status, 200);
    sleep(2 * SHORT).await;
    second.send("GET /openapi.json HTTP/1.1\r\n").await;
    let (took, said) = second.end().await;
    assert!(took >= SHORT * 9 / 10 && took < PATIENCE / 2 && said.is_empty(), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_pauses_or_drips_is_answered_400_and_its_connection_ends() {
    let limits = Limits { body_idle_timeout: SHORT, body_timeout: 2 * SHORT, ..patient() };
    let stage = Stage::with(limits).await;
    let head = stage.token_request();
    let (head, body) = head.split_at(head.len() - 29);

    let mut pauses = stage.connect().await;
    pauses.send(head).await;
    pauses.send(&body[..5]).await;
    let answer = pauses.answer().await.unwrap();
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert!(answer.closes() && answer.body.contains("did not come in time"), "{answer:?}");
    assert!(pauses.end().await.1.is_empty());

    let mut drips = stage.connect().await;
    drips.send(head).await;
    let drip = async {
        for byte in body.as_bytes().chunks(1) {
            if tokio::io::AsyncWriteExt::write_all(&mut drips.0, byte).await.is_err() {
                break;
            }
            sleep(SHORT / 5).await;
        }
    };
    drip.await;
    // Whether the answer can still be read is up to the machine; that the body was not waited
    // for to its end is what counts.
    if let Some(answer) = drips.answer().await {
        assert_eq!(answer.status, 400);
    }

    // Slow, and within both limits.
    let mut slow = stage.connect().await;
    slow.send(head).await;
    slow.send(&body[..10]).await;
    sleep(SHORT / 3).await;
    slow.send(&body[10..]).await;
    assert_eq!(slow.answer().await.unwrap().status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_is_closed_and_a_used_one_is_not() {
    let stage = Stage::with(Limits { idle_timeout: 2 * SHORT, ..patient() }).await;
    let mut kept = stage.connect().await;
    for _ in 0..5 {
        assert_eq!(kept.ask("GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n").await.status, 200);
        sleep(SHORT / 2).await;
    }
    let (took, said) = kept.end().await;
    assert!(took >= SHORT && took < PATIENCE / 2 && said.is_empty(), "{took:?} {said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_take_the_answer_is_not_waited_for() {
    let stage = Stage::with(Limits { idle_timeout: 2 * SHORT, ..patient() }).await;
    let mut deaf = stage.connect().await;
    // Answers pile up until neither side's buffers take more.
    let request = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1_000);
    let began = Instant::now();
    while tokio::io::AsyncWriteExt::write_all(&mut deaf.0, &request).await.is_ok() {
        assert!(began.elapsed() < PATIENCE, "the server waits for ever");
    }
}
