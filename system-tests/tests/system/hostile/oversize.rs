//! Too much of everything: an address, a header, a query, a page token, credentials, a form. Each is
//! answered with a client's error or cut off, and the server goes on.

use rollcall_system_tests::{PATIENCE, RunningServer, Store};
use rollcall_wire::route::{Family, Route};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The status; nothing where the connection was cut off without a word.
async fn ask(authority: &str, request: &[u8]) -> Option<u16> {
    let mut stream = TcpStream::connect(authority).await.unwrap();
    // The server may have had enough before all of it was sent.
    let _ = timeout(PATIENCE, stream.write_all(request)).await.expect("it is read or cut off");
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("it ends");
    let answer = String::from_utf8(answer).unwrap();
    answer.split(' ').nth(1).map(|status| status.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_much_of_anything_is_refused_and_the_server_goes_on() {
    let server = RunningServer::start(Store::Sqlite).await;
    let api = server.api(Family::V1);
    let token = api.token().await;
    let users = api.path(Route::ListUsers, "");
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let close = "Host: x\r\nConnection: close\r\n";
    let long = |n: usize| "A".repeat(n);
    let kib = 1024;
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let cases: Vec<(&str, String, &[u16])> = vec![
        (
            "an address of 1 MiB",
            format!("GET /{} HTTP/1.1\r\n{close}\r\n", long(kib * kib)),
            &[414, 431],
        ),
        (
            "a header of 1 MiB",
            format!("GET / HTTP/1.1\r\n{close}X: {}\r\n\r\n", long(kib * kib)),
            &[431],
        ),
        (
            "a method of 1 MiB",
            format!("{} / HTTP/1.1\r\n{close}\r\n", long(kib * kib)),
            &[400, 414, 431],
        ),
        (
            "a thousand headers",
            format!("GET / HTTP/1.1\r\n{close}{}\r\n", "X: y\r\n".repeat(1000)),
            &[431],
        ),
        (
            "a page token of 20 KiB",
            format!("GET {users}?page_token={} HTTP/1.1\r\n{close}{bearer}\r\n", long(20 * kib)),
            &[400],
        ),
        (
            "a filter of 20 KiB",
            format!("GET {users}?filter={} HTTP/1.1\r\n{close}{bearer}\r\n", long(20 * kib)),
            &[400],
        ),
        (
            "four thousand arguments",
            format!("GET {users}?{} HTTP/1.1\r\n{close}{bearer}\r\n", "a=b&".repeat(4000)),
            &[200],
        ),
        (
            "a person's id of 20 KiB",
            format!("GET {users}/{} HTTP/1.1\r\n{close}{bearer}\r\n", long(20 * kib)),
            &[404],
        ),
        (
            "a token of 20 KiB",
            format!(
                "GET {users} HTTP/1.1\r\n{close}Authorization: Bearer {}\r\n\r\n",
                long(20 * kib)
            ),
            &[401],
        ),
        (
            "Basic of 20 KiB",
            format!(
                "POST /v1/oauth/token HTTP/1.1\r\n{close}{form}Authorization: Basic {}\r\nContent-Length: 0\r\n\r\n",
                long(20 * kib)
            ),
            &[401],
        ),
        (
            "a form of 17 KiB",
            format!(
                "POST /v1/oauth/token HTTP/1.1\r\n{close}{form}Content-Length: {}\r\n\r\n{}",
                17 * kib,
                long(17 * kib)
            ),
            &[400],
        ),
        (
            "a form that says it has 10 GiB",
            format!(
                "POST /v1/oauth/token HTTP/1.1\r\n{close}{form}Content-Length: 10737418240\r\n\r\n"
            ),
            &[400],
        ),
        (
            "a chunk that says it has 4 GiB",
            format!(
                "POST /v1/oauth/token HTTP/1.1\r\n{close}{form}Transfer-Encoding: chunked\r\n\r\nffffffff\r\n{}",
                long(64 * kib)
            ),
            &[400],
        ),
        (
            "a chunk's extension of 1 MiB",
            format!(
                "POST /v1/oauth/token HTTP/1.1\r\n{close}{form}Transfer-Encoding: chunked\r\n\r\n1;{}\r\n",
                long(kib * kib)
            ),
            &[400],
        ),
        (
            "trailers of 1 MiB",
            format!(
                "POST /v1/oauth/token HTTP/1.1\r\n{close}{form}Transfer-Encoding: chunked\r\n\r\n0\r\nX: {}\r\n\r\n",
                long(kib * kib)
            ),
            &[400],
        ),
    ];
    for (what, request, statuses) in cases {
        let status = ask(server.authority(), request.as_bytes()).await;
        println!("{what}: {status:?}");
        // Cut off in the middle of sending, the answer may be lost on its way.
        let too_long_to_hear = request.len() > 60 * kib && status.is_none();
        let listed = status.is_some_and(|status| statuses.contains(&status));
        assert!(listed || too_long_to_hear, "{what}: {status:?}");
    }
    assert_eq!(api.list(&token, "").await.status, 200);
}
