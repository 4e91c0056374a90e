//! Several hosts in one address: one that accepts and is silent, one that refuses, a standby, and
//! the primary behind them all.

use rollcall_system_tests::{Database, Ground, RunningServe};
use tokio::net::TcpListener;

use super::pair::Pair;

#[tokio::test]
async fn the_primary_is_found_behind_hosts_that_are_silent_refuse_or_stand_by() {
    let pair = Pair::start().await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent_port = silent.local_addr().unwrap().port();
    let mut kept = Vec::new();
    let accepting = tokio::spawn(async move {
        while let Ok((stream, _)) = silent.accept().await {
            kept.push(stream);
        }
    });
    let refusing = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let refusing_port = refusing.local_addr().unwrap().port();
    drop(refusing);
    let (standby, primary) = (pair.standby.port, pair.primary.port);

    // The primary is the last; without target_session_attrs several hosts mean the same.
    let hosts = [silent_port, refusing_port, standby, primary];
    let hosts = hosts.map(|port| format!("127.0.0.1:{port}")).join(",");
    let address = format!("postgres://rollcall@{hosts}/postgres");
    let ground = Ground::on(Database::elsewhere(&address)).await;
    let server = RunningServe::start_on(ground, &[]).await;
    let token = server.api().token().await;
    assert_eq!(server.api().suspend(&token, &server.member).await.status, 200);
    drop(server.stop().await);

    // Nobody takes writes: each host's own words.
    let hosts = [silent_port, refusing_port, standby];
    let hosts = hosts.map(|port| format!("127.0.0.1:{port}")).join(",");
    let address = format!("postgres://rollcall@{hosts}/postgres");
    let ground = Ground::on(Database::elsewhere(&address)).await;
    let ended = ground.serve(&[]).run().await;
    let said = &ended.stderr;
    assert!(!ended.status.success(), "{said}");
    for (port, why) in
        [(silent_port, "silent for 2 s"), (refusing_port, "refused"), (standby, "a standby")]
    {
        let names = said.find(&format!("127.0.0.1:{port}: ")).map(|at| &said[at..]);
        let names = names.unwrap_or_else(|| panic!("{port} is not named: {said}"));
        let of_it = names.split(';').next().unwrap_or_default();
        assert!(of_it.contains(why), "{port}: {said}");
    }
    accepting.abort();
}
