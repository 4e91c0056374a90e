//! Traces: a span for each call reaches the collector, under the caller's own trace, and says
//! nothing of anybody.

use rollcall_system_tests::http_client;

use super::collector::Collector;
use super::serve_here::Served;

const TRACE: [u8; 16] = *b"\x0a\xf7\x65\x19\x16\xcd\x43\xdd\x84\x48\xeb\x21\x1c\x80\x31\x9c";
const PARENT: [u8; 8] = *b"\xb7\xad\x6b\x71\x69\x20\x33\x31";

#[tokio::test]
async fn a_span_of_each_call_reaches_the_collector() {
    let mut collector = Collector::start().await;
    let served = Served::with(&[
        "--telemetry-otlp-endpoint",
        &collector.url,
        "--telemetry-service-name",
        "rollcall-under-test",
    ])
    .await;
    let http = http_client().no_proxy().build().unwrap();
    let request = http.get(format!("{}/openapi.json?nobody@example.com", served.url));
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let answer = request.header("traceparent", parent).send().await.unwrap();
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();

    let span = collector.span().await;
    assert_eq!((&*span.service, &*span.name), ("rollcall-under-test", "GetOpenApi"));
    assert_eq!((&span.trace[..], &span.parent[..]), (&TRACE[..], &PARENT[..]));
    let attribute = |key: &str| {
        let found = span.attributes.iter().find(|(found, _)| found == key);
        found.map(|(_, value)| value.as_str())
    };
    assert_eq!(attribute("http.request.method"), Some("GET"));
    assert_eq!(attribute("http.response.status_code"), Some("200"));
    assert_eq!(attribute("rollcall.request_id"), Some(&*id));
    let address = b"nobody@example.com";
    assert!(!span.request.windows(address.len()).any(|bytes| bytes == address));

    // Whoever does not want to be traced is not; whoever says nothing has a trace of their own.
    let ask = |traceparent: Option<&'static str>| {
        let request = http.get(format!("{}/nowhere", served.url));
        match traceparent {
            Some(parent) => request.header("traceparent", parent).send(),
            None => request.send(),
        }
    };
    ask(Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")).await.unwrap();
    ask(Some("rubbish")).await.unwrap();
    // The end sends what is left.
    served.end().await;
    let own = collector.span().await;
    assert_eq!(own.name, "NotFound");
    assert!(own.parent.is_empty() && own.trace.len() == 16 && own.trace != TRACE);
    assert!(collector.is_empty(), "one of the two was not to be traced");
}

/// The collector is away: calls are answered, and the end does not wait for it.
#[tokio::test]
async fn a_collector_that_is_away_delays_nobody() {
    let served = Served::with(&["--telemetry-otlp-endpoint", "http://127.0.0.1:9"]).await;
    let http = http_client().no_proxy().build().unwrap();
    for _ in 0..20 {
        let answer = http.get(format!("{}/openapi.json", served.url)).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }
    served.end().await;
}
