//! The end: what was accepted is answered, who is idle is sent home, and nobody is waited for
//! beyond the time of grace.

use std::time::{Duration, Instant};

use crate::stage::{PATIENCE, Stage, patient, until};

#[tokio::test(flavor = "multi_thread")]
async fn calls_under_way_are_answered_and_nobody_new_is_taken_on() {
    let mut stage = Stage::with(patient()).await;
    let token = stage.token().await;
    let serving = stage.serving.take().unwrap();
    let admin = serving.admin(crate::stage::on_loopback(), None).unwrap();
    let admin_address = admin.address;
    let ready = async || {
        let mut client = crate::stage::Client::to(admin_address).await;
        client.ask("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n").await
    };
    assert_eq!(ready().await.status, 200);

    let mut idle = stage.connect().await;
    assert_eq!(idle.ask(&Stage::list_request(&token)).await.status, 200);
    let held = stage.hold().await;
    let mut under_way = Vec::new();
    for _ in 0..20 {
        let mut client = stage.connect().await;
        client.send(Stage::act_request(&token)).await;
        under_way.push(client);
    }
    let began = Instant::now();
    let stopping = tokio::spawn(serving.stop(PATIENCE));
    let (_, said) = idle.end().await;
    assert!(said.is_empty(), "an idle connection is closed without a word");
    until("it says that it stops", async || ready().await.status == 503).await;
    assert!(ready().await.body.contains("stopping"));
    until("nobody new is taken on", async || {
        tokio::net::TcpStream::connect(stage.address).await.is_err()
    })
    .await;
    assert!(!stopping.is_finished(), "it waits for what it took on");

    drop(held);
    for client in &mut under_way {
        let answer = client.answer().await.expect("no call is lost");
        assert_eq!(answer.status, 404, "{answer:?}");
        assert!(answer.closes(), "{answer:?}");
    }
    stopping.await.unwrap().unwrap();
    assert!(began.elapsed() < PATIENCE / 2, "it waits for nobody else");
    stage.store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_waited_for_beyond_the_time_of_grace() {
    let mut stage = Stage::with(patient()).await;
    let mut half_a_head = stage.connect().await;
    half_a_head.send("GET /openapi.json HTTP/1.1\r\n").await;
    let mut half_a_body = stage.connect().await;
    half_a_body.send(&stage.token_request()[..stage.token_request().len() - 1]).await;
    let silent = stage.connect().await;
    // All three have been heard.
    assert_eq!(stage.token().await.len(), stage.token().await.len());

    let grace = Duration::from_millis(600);
    let began = Instant::now();
    stage.serving.take().unwrap().stop(grace).await.unwrap();
    let took = began.elapsed();
    assert!(took >= grace && took < PATIENCE / 2, "{took:?}");
    drop((half_a_head, half_a_body, silent));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_said_nothing_does_not_hold_up_the_end() {
    let mut stage = Stage::with(patient()).await;
    let mut silent = stage.connect().await;
    stage.token().await;
    let began = Instant::now();
    stage.serving.take().unwrap().stop(PATIENCE).await.unwrap();
    assert!(began.elapsed() < PATIENCE / 2);
    assert!(silent.end().await.1.is_empty());
}
