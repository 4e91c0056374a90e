//! A limit is set for all nodes together: two of them let through what one would.

use std::time::Instant;

use rollcall_system_tests::{PATIENCE, TwoNodes, http_client};
use serde_json::Value;

const CALLS_PER_MINUTE: usize = 60;
const SETTINGS: &str = "[limits]\ncalls_per_minute = 60\n\n[admin]\nlisten = \"127.0.0.1:0\"\n";

/// How many nodes this one has counted.
async fn counts(said: &Value) -> Option<f64> {
    let address = said["admin"].as_str().expect("it has an admin listener");
    let http = http_client().no_proxy().build().unwrap();
    let answer = http.get(format!("http://{address}/metrics")).send().await.unwrap();
    let text = answer.text().await.unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("rollcall_store_nodes "));
    line.map(|count| count.parse().unwrap())
}

#[tokio::test]
async fn two_nodes_share_what_an_application_may_call() {
    let nodes = TwoNodes::start_with(SETTINGS).await;
    let began = Instant::now();
    for said in [&nodes.first.said, &nodes.other.said] {
        while counts(said).await != Some(2.0) {
            assert!(began.elapsed() < PATIENCE, "a node does not count the other");
        }
    }
    let apis = nodes.apis();
    let token = apis[0].token().await;
    let (began, mut heard) = (Instant::now(), 0);
    for n in 0..2 * CALLS_PER_MINUTE {
        let answer = apis[n % 2].user(&token, &nodes.first.member).await;
        match answer.status {
            200 => heard += 1,
            429 => assert!(answer.header("retry-after").is_some()),
            other => panic!("{other}: {}", answer.text),
        }
    }
    // One more a second comes back meanwhile.
    let come_back = usize::try_from(began.elapsed().as_secs()).unwrap() + 1;
    println!(
        "{heard} of {} calls were heard, {CALLS_PER_MINUTE} a minute are set",
        2 * CALLS_PER_MINUTE
    );
    assert!((CALLS_PER_MINUTE..=CALLS_PER_MINUTE + come_back).contains(&heard), "{heard} heard");
}
