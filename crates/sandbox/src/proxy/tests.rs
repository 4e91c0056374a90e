//! The proxy by the bytes that clients send it.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use super::*;

const PATIENCE: Duration = Duration::from_secs(30);

/// Answers each connection with what it was sent, once, and counts them.
async fn an_echo() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut asked = [0; 4];
                stream.read_exact(&mut asked).await.unwrap();
                stream.write_all(&asked).await.unwrap();
            });
        }
    });
    address
}

fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

/// All that is said to these bytes.
async fn said_to(proxy: &Proxy, bytes: &str) -> String {
    let mut stream = TcpStream::connect(proxy.address).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut said = String::new();
    timeout(PATIENCE, stream.read_to_string(&mut said)).await.expect("it ends").unwrap();
    said
}

fn connect(to: &str) -> String {
    format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n\r\n")
}

#[tokio::test]
async fn a_tunnel_leads_to_the_double_also_for_what_was_sent_at_once() {
    let proxy = start(listener(), an_echo().await).unwrap();
    let said = said_to(&proxy, &(connect("api.1password.com:443") + "ping")).await;
    assert!(said.starts_with("HTTP/1.1 200 OK\r\n") && said.ends_with("\r\n\r\nping"), "{said}");
    let (head, _) = said.split_once("\r\n\r\n").unwrap();
    assert!(!head.contains("content-length") && !head.contains("transfer-encoding"), "{head}");
}

#[tokio::test]
async fn others_are_refused_with_words_and_nobody_is_dialled() {
    // Nothing listens there: whoever were dialled would be a 502.
    let nobody = listener().local_addr().unwrap();
    let proxy = start(listener(), nobody).unwrap();
    for (request, status) in [
        (connect("example.com:443"), 403),
        (connect("my.1password.com:443"), 403),
        (connect(&format!("127.0.0.1:{}", nobody.port() ^ 1)), 403),
        ("GET http://api.1password.com/ HTTP/1.1\r\nHost: api.1password.com\r\n\r\n".into(), 405),
        ("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".into(), 405),
        (connect("api.1password.com:443"), 502),
    ] {
        let said = said_to(&proxy, &request).await;
        assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{request}{said}");
        let words = if status == 502 { "does not answer" } else { "rollcall dev --tls" };
        assert!(said.contains(words) && said.contains("connection: close"), "{said}");
    }
}

#[tokio::test]
async fn it_is_for_this_machine_only() {
    let everywhere = TcpListener::bind("0.0.0.0:0").unwrap();
    let error = start(everywhere, "127.0.0.1:1".parse().unwrap()).unwrap_err();
    assert!(error.to_string().contains("this machine only"));
    assert!(start(listener(), "192.0.2.1:443".parse().unwrap()).is_err());
}

#[tokio::test]
async fn a_tunnel_ends_with_the_proxy() {
    let proxy = start(listener(), an_echo().await).unwrap();
    let mut stream = TcpStream::connect(proxy.address).await.unwrap();
    stream.write_all(connect("api.1password.eu:443").as_bytes()).await.unwrap();
    let mut said = [0; 15];
    stream.read_exact(&mut said).await.unwrap();
    assert_eq!(&said, b"HTTP/1.1 200 OK");
    let address = proxy.address;
    drop(proxy);
    let mut rest = Vec::new();
    // A reset is an end as well.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("it ends");
    assert!(TcpStream::connect(address).await.is_err());
}
