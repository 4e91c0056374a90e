//! Where `dev` listens: loopback alone, on the port that was asked for, or on the next free one
//! where none was.

use rollcall_system_tests::{Database, Rollcall, RunningServer, Store};
use rollcall_wire::route::Family;
use tempfile::TempDir;
use tokio::net::TcpListener;

/// Prints where a server is that was not told where to listen, while the one before it still runs.
#[tokio::test]
async fn the_next_free_port_is_taken_where_none_was_asked_for() {
    let binary = rollcall_system_tests::rollcall_binary();
    let inner =
        format!("echo $ROLLCALL_URL; {} dev -- sh -c 'echo $ROLLCALL_URL'", binary.display());
    let ended = Rollcall::new(["dev", "--", "sh", "-c", &inner]).run().await.well();
    let ports: Vec<u16> = ended
        .stdout
        .lines()
        .map(|url| url.strip_prefix("http://127.0.0.1:").unwrap().parse().unwrap())
        .collect();
    let [first, second] = ports[..] else { panic!("two ports: {ports:?}") };
    assert!(first >= 8787 && second > first, "{ports:?}");
}

#[tokio::test]
async fn a_port_that_was_asked_for_is_that_port_or_an_error() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = Rollcall::new(["dev", "--listen", &address, "--", "true"]).run().await;
    assert_eq!(ended.code(), 1);
    ended.says(&address);
    drop(taken);
    let command = ["dev", "--listen", &address, "--", "sh", "-c", "echo $ROLLCALL_URL"];
    let ended = Rollcall::new(command).run().await.well();
    assert_eq!(ended.stdout.trim(), format!("http://{address}"));
}

#[tokio::test]
async fn port_zero_is_any_free_port_and_ipv6_loopback_works() {
    let server = RunningServer::start(Store::Sqlite).await;
    assert!(!server.authority().ends_with(":0"));
    let command = ["dev", "--listen", "[::1]:0", "--", "sh", "-c", "echo $ROLLCALL_URL"];
    let ended = Rollcall::new(command).run().await;
    // A machine without IPv6 has no such address; it is told so, and that is all there is to see.
    if ended.status.success() {
        assert!(ended.stdout.starts_with("http://[::1]:"), "{}", ended.stdout);
    } else {
        ended.says("[::1]:0");
    }
}

#[tokio::test]
async fn an_address_that_others_reach_is_refused() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8787", "10.0.0.1:0"] {
        let arguments =
            ["dev", "--listen", address, "--data", data.to_str().unwrap(), "--", "true"];
        let ended = Rollcall::new(arguments).run().await;
        assert_eq!((ended.code(), &*ended.stdout), (2, ""), "{address}");
        ended.says("loopback");
    }
    assert!(!data.exists(), "a refusal has made nothing");
    let ended = Rollcall::new(["dev", "--listen", "localhost", "--", "true"]).run().await;
    assert_eq!(ended.code(), 2);
}

/// A token taken before a restart works after it: its key is in the store.
#[tokio::test]
async fn tokens_and_pages_outlive_a_restart() {
    for store in [Store::Sqlite, Store::Postgres] {
        let server = RunningServer::start_on(Database::fresh(store).await, &[]).await;
        let api = server.api(Family::V1);
        let (token, revoked) = (api.token().await, api.token().await);
        assert_eq!(api.revoke(&revoked).await.status, 200);
        let (_, next) = api.list(&token, "").await.page();
        let server = RunningServer::start_on(server.stop().await, &[]).await;
        let api = server.api(Family::V1);
        let query = format!("page_token={}", next.unwrap());
        assert_eq!(api.list(&token, &query).await.page().0.len(), 25);
        api.list(&revoked, "").await.refuses(401, 16, "token_invalid");
        // And through an end that nobody announced.
        let server = RunningServer::start_on(server.kill().await, &[]).await;
        assert_eq!(server.api(Family::V1).list(&token, &query).await.status, 200);
    }
}
