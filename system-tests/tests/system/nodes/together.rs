//! Ten processes find an empty database at the same moment: one of them founds it, and all serve.

use rollcall_system_tests::{Api, Database, Ground, Node, RunningServe, Store};

const PROCESSES: usize = 10;

#[tokio::test]
async fn ten_processes_on_an_empty_database_all_serve_and_one_founds_it() {
    let (first, others) =
        RunningServe::together(Ground::fresh(Store::Postgres).await, PROCESSES).await;
    let Database::Postgres(fresh) = &first.ground.database else { unreachable!("asked for") };
    let db = fresh.connect().await;
    for (sql, expected) in [
        ("select count(*) from mac_keys", 1_i64),
        ("select count(*) from meta where name = 'made_by'", 1),
        ("select count(*) - max(version) from rollcall_migrations", 0),
    ] {
        let counted: i64 = db.query_one(sql, &[]).await.unwrap().get(0);
        assert_eq!(counted, expected, "{sql}");
    }
    // What each of them signs, the next one opens; what it is told, the next one knows.
    let apis: Vec<Api> = std::iter::once(first.api()).chain(others.iter().map(Node::api)).collect();
    assert_eq!(apis.len(), PROCESSES);
    for (n, api) in apis.iter().enumerate() {
        let (token, next) = (api.token().await, &apis[(n + 1) % PROCESSES]);
        assert_eq!(api.suspend(&token, &first.member).await.status, 200);
        assert_eq!(next.user(&token, &first.member).await.json_of(200)["state"], "SUSPENDED");
        assert_eq!(next.reactivate(&token, &first.member).await.status, 200);
        assert_eq!(next.revoke(&token).await.status, 200);
        api.user(&token, &first.member).await.refuses(401, 16, "token_invalid");
    }
}
