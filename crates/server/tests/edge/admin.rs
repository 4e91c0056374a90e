//! What whoever runs the server is told: alive, ready, and of each call when it is over.

use rollcall_server::Settings;
use rollcall_server::operate::{FinishedCall, Observer};

use crate::stage::{Client, Stage, on_loopback, patient};

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_does_not_answer_is_not_ready_and_is_alive() {
    let stage = Stage::with(patient()).await;
    let admin = stage.serving.as_ref().unwrap().admin(on_loopback(), None).unwrap();
    let mut prober = Client::to(admin.address).await;
    assert_eq!(prober.ask(&get("/readyz")).await.body, "ready\n");
    stage.store.close().await;
    let answer = prober.ask(&get("/readyz")).await;
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("the store does not answer"), "{answer:?}");
    assert_eq!(prober.ask(&get("/livez")).await.status, 200);
    let none = prober.ask(&get("/metrics")).await;
    assert_eq!(none.status, 404, "{none:?}");
    assert_eq!(prober.ask(&get("/anything")).await.status, 404);
    let post = prober.ask("POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").await;
    assert_eq!(post.status, 405);
    assert!(post.head.contains("allow: get, head"), "{post:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_watches_is_told_of_each_call_and_of_nobody() {
    let (told, mut calls) = tokio::sync::mpsc::unbounded_channel();
    let observer = Observer::new(move |call: &FinishedCall<'_>| {
        let line = format!(
            "{} {} {} {:?} {:?}",
            call.operation, call.method, call.status, call.traceparent, call.tracestate
        );
        told.send((line, call.request_id.to_owned())).unwrap();
    });
    let stage = Stage::set(|settings: &mut Settings| settings.observer = Some(observer)).await;
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let answer = stage
        .connect()
        .await
        .ask(&get("/nowhere").replace("Host", &format!("traceparent: {parent}\r\nHost")))
        .await;
    let (line, request_id) = calls.recv().await.unwrap();
    assert_eq!(line, format!("NotFound GET 404 Some(\"{parent}\") None"));
    assert!(answer.head.contains(&format!("x-request-id: {request_id}")), "{answer:?}");
    // Twice is not a trace, nor is a very long one.
    for odd in [format!("{parent}\r\ntraceparent: {parent}"), "0".repeat(2_000)] {
        let request = get("/nowhere").replace("Host", &format!("traceparent: {odd}\r\nHost"));
        stage.connect().await.ask(&request).await;
        assert_eq!(calls.recv().await.unwrap().0, "NotFound GET 404 None None");
    }
}
