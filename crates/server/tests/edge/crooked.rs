//! Requests that two readers may read in two ways. Each is refused, or is the last on its
//! connection: what stands behind it is never answered as another request.

use crate::stage::{Stage, patient};

/// Answered, it would show that bytes of a body were taken for a request.
const SMUGGLED: &str = "GET /openapi.json HTTP/1.1\r\nHost: smuggled\r\n\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_behind_a_crooked_body_is_no_request() {
    let stage = Stage::with(patient()).await;
    let post = "POST /v1/oauth/token HTTP/1.1\r\nHost: x\r\n";
    let chunked = "Transfer-Encoding: chunked\r\n";
    let length = |n: usize| format!("Content-Length: {n}\r\n");
    let body = format!("0\r\n\r\n{SMUGGLED}");
    let cases = [
        ("a length and chunks", format!("{post}{}{chunked}\r\n{body}", length(body.len()))),
        ("chunks and a length", format!("{post}{chunked}{}\r\n{body}", length(5))),
        ("chunks twice", format!("{post}{chunked}{chunked}\r\n{body}")),
        ("chunks, then something", format!("{post}Transfer-Encoding: chunked, x\r\n\r\n{body}")),
        ("something, then chunks", format!("{post}Transfer-Encoding: x, chunked\r\n\r\n{body}")),
        ("a made-up coding", format!("{post}Transfer-Encoding: xchunked\r\n\r\n{body}")),
        ("a coding in two lines", format!("{post}Transfer-Encoding:\r\n chunked\r\n\r\n{body}")),
        ("space before the colon", format!("{post}Transfer-Encoding : chunked\r\n\r\n{body}")),
        ("two lengths", format!("{post}{}{}\r\n{body}", length(0), length(5))),
        ("a length and a list", format!("{post}Content-Length: 0, 5\r\n\r\n{body}")),
        ("a length with a sign", format!("{post}Content-Length: +5\r\n\r\n{body}")),
        ("a length below nothing", format!("{post}Content-Length: -5\r\n\r\n{body}")),
        (
            "a length beyond numbers",
            format!("{post}Content-Length: {}\r\n\r\n{body}", "9".repeat(30)),
        ),
        (
            "chunks in 1.0",
            format!("POST /v1/oauth/token HTTP/1.0\r\nHost: x\r\n{chunked}\r\n{body}"),
        ),
        ("a chunk of rubbish", format!("{post}{chunked}\r\nzz\r\n{SMUGGLED}")),
        ("a chunk beyond numbers", format!("{post}{chunked}\r\nffffffffffffffffff\r\n{SMUGGLED}")),
        ("a chunk that is longer than said", format!("{post}{chunked}\r\n1\r\n{SMUGGLED}")),
        ("a body that was not read", format!("{post}{}\r\n{SMUGGLED}", length(100_000))),
        ("a header in two lines", format!("{post}X: a\r\n b\r\n\r\n{SMUGGLED}")),
        ("a return alone", format!("{post}X: a\rY: b\r\n\r\n{SMUGGLED}")),
        ("a NUL", format!("{post}X: a\0b\r\n\r\n{SMUGGLED}")),
        ("no colon", format!("{post}nothing\r\n\r\n{SMUGGLED}")),
    ];
    for (what, request) in cases {
        let mut client = stage.connect().await;
        client.send(&request).await;
        let first = client.answer().await;
        if let Some(first) = &first {
            assert!((400..500).contains(&first.status), "{what}: {first:?}");
            assert!(first.closes(), "{what}: {first:?}");
        }
        let (_, rest) = client.end().await;
        assert!(rest.is_empty(), "{what}: {}", String::from_utf8_lossy(&rest));
        println!("{what}: {:?}", first.map(|first| first.status));
    }
}

/// Several requests at once are several requests, answered in their order.
#[tokio::test(flavor = "multi_thread")]
async fn pipelined_requests_are_answered_in_order() {
    let stage = Stage::with(patient()).await;
    let mut client = stage.connect().await;
    let token = stage.token_request();
    client.send(format!("{SMUGGLED}{token}GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n{token}")).await;
    for status in [200, 200, 404, 200] {
        assert_eq!(client.answer().await.unwrap().status, status);
    }
}

/// RFC 9112, 2.2 lets a line feed alone end a line, and so does hyper. Nothing is gained by it:
/// what frames a body is read by one reader.
#[tokio::test(flavor = "multi_thread")]
async fn a_line_feed_alone_ends_a_line_of_the_head() {
    let stage = Stage::with(patient()).await;
    let mut client = stage.connect().await;
    let answer = client.ask("GET /openapi.json HTTP/1.1\nHost: x\nConnection: close\n\n").await;
    assert_eq!(answer.status, 200);
    assert!(client.end().await.1.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_have_a_size() {
    let stage = Stage::with(patient()).await;
    let long = |n: usize| "x".repeat(n);
    let many: String = (0..101).map(|n| format!("x{n}: y\r\n")).collect();
    for (what, request, statuses) in [
        ("an address", format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", long(40_000)), [414, 431]),
        (
            "a header",
            format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", long(40_000)),
            [431, 431],
        ),
        ("headers", format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n"), [431, 431]),
    ] {
        let mut client = stage.connect().await;
        client.send(&request).await;
        if let Some(answer) = client.answer().await {
            assert!(statuses.contains(&answer.status), "{what}: {answer:?}");
            println!("{what}: {}", answer.status);
        }
        client.end().await;
    }
}

/// An answer that came before the body is the last one; one that read it is not.
#[tokio::test(flavor = "multi_thread")]
async fn an_unread_body_closes_the_connection() {
    let stage = Stage::with(patient()).await;
    let mut client = stage.connect().await;
    let read = client.ask(&stage.token_request()).await;
    assert!(read.status == 200 && !read.closes(), "{read:?}");
    let unread = "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n";
    let answer = client.ask(unread).await;
    assert!(answer.status == 404 && answer.closes(), "{answer:?}");
    // With and without the body that it speaks of.
    let mut client = stage.connect().await;
    let answer = client.ask(&format!("{unread}123456789{SMUGGLED}")).await;
    assert!(answer.status == 404 && answer.closes(), "{answer:?}");
    assert!(client.end().await.1.is_empty());
}
