//! Connections that sit there, and connections that come and go.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rollcall_system_tests::{PATIENCE, RunningServer, Store};
use rollcall_wire::route::Family;
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

use super::how_many;
use super::process::{may_open, uses};

const IDLE: usize = 10_000;
const FROM_EACH_ADDRESS: usize = 1_000;
/// Files of the test itself, beside its connections.
const OTHER_FILES: usize = 500;

/// From an address of loopback of its own: one address has not so many places.
async fn connect(server: &RunningServer, nth: usize) -> std::io::Result<TcpStream> {
    let last = u8::try_from(10 + nth / FROM_EACH_ADDRESS).unwrap();
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from(([127, 0, 0, last], 0)))?;
    let to: SocketAddr = server.authority().parse().unwrap();
    timeout(PATIENCE, socket.connect(to)).await.expect("the machine answers")
}

/// They keep nobody out, they are sent home, and nothing of them stays.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_idle_connections_keep_nobody_out() {
    let room = may_open(IDLE + OTHER_FILES);
    let count = IDLE.min(room.saturating_sub(OTHER_FILES));
    if count < IDLE {
        println!("this machine allows {room} open files: {count} connections, not {IDLE}");
    }
    let server = RunningServer::start(Store::Sqlite).await;
    let api = server.api(Family::V1);
    let token = api.token().await;
    let before = uses(server.pid());

    let began = Instant::now();
    let mut idle = Vec::with_capacity(count);
    for nth in 0..count {
        idle.push(connect(&server, nth).await.unwrap());
    }
    let connected = began.elapsed();
    let during = uses(server.pid());
    let asked = Instant::now();
    for _ in 0..20 {
        assert_eq!(api.list(&token, "").await.status, 200);
    }
    let answered = asked.elapsed() / 20;

    // Each is closed by the server, which waits 15 s for a first head.
    let ended = async {
        for stream in &mut idle {
            let mut byte = [0];
            // Cut off is an end too.
            let read = stream.read(&mut byte).await;
            assert!(matches!(read, Ok(0) | Err(_)), "the server said something: {byte:?}");
        }
    };
    timeout(PATIENCE, ended).await.expect("silent connections are closed");
    drop(idle);
    let after = settled(&server, before.files + 20).await;
    println!(
        "{count} idle connections: made in {connected:?}, a list meanwhile in {answered:?}; files {} -> {} -> {}, anonymous KiB {} -> {} -> {}",
        before.files,
        during.files,
        after.files,
        before.anonymous_kib,
        during.anonymous_kib,
        after.anonymous_kib
    );
    assert_eq!(api.list(&token, "").await.status, 200);
}

async fn settled(server: &RunningServer, files: usize) -> super::process::Uses {
    let began = Instant::now();
    loop {
        let now = uses(server.pid());
        if now.files <= files {
            return now;
        }
        assert!(began.elapsed() < PATIENCE, "{} files stay open", now.files);
        sleep(Duration::from_millis(50)).await;
    }
}

/// What comes and goes leaves nothing: after each thousand there is as much as after the first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_and_files_return_after_many_connections() {
    let server = RunningServer::start(Store::Sqlite).await;
    let api = server.api(Family::V1);
    let token = api.token().await;
    let at_first = uses(server.pid());
    let path = api.path(rollcall_wire::route::Route::ListUsers, "");
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    let rounds = how_many(4, 10);
    let mut seen = Vec::new();
    for _ in 0..rounds {
        for nth in 0..1_000 {
            let mut stream = connect(&server, nth).await.unwrap();
            // A third ask and are answered, a third leave in the middle, a third say nothing.
            match nth % 3 {
                0 => {
                    tokio::io::AsyncWriteExt::write_all(&mut stream, request.as_bytes())
                        .await
                        .unwrap();
                    let mut answer = Vec::new();
                    stream.read_to_end(&mut answer).await.unwrap();
                    assert!(answer.starts_with(b"HTTP/1.1 200"), "an answer to every call");
                }
                1 => {
                    let half = &request.as_bytes()[..request.len() / 2];
                    tokio::io::AsyncWriteExt::write_all(&mut stream, half).await.unwrap();
                }
                _ => {}
            }
        }
        seen.push(settled(&server, at_first.files + 20).await);
    }
    let (first, last) = (seen[0], seen[seen.len() - 1]);
    println!("{rounds}000 connections: at first {at_first:?}, then {first:?}, at last {last:?}");
    let grown = last.anonymous_kib.saturating_sub(first.anonymous_kib);
    assert!(grown < 16 * 1024, "{grown} KiB more than after the first thousand");
}
