//! The primary is paused with all its processes, its standby is promoted and takes a revocation and
//! a suspension, and the old primary comes back. It says that it takes writes, and knows of neither.

use std::time::{Duration, Instant};

use rollcall_system_tests::{Api, Database, Ground, Node, RunningServe};
use rollcall_wire::route::Route;
use serde_json::Value;
use tokio_postgres::Client;

use super::pair::Pair;

const ATTEMPTS: usize = 300;
const LOOKED_FOR: Duration = Duration::from_secs(6);

#[tokio::test]
async fn nobody_serves_what_the_successor_of_a_paused_primary_has_ended() {
    let pair = Pair::start().await;
    let ground = Ground::on(Database::elsewhere(&pair.address())).await;
    let first = RunningServe::start_on(ground, &[]).await;
    let member = first.member.clone();
    let second = Node::beside(&first).await;
    // As one is whose proxy leads to the old primary and to no other.
    let only_the_first = pair.primary.address();
    let led_astray = ["--database", &only_the_first, "--require-synchronous"];
    let astray = Node::told(&first.ground, &first.credentials, &led_astray).await;
    let (ended, good) = (first.api().token().await, first.api().token().await);
    for api in [first.api(), second.api(), astray.api()] {
        assert_eq!(state(&api, &ended, &member).await, Some("ACTIVE".to_owned()));
    }

    let before = what_it_says(&pair.primary.connect().await, &member).await;
    pair.primary.stop();
    pair.standby.promote();
    until_answered(&first.api(), Route::Revoke, &ended, "").await;
    until_answered(&first.api(), Route::SuspendUser, &good, &member).await;
    pair.primary.go_on();
    let db = pair.primary.connect().await;
    assert_eq!(what_it_says(&db, &member).await, before, "it knows of nothing, and takes writes");

    let late = Node::beside(&first).await;
    let nodes = [first.api(), second.api(), late.api(), astray.api()];
    // Each by itself: whoever waits for a proof in vain does so for two seconds.
    let asked = nodes.iter().map(|node| is_right_each_time(node, &ended, &good, &member));
    let answered = futures_util::future::join_all(asked).await;
    println!("answered by two nodes, a late one, and one that is led astray: {answered:?}");
    assert!(answered[..3].iter().all(|times| *times > 0), "{answered:?}");
    assert_eq!(answered[3], 0, "there is nobody to show that the old primary is one");
}

/// How often it showed the member: never as before, and never to the token that was revoked.
async fn is_right_each_time(node: &Api, ended: &str, good: &str, member: &str) -> u32 {
    let mut answered = 0;
    let began = Instant::now();
    while began.elapsed() < LOOKED_FOR {
        let by_ended = get(node, ended, member).await;
        assert!(by_ended.0 == 401 || by_ended.0 == 503, "a revoked token: {by_ended:?}");
        if let Some(state) = state(node, good, member).await {
            assert_eq!(state, "SUSPENDED", "somebody who was suspended");
            answered += 1;
        }
    }
    answered
}

/// A node that asks it and believes it would be wrong: it takes writes, the member's state, and how
/// many tokens are revoked.
async fn what_it_says(db: &Client, member: &str) -> (bool, i16, i64) {
    let sql = "select not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off',
                      state, (select count(*) from revocations) from users where user_id = $1";
    let row = db.query_one(sql, &[&member]).await.unwrap();
    assert!(row.get::<_, bool>(0));
    (row.get(0), row.get(1), row.get(2))
}

async fn get(api: &Api, token: &str, member: &str) -> (u16, Value) {
    let answer = api.user(token, member).await;
    (answer.status, serde_json::from_str(&answer.text).unwrap_or_default())
}

/// `None`: it says that it cannot say.
async fn state(api: &Api, token: &str, member: &str) -> Option<String> {
    match get(api, token, member).await {
        (200, user) => Some(user["state"].as_str().unwrap().to_owned()),
        (503, _) => None,
        other => panic!("{other:?}"),
    }
}

async fn until_answered(api: &Api, route: Route, token: &str, member: &str) {
    let mut last = None;
    for _ in 0..ATTEMPTS {
        let answer = match route {
            Route::Revoke => api.revoke(token).await,
            _ => api.suspend(token, member).await,
        };
        if answer.status == 200 {
            return;
        }
        assert_eq!(answer.status, 503, "{}", answer.text);
        assert!(answer.headers.contains_key("retry-after"), "{:?}", answer.headers);
        last = Some(answer.text);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no answer after the promotion: {last:?}");
}
