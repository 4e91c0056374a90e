//! The metrics are those of the list, count what happened, and hold nobody's data. A test binary of
//! its own, for a process has one recorder, and others' calls would be counted.

#![allow(clippy::unwrap_used)]

#[path = "../edge/stage.rs"]
#[allow(dead_code)]
mod stage;

use std::collections::BTreeMap;

use rollcall_server::Limits;
use rollcall_server::operate::{METRICS, Metrics};

use stage::{Client, Stage, on_loopback, patient, until};

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_what_happened() {
    let metrics = Metrics::install().unwrap();
    assert!(Metrics::install().is_err(), "there is one for a process");
    let limits = Limits { calls_at_work_max: 1, connections_per_address_max: 20, ..patient() };
    let stage = Stage::with(limits).await;
    let admin =
        stage.serving.as_ref().unwrap().admin(on_loopback(), Some(metrics.clone())).unwrap();

    let token = stage.token().await;
    let mut client = stage.connect().await;
    for _ in 0..3 {
        assert_eq!(client.ask(&Stage::list_request(&token)).await.status, 200);
    }
    assert_eq!(client.ask(&Stage::act_request(&token)).await.status, 404);
    let wrong = stage.token_request().replace("Basic ", "Basic eDp5");
    assert_eq!(client.ask(&wrong).await.status, 401);
    assert_eq!(client.ask(&get("/nowhere?token=secret-in-an-address")).await.status, 404);
    {
        let _held = stage.hold().await;
        client.send(Stage::act_request(&token)).await;
        until("somebody is sent away", async || {
            let answer = stage.connect().await.ask(&Stage::list_request(&token)).await;
            answer.status == 503
        })
        .await;
        // How it is can be asked all the same, without a place among the calls.
        let mut prober = Client::to(admin.address).await;
        assert_eq!(prober.ask(&get("/livez")).await.status, 200);
        assert_eq!(prober.ask(&get("/readyz")).await.status, 200);
        let text = prober.ask(&get("/metrics")).await.body;
        assert_eq!(value(&text, "rollcall_calls_at_work"), 1.0);
    }
    assert_eq!(client.answer().await.unwrap().status, 404);

    let text = Client::to(admin.address).await.ask(&get("/metrics")).await.body;
    let at = |series: &str| value(&text, series);
    assert_eq!(at(r#"rollcall_requests_total{route="RequestToken",status="200"}"#), 1.0);
    assert_eq!(at(r#"rollcall_requests_total{route="RequestToken",status="401"}"#), 1.0);
    assert!(at(r#"rollcall_requests_total{route="ListUsers",status="200"}"#) >= 3.0);
    assert_eq!(at(r#"rollcall_requests_total{route="SuspendUser",status="404"}"#), 2.0);
    assert_eq!(at(r#"rollcall_requests_total{route="NotFound",status="404"}"#), 1.0);
    assert_eq!(at(r#"rollcall_request_seconds_count{route="RequestToken"}"#), 2.0);
    assert_eq!(at(r#"rollcall_refusals_total{reason="user_not_found"}"#), 2.0);
    assert_eq!(at(r#"rollcall_wrong_credentials_total{answer="refused"}"#), 1.0);
    assert!(at("rollcall_shed_total") >= 1.0);
    assert!(at("rollcall_connections") >= 1.0);
    assert!(at("rollcall_batch_acts_count") >= 3.0);
    assert!(at("rollcall_commit_seconds_count") >= 3.0);
    assert!(at(r#"rollcall_mac_key_age_seconds{key="1"}"#) < 600.0);
    assert!(at("process_open_fds") > 5.0 && at("process_open_fds") < at("process_max_fds"));
    assert!(at("process_resident_memory_bytes") > 1e6);
    assert!(!text.contains("secret-in-an-address"));
    only_of_the_list(&text);
    // An answer may be here before its place in the queue is given back.
    until("nobody waits", async || {
        let text = Client::to(admin.address).await.ask(&get("/metrics")).await.body;
        value(&text, "rollcall_acts_waiting") == 0.0
    })
    .await;
}

fn value(text: &str, series: &str) -> f64 {
    let line = text.lines().find(|line| line.rsplit_once(' ').is_some_and(|(at, _)| at == series));
    let line = line.unwrap_or_else(|| panic!("{series} is not in:\n{text}"));
    line.rsplit_once(' ').unwrap().1.parse().unwrap()
}

/// Each series is of a metric that is described, with its labels and no other.
fn only_of_the_list(text: &str) {
    let mut seen = BTreeMap::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (series, _) = line.rsplit_once(' ').unwrap();
        let (name, labels) = series.split_once('{').unwrap_or((series, ""));
        let metric = METRICS.iter().find(|metric| {
            let rest = name.strip_prefix(metric.name);
            rest.is_some_and(|rest| ["", "_bucket", "_sum", "_count"].contains(&rest))
        });
        let metric = metric.unwrap_or_else(|| panic!("{line} is of no metric of the list"));
        for label in labels.trim_end_matches('}').split(',').filter(|label| !label.is_empty()) {
            let label = label.split('=').next().unwrap();
            assert!(label == "le" || metric.labels.contains(&label), "{line}");
        }
        *seen.entry(metric.name).or_insert(0) += 1;
    }
    assert!(seen.len() > METRICS.len() / 2, "{seen:?}");
    for line in text.lines().filter_map(|line| line.strip_prefix("# HELP ")) {
        let name = line.split(' ').next().unwrap();
        assert!(METRICS.iter().any(|metric| metric.name == name), "{name}");
    }
}
