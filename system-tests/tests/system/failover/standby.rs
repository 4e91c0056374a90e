//! Whether commits wait for a standby: said on `/readyz`, required where the settings say so, and
//! an act whose wait was cancelled is not believed until it is looked for.

use std::time::Duration;

use rollcall_system_tests::{Database, Ground, PATIENCE, RunningServe};
use tokio_postgres::Client;

use super::pair::Pair;

const REQUIRED: [&str; 3] = ["--require-synchronous", "--admin-listen", "127.0.0.1:0"];

#[tokio::test]
async fn what_does_not_wait_for_a_standby_is_not_served_where_that_is_required() {
    let pair = Pair::start().await;
    pair.primary.wait_for_standbys(None).await;
    let ground = Ground::on(Database::elsewhere(&pair.primary.address())).await;
    let ended = ground.serve(&REQUIRED).run().await;
    assert!(!ended.status.success());
    let said = &ended.stderr;
    assert!(said.contains("require_synchronous") && said.contains("standby"), "{said}");
    assert!(said.contains("synchronous_standby_names"), "it says the way out: {said}");

    pair.primary.wait_for_standbys(Some("*")).await;
    let server = RunningServe::start_on(ground, &REQUIRED).await;
    let token = server.api().token().await;
    assert_eq!(server.api().user(&token, &server.member).await.status, 200);
    let admin = format!("http://{}", server.said["admin"].as_str().expect("where it is"));
    let ready = ready(&admin).await;
    assert!(ready.1.contains("commits wait for a standby (1 streaming), one node"), "{ready:?}");
    assert_eq!(ready.0, 200);

    // Found later: the next beat sees it.
    pair.primary.wait_for_standbys(None).await;
    until(async || server.api().user(&token, &server.member).await.status == 503).await;
    assert_eq!(server.api().suspend(&token, &server.member).await.status, 503);
    let unready = self::ready(&admin).await;
    assert!(unready.0 == 503 && unready.1.contains("require_synchronous"), "{unready:?}");
    pair.primary.wait_for_standbys(Some("*")).await;
    until(async || server.api().suspend(&token, &server.member).await.status == 200).await;
    drop(server.stop().await);
}

/// PostgreSQL answers a commit whose wait was cancelled with success and a warning.
#[tokio::test]
async fn a_commit_whose_wait_for_the_standby_was_cancelled_is_looked_for() {
    let pair = Pair::start().await;
    let ground = Ground::on(Database::elsewhere(&pair.primary.address())).await;
    let server = RunningServe::start_on(ground, &[]).await;
    let token = server.api().token().await;
    let db = pair.primary.connect().await;
    pair.standby.stop();
    let (api, member) = (server.api(), server.member.clone());
    let bearer = token.clone();
    let act = tokio::spawn(async move { api.suspend(&bearer, &member).await });
    cancel_the_wait_of_an_act(&db).await;
    // It is visible now, and on one machine only.
    until(async || is_suspended(&db, &server.member).await).await;
    assert!(!act.is_finished(), "answered, though it may be on one machine only");
    pair.standby.go_on();
    let answer = act.await.unwrap();
    assert!(matches!(answer.status, 200 | 503), "{answer:?}");
    // The look's own commit waited for the standby: now it is a fact everywhere.
    until(async || server.api().suspend(&token, &server.member).await.status == 200).await;
    let sql = "select count(*) from audit where kind = 'user_suspended'";
    assert_eq!(db.query_one(sql, &[]).await.unwrap().get::<_, i64>(0), 1, "once");
    drop(server.stop().await);
}

async fn cancel_the_wait_of_an_act(db: &Client) {
    let sql = "select count(pg_cancel_backend(pid)) from pg_stat_activity
               where query = 'commit' and wait_event = 'SyncRep'";
    until(async || db.query_one(sql, &[]).await.unwrap().get::<_, i64>(0) == 1).await;
}

async fn is_suspended(db: &Client, member: &str) -> bool {
    let sql = "select exists (select 1 from audit where kind = 'user_suspended' and user_id = $1)";
    db.query_one(sql, &[&member]).await.unwrap().get(0)
}

async fn ready(admin: &str) -> (u16, String) {
    let client = rollcall_system_tests::http_client().no_proxy().build().unwrap();
    let answer = client.get(format!("{admin}/readyz")).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn until(holds: impl AsyncFn() -> bool) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    waited.await.expect("it never came to hold");
}
